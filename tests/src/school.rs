//! An invented school, and people who are signed in at it.

use std::collections::BTreeSet;

use server::auth::{Passwords, Token};
use server::store::Store;
use server::store::roster::PupilRow;
use server::store::school::NewSchool;
use server::store::session::{NewDevice, NewSession};
use shared::domain::{
    AccountStatus, ActorId, Class, ClassId, DeviceId, Duty, Pupil, PupilId, Recess, RecessId, Role,
    SchoolId, StaffId, StaffMember, Zone, ZoneId,
};
use uuid::Uuid;

use crate::program::Program;
use crate::rows;

const SESSION_MS: i64 = 60 * 60 * 1000;

/// Kari and Ola are on duty together all day, every day; Nina has no duty; Ida is contact teacher of 5A.
pub struct School {
    pub id: SchoolId,
    pub class_5a: ClassId,
    /// In 5A.
    pub pupils: Vec<PupilId>,
    /// In 5B.
    pub others: Vec<PupilId>,
    pub zone: ZoneId,
    pub recess: RecessId,
    pub kari: Person,
    pub ola: Person,
    pub nina: Person,
    pub ida: Person,
    pub principal: Person,
    pub deputy: Person,
    pub administrator: Person,
}

/// Somebody who is signed in on a device.
#[derive(Debug, Clone)]
pub struct Person {
    pub staff: StaffId,
    pub device: DeviceId,
    pub actor: ActorId,
    pub cookie: String,
}

impl School {
    /// Founds the school and signs everybody in.
    pub async fn found(store: &Store, name: &str) -> School {
        let id = Uuid::new_v4;
        let school = SchoolId(id());
        let (class_5a, class_5b) = (ClassId(id()), ClassId(id()));
        let mut tx = store.write().await.expect("the database");
        let new = NewSchool {
            id: school,
            name: name.into(),
            epoch: "first".into(),
            roster_salt: [7; 16],
        };
        tx.create_school(&new).await.expect("a school");
        let class = |id, name: &str| Class {
            id,
            name: name.into(),
            grade: 5,
        };
        tx.add_classes(school, &[class(class_5a, "5A"), class(class_5b, "5B")])
            .await
            .expect("classes");
        let rows: Vec<PupilRow> = (0..5)
            .map(|n| pupil(n, if n < 3 { class_5a } else { class_5b }))
            .collect();
        tx.save_pupils(school, &rows).await.expect("pupils");
        let zone = Zone {
            id: id().into(),
            name: "Ballbingen".into(),
        };
        tx.add_zones(school, std::slice::from_ref(&zone))
            .await
            .expect("a zone");
        let recess = Recess {
            id: id().into(),
            name: "Hele dagen".into(),
            starts_at_min: 0,
            ends_at_min: 1440,
        };
        tx.add_recesses(school, std::slice::from_ref(&recess))
            .await
            .expect("a recess");
        tx.commit().await.expect("the database");
        let duty = vec![Role::DutyStaff];
        let ids: Vec<PupilId> = rows.iter().map(|row| row.id.into()).collect();
        let made = School {
            id: school,
            class_5a,
            pupils: ids[..3].to_vec(),
            others: ids[3..].to_vec(),
            zone: zone.id,
            recess: recess.id,
            kari: hire(store, school, "Kari Lunde", duty.clone()).await,
            ola: hire(store, school, "Ola Berg", duty.clone()).await,
            nina: hire(store, school, "Nina Dahl", duty).await,
            ida: hire(store, school, "Ida Moen", vec![Role::ContactTeacher]).await,
            principal: hire(store, school, "Per Vik", vec![Role::Principal]).await,
            deputy: hire(store, school, "Eli Rud", vec![Role::Deputy]).await,
            administrator: hire(store, school, "Jon Aas", vec![Role::Administrator]).await,
        };
        made.put_on_duty(store, &[made.kari.staff, made.ola.staff])
            .await;
        let mut tx = store.write().await.expect("the database");
        tx.add_contact_teacher(school, made.ida.staff, class_5a)
            .await
            .expect("a contact teacher");
        tx.commit().await.expect("the database");
        made
    }

    /// Gives people duty in the all-day recess on every day of the week.
    pub async fn put_on_duty(&self, store: &Store, staff: &[StaffId]) {
        let line = |staff: StaffId, weekday| Duty {
            staff,
            recess: self.recess,
            zone: self.zone,
            weekday,
        };
        let duties: Vec<Duty> = staff
            .iter()
            .flat_map(|staff| (1..=7).map(move |weekday| line(*staff, weekday)))
            .collect();
        let mut tx = store.write().await.expect("the database");
        tx.add_duties(self.id, &duties).await.expect("duties");
        tx.commit().await.expect("the database");
    }

    /// Takes all of a person's duties away.
    pub async fn take_off_duty(&self, store: &Store, staff: StaffId) {
        rows::run(store, "delete from duty where staff_id = $1", staff.0).await;
    }
}

/// Adds a person and signs them in on a new device.
pub async fn hire(store: &Store, school: SchoolId, name: &str, roles: Vec<Role>) -> Person {
    hire_as(store, school, name, roles, AccountStatus::Active).await
}

/// The same with an account in any state: one may have been suspended since signing in.
pub async fn hire_as(
    store: &Store,
    school: SchoolId,
    name: &str,
    roles: Vec<Role>,
    status: AccountStatus,
) -> Person {
    let staff = StaffId(Uuid::new_v4());
    let member = StaffMember {
        id: staff,
        name: name.into(),
        username: staff.to_string(),
        roles,
        status,
    };
    let mut tx = store.write().await.expect("the database");
    assert!(tx.add_staff(school, &member).await.expect("staff"));
    tx.commit().await.expect("the database");
    sign_in(store, school, staff).await
}

/// Gives somebody a password; their user name.
pub async fn give_password(
    store: &Store,
    school: SchoolId,
    staff: StaffId,
    password: &str,
) -> String {
    let passwords = Passwords::new().expect("randomness");
    let hash = passwords.hash(password).await.expect("a hash");
    let mut tx = store.write().await.expect("the database");
    tx.set_password(school, staff, &hash, server::clock::now_ms())
        .await
        .expect("a password");
    let member = tx.staff_member(school, staff).await.expect("staff");
    tx.commit().await.expect("the database");
    member.expect("somebody at the school").username
}

/// Lets it lie an hour back that somebody showed who they are.
pub async fn let_an_hour_pass(store: &Store, staff: StaffId) {
    let sql = "update session set shown_at_ms = shown_at_ms - 3600000 where staff_id = $1";
    rows::run(store, sql, staff.0).await;
}

/// A new device of a person.
pub async fn sign_in(store: &Store, school: SchoolId, staff: StaffId) -> Person {
    let now_ms = server::clock::now_ms();
    let (device, actor) = (DeviceId(Uuid::new_v4()), ActorId(Uuid::new_v4()));
    let token = Token::random().expect("randomness");
    let new = NewDevice {
        id: device,
        actor,
        name: "test".into(),
        created_at_ms: now_ms,
    };
    let session = NewSession {
        token_hash: token.hash(),
        school,
        staff,
        device,
        created_at_ms: now_ms,
        expires_at_ms: now_ms + SESSION_MS,
        shown_at_ms: now_ms,
    };
    let mut tx = store.write().await.expect("the database");
    tx.add_device(school, staff, &new).await.expect("a device");
    tx.add_session(&session).await.expect("a session");
    tx.commit().await.expect("the database");
    Person {
        staff,
        device,
        actor,
        cookie: format!("friminutt={}", token.to_text()),
    }
}

fn pupil(n: u128, class: ClassId) -> PupilRow {
    PupilRow {
        id: Uuid::new_v4(),
        given_name: format!("Elev{n}"),
        family_name: "Østby Ås".into(),
        class_id: Some(class.0),
        external_id: None,
        search_key: format!("elev{n} østby ås"),
        left_at_ms: None,
        attention_until_ms: None,
        shown_as: None,
    }
}

/// Signs in so many people of the invented school of `serve --demo` who have duty, each on a device of their own.
pub async fn people_on_duty(store: &Store, count: usize) -> Vec<Person> {
    let mut tx = store.read().await.expect("the database");
    let school = tx.schools().await.expect("a school")[0].0;
    let duties = tx.duties(school).await.expect("duties");
    drop(tx);
    let on_duty: BTreeSet<StaffId> = duties.into_iter().map(|duty| duty.staff).collect();
    let mut people = Vec::new();
    for staff in on_duty.iter().cycle().take(count) {
        people.push(sign_in(store, school, *staff).await);
    }
    people
}

/// Everybody who is a pupil of the invented school.
async fn pupils(store: &Store) -> Vec<Pupil> {
    let mut tx = store.read().await.expect("the database");
    let school = tx.schools().await.expect("a school")[0].0;
    tx.pupils(school).await.expect("pupils")
}

/// Lets a program found the invented school and ends it again; so many people who have duty, signed in, and all the pupils. The
/// database is at rest then.
pub async fn found_by(program: &mut Program, people: usize) -> (Vec<Person>, Vec<Pupil>) {
    program.start().await;
    program.kill().await;
    let store = Store::open(program.database()).await.expect("the database");
    let (people, pupils) = (people_on_duty(&store, people).await, pupils(&store).await);
    store.close().await;
    (people, pupils)
}
