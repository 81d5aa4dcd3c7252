//! Invented schools with phones that are signed in already, and what those phones have in their outboxes.

use server::auth::Token;
use server::store::Store;
use server::store::roster::PupilRow;
use server::store::school::NewSchool;
use server::store::session::{NewDevice, NewSession};
use shared::document::entry::{
    NewEntry, begin, set_act, set_follow_up, set_outcome, set_pupil, set_text, set_what,
};
use shared::document::{Document, Edit};
use shared::domain::{
    AccountStatus, Act, ActorId, Class, DocumentId, EntryKind, FollowUp, Part, PupilRef, Recess,
    Role, SchoolId, StaffMember, What, Zone,
};
use shared::sync::{Cursor, DocumentKind, Item};
use uuid::Uuid;

use crate::phone::seal;

const PUPILS_PER_SCHOOL: u64 = 400;
const SESSION_MS: i64 = 24 * 60 * 60 * 1000;
/// Length of the free text of an entry, in characters.
const TEXT_CHARS: usize = 200;

/// A phone that came back on the network.
pub struct Phone {
    pub cookie: String,
    /// Items as they stand in its outbox.
    pub items: Vec<Vec<u8>>,
    /// Their change bytes alone, in all.
    pub content_bytes: u64,
    /// How far it has read.
    pub cursors: Vec<Cursor>,
}

/// Numbers that are the same for the same seed.
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.below(u64::MAX)) << 64 | u128::from(self.below(u64::MAX))).to_be_bytes()
    }
}

/// Fills a database with schools and signs `phones` in, spread over them; each has `entries` in its outbox.
pub async fn build(
    store: &Store,
    schools: u64,
    phones: u64,
    entries: u64,
    now_ms: i64,
    seed: u64,
) -> Vec<Phone> {
    let mut random = Seeded::new(seed);
    let mut all = Vec::new();
    for number in 0..schools {
        let here = phones / schools + u64::from(number < phones % schools);
        all.extend(school(store, number, here, entries, now_ms, &mut random).await);
    }
    all
}

async fn school(
    store: &Store,
    number: u64,
    phones: u64,
    entries: u64,
    now_ms: i64,
    random: &mut Seeded,
) -> Vec<Phone> {
    let id = |random: &mut Seeded| Uuid::from_bytes(random.bytes());
    let school = SchoolId(id(random));
    let (class, zone) = (id(random), id(random));
    let mut tx = store.write().await.expect("the database");
    let new = NewSchool {
        id: school,
        name: format!("Skole {number}"),
        epoch: "bench".into(),
        roster_salt: random.bytes(),
    };
    tx.create_school(&new).await.expect("a school");
    tx.add_classes(
        school,
        &[Class {
            id: class.into(),
            name: "5A".into(),
            grade: 5,
        }],
    )
    .await
    .expect("a class");
    tx.add_zones(
        school,
        &[Zone {
            id: zone.into(),
            name: "Gården".into(),
        }],
    )
    .await
    .expect("a zone");
    let recess = Recess {
        id: id(random).into(),
        name: "Hele dagen".into(),
        starts_at_min: 0,
        ends_at_min: 1440,
    };
    tx.add_recesses(school, &[recess]).await.expect("a recess");
    let pupils: Vec<PupilRow> = (0..PUPILS_PER_SCHOOL)
        .map(|n| pupil(id(random), class, n))
        .collect();
    tx.save_pupils(school, &pupils).await.expect("pupils");
    let mut made = Vec::new();
    for n in 0..phones {
        let (staff, device, actor) = (id(random), id(random), ActorId(id(random)));
        let member = StaffMember {
            id: staff.into(),
            name: format!("Ansatt {n}"),
            username: format!("ansatt-{number}-{n}"),
            roles: vec![Role::DutyStaff],
            status: AccountStatus::Active,
        };
        tx.add_staff(school, &member).await.expect("staff");
        let new = NewDevice {
            id: device.into(),
            actor,
            name: "bench".into(),
            created_at_ms: now_ms,
        };
        tx.add_device(school, staff.into(), &new)
            .await
            .expect("a device");
        let token = Token::random().expect("randomness");
        let session = NewSession {
            token_hash: token.hash(),
            school,
            staff: staff.into(),
            device: device.into(),
            created_at_ms: now_ms,
            expires_at_ms: now_ms + SESSION_MS,
            shown_at_ms: now_ms,
        };
        tx.add_session(&session).await.expect("a session");
        let items: Vec<_> = (0..entries)
            .map(|_| entry(actor, zone, &pupils, now_ms, random))
            .collect();
        let content_bytes = items.iter().map(|item| item.len() as u64).sum();
        made.push(Phone {
            cookie: format!("friminutt={}", token.to_text()),
            items: items.iter().map(|item| seal(device.into(), item)).collect(),
            content_bytes,
            cursors: Vec::new(),
        });
    }
    tx.commit().await.expect("the database");
    made
}

fn pupil(id: Uuid, class: Uuid, n: u64) -> PupilRow {
    PupilRow {
        id,
        given_name: format!("Elev {n}"),
        family_name: "Åsheim".into(),
        class_id: Some(class),
        external_id: None,
        search_key: format!("elev {n} åsheim"),
        left_at_ms: None,
        attention_until_ms: None,
        shown_as: None,
    }
}

/// An entry of 15 fields with a text of 200 characters, as one change.
fn entry(
    actor: ActorId,
    zone: Uuid,
    pupils: &[PupilRow],
    now_ms: i64,
    random: &mut Seeded,
) -> Vec<u8> {
    let mut any = |count: usize| random.below(count as u64) as usize;
    let who = [0, 1, 2].map(|_| PupilRef::Known(pupils[any(pupils.len())].id.into()));
    let text: String = (0..TEXT_CHARS)
        .map(|_| char::from(b'a' + any(26) as u8))
        .collect();
    let happened_at_ms = now_ms - any(20 * 60 * 1000) as i64;
    let what = What::ALL[any(6)].clone();
    let new = NewEntry {
        kind: EntryKind::Intervention,
        what,
        happened_at_ms,
        recorded_at_ms: happened_at_ms,
        zone: Some(zone.into()),
    };
    let texts = |text: &str| {
        set_text(text).and_then(|edit| Ok(edit.and(set_outcome("De ble enige og lekte videre")?)))
    };
    let edit: Edit = begin(&new)
        .and(set_what(&What::ChangedMood, true))
        .and(set_pupil(who[0], Some(&Part::Exposed)))
        .and(set_pupil(who[1], Some(&Part::Acting)))
        .and(set_pupil(who[2], Some(&Part::Present)))
        .and(set_act(&Act::TalkedWith, true))
        .and(set_act(&Act::SteppedBetween, true))
        .and(set_act(&Act::FollowedUp, true))
        .and(set_follow_up(&FollowUp::TellContactTeacher))
        .and(texts(&text).expect("within the limits"));
    let change = Document::new()
        .write(actor, now_ms, edit)
        .expect("an edit")
        .expect("a change");
    let document = DocumentId(uuid_v7(now_ms, random));
    Item {
        kind: DocumentKind::Entry,
        document,
        change: &change,
    }
    .encode()
}

fn uuid_v7(now_ms: i64, random: &mut Seeded) -> Uuid {
    let bytes = random.bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&bytes[..10]);
    uuid::Builder::from_unix_timestamp_millis(now_ms.unsigned_abs(), &tail).into_uuid()
}
