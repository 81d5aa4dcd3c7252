//! JSON: what pages ask with, which refuses unknown fields, and what a phone is told. Whatever was read is written and read again as
//! the same.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::api::{
    AcceptInvitation, Admission, ApiError, Colleague, EntryDetail, Erase, Erasures, ErrorCode,
    LogLine, NewStaff, PupilLog, ReportDetail, RosterPreview, School, Session, SetAttention,
    SignIn,
};
use shared::document::Document;
use shared::domain::{Class, DocumentId, ErasureGround, Pupil, Role, SchoolSettings};
use shared::sync::Ping;
use shared::sync::signing::are_vouched_for;
use uuid::Uuid;

use super::change::{ACTOR, entry_changes};
use super::{Input, sealed};
use crate::server::keys;

const NOW_MS: i64 = 1_800_000_000_000;

pub fn asked(bytes: &[u8]) {
    reads_back::<SignIn>(bytes);
    reads_back::<AcceptInvitation>(bytes);
    reads_back::<NewStaff>(bytes);
    reads_back::<SetAttention>(bytes);
    reads_back::<Erase>(bytes);
    reads_back::<SchoolSettings>(bytes);
}

pub fn told(bytes: &[u8]) {
    reads_back::<School>(bytes);
    reads_back::<PupilLog>(bytes);
    reads_back::<EntryDetail>(bytes);
    reads_back::<ReportDetail>(bytes);
    reads_back::<RosterPreview>(bytes);
    reads_back::<Erasures>(bytes);
    reads_back::<ApiError>(bytes);
    reads_back::<Ping>(bytes);
    if let Some(admission) = reads_back::<Admission>(bytes) {
        let key = keys().sealing_keys(sealed::DEVICE).verifying;
        are_vouched_for(&admission.keys, &key);
        let _ = admission.lease.check(sealed::DEVICE, &key, NOW_MS, NOW_MS);
    }
}

fn reads_back<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(bytes).ok()?;
    let value = |of: &T| -> Value { serde_json::to_value(of).expect("JSON") };
    let written = serde_json::to_vec(&read).expect("JSON");
    let again: T = serde_json::from_slice(&written).expect("what was written is read");
    assert_eq!(value(&again), value(&read));
    Some(read)
}

fn json(name: &'static str, of: &impl Serialize) -> Input {
    (name, serde_json::to_vec(of).expect("JSON"))
}

pub fn requests() -> Vec<Input> {
    vec![
        json(
            "sign-in",
            &SignIn {
                username: "kari".into(),
                password: "blåbær på tur".into(),
                device: Some(sealed::DEVICE),
                device_name: "Chrome, Android".into(),
            },
        ),
        json(
            "invitation",
            &AcceptInvitation {
                token: "ab".repeat(32),
                password: "blåbær på tur".into(),
                device_name: "Safari, iPhone".into(),
            },
        ),
        json(
            "staff",
            &NewStaff {
                name: "Kari Lunde".into(),
                username: "kari".into(),
                roles: [Role::ALL, &[own_word()]].concat(),
                own_classes: Vec::new(),
            },
        ),
        json(
            "attention",
            &SetAttention {
                until_ms: Some(NOW_MS),
            },
        ),
        json(
            "erase",
            &Erase {
                documents: vec![DocumentId(Uuid::from_u128(5))],
                ground: ErasureGround::ALL[0].clone(),
            },
        ),
        json("settings", &SchoolSettings::default()),
    ]
}

pub fn answers() -> Vec<Input> {
    let pupil = Pupil {
        id: Uuid::from_u128(1).into(),
        given_name: "Elev".into(),
        family_name: "Østby Ås".into(),
        class: Some(Uuid::from_u128(2).into()),
    };
    let id = DocumentId(Uuid::from_u128(5));
    let document = Document::from_changes(entry_changes().iter().map(Vec::as_slice));
    let document = document.expect("a document");
    let line = LogLine {
        entry: document.entry(id, None).expect("an entry"),
        author: Uuid::from_u128(6).into(),
        author_name: "Kari Lunde".into(),
        received_at_ms: NOW_MS,
        zone_name: Some("Ballbingen".into()),
        pupil_names: vec!["Elev Østby Ås".into()],
        amendments: 6,
        is_locked: false,
    };
    vec![
        json(
            "log",
            &PupilLog {
                pupil: pupil.clone(),
                class_name: Some("5A".into()),
                has_left: false,
                attention_until_ms: None,
                is_protected: false,
                pattern: None,
                lines: vec![line.clone()],
                next_before_ms: Some(NOW_MS),
                actors: Vec::new(),
            },
        ),
        json(
            "entry",
            &EntryDetail {
                line,
                revisions: document.revisions(None),
                actors: Vec::new(),
            },
        ),
        json("school", &school(pupil)),
        json("admission", &admission()),
        json(
            "error",
            &ApiError {
                code: ErrorCode::NotFound,
                message: "there is no such thing".into(),
            },
        ),
    ]
}

/// Of a newer version, or a school's own.
fn own_word() -> Role {
    Role::from("åpningsvakt")
}

fn school(pupil: Pupil) -> School {
    let settings = SchoolSettings::default();
    School {
        version: 1,
        classes: vec![Class {
            id: Uuid::from_u128(2).into(),
            name: "5A".into(),
            grade: 5,
        }],
        pupils: vec![pupil],
        zones: Vec::new(),
        recesses: Vec::new(),
        duties: Vec::new(),
        staff: vec![Colleague {
            id: Uuid::from_u128(6).into(),
            ends_at_ms: Some(NOW_MS),
            name: "Kari Lunde".into(),
            is_leader: false,
        }],
        own_classes: Vec::new(),
        choices: settings.choices,
        owner_name: "Lia kommune".into(),
        owner_phone: "00 00 00 00".into(),
        owner_key: None,
    }
}

fn admission() -> Admission {
    let share = keys().share(server::keys::Share::Session, sealed::DEVICE);
    Admission {
        session: Session {
            school: Uuid::from_u128(7).into(),
            school_name: "Lia skole".into(),
            staff: Uuid::from_u128(6).into(),
            name: "Kari Lunde".into(),
            roles: vec![Role::DutyStaff, own_word()],
            device: sealed::DEVICE,
            actor: ACTOR,
            ends_at_ms: Some(NOW_MS),
            may: Default::default(),
        },
        keys: keys().sealing_keys(sealed::DEVICE),
        lease: keys().lease(sealed::DEVICE, None, NOW_MS),
        resets: vec![NOW_MS],
        session_share: share,
        sign_in_share: None,
    }
}
