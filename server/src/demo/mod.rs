//! An invented school to try things out in. Everything in it is the same each time it is founded, ids too; nobody in it exists.

mod names;
mod people;
mod yard;

use sha2::{Digest, Sha256};
use shared::audit::AuditEvent;
use shared::domain::{AccountStatus, AuditAct, Class, SchoolId, StaffId, StaffMember};
use shared::sync::owner::{OwnerCode, OwnerKey};
use uuid::{Builder, Uuid};

use crate::auth::Passwords;
use crate::clock;
use crate::error::Error;
use crate::roster::search_key;
use crate::store::roster::PupilRow;
use crate::store::school::NewSchool;
use crate::store::{Store, StoreError, Tx};

use people::Person;
pub use people::accounts_table;

/// Of every account of the invented school.
pub const PASSWORD: &str = "friminutt-demo";
/// Of the invented owner; a real one is made in the owner's browser and stands on paper alone.
pub const OWNER_CODE: &str = "DEM0S-K0E1E-1ERSK-0DE12-34567";
const SCHOOL_NAME: &str = "Granlia skole";
const OWNER_NAME: &str = "Granlia kommune";
/// Nobody's: Norwegian numbers do not begin with 0.
const OWNER_PHONE: &str = "00 00 00 00";
/// Two classes in grades 1, 3 and 5.
const CLASSES: [(&str, i32); 10] = [
    ("1A", 1),
    ("1B", 1),
    ("2A", 2),
    ("3A", 3),
    ("3B", 3),
    ("4A", 4),
    ("5A", 5),
    ("5B", 5),
    ("6A", 6),
    ("7A", 7),
];

/// Founds the school if the database has none.
pub async fn seed(store: &Store, passwords: &Passwords) -> Result<(), Error> {
    if !store.read().await?.schools().await?.is_empty() {
        return Ok(());
    }
    let hash = passwords
        .hash(PASSWORD)
        .await
        .map_err(|_| Error::Broken("a password could not be hashed"))?;
    let mut tx = store.write().await?;
    let school = SchoolId(id("school", 0));
    tx.create_school(&NewSchool {
        id: school,
        name: SCHOOL_NAME.into(),
        epoch: "demo".into(),
        roster_salt: *id("salt", 0).as_bytes(),
    })
    .await?;
    let founded = AuditEvent::unsigned(AuditAct::FoundedSchool, clock::now_ms());
    tx.record(school, founded);
    add_pupils(&mut tx, school).await?;
    add_staff(&mut tx, school, &hash).await?;
    tx.add_zones(school, &yard::zones()).await?;
    tx.add_recesses(school, &yard::recesses()).await?;
    tx.add_duties(school, &yard::duties()).await?;
    found_owner(&mut tx, school, &hash).await?;
    tx.commit().await?;
    Ok(())
}

/// The owner has made a code already, so that a report past the leadership can be tried out at once.
async fn found_owner(tx: &mut Tx, school: SchoolId, hash: &str) -> Result<(), Error> {
    let owner = SchoolId(id("owner", 0));
    tx.create_school(&NewSchool {
        id: owner,
        name: OWNER_NAME.into(),
        epoch: "demo".into(),
        roster_salt: *id("owner salt", 0).as_bytes(),
    })
    .await?;
    tx.make_owner(owner, OWNER_PHONE).await?;
    tx.set_owner(school, owner).await?;
    add_person(tx, owner, &people::OWNER, hash).await?;
    let code = OwnerCode::parse(OWNER_CODE).ok_or(Error::Broken("the invented code is no code"))?;
    let key = OwnerKey {
        id: 1,
        public: code.public(),
    };
    tx.add_owner_key(owner, &key, clock::now_ms()).await?;
    Ok(())
}

async fn add_pupils(tx: &mut Tx, school: SchoolId) -> Result<(), StoreError> {
    let classes = CLASSES.iter().map(|(name, grade)| Class {
        id: id(name, 0).into(),
        name: (*name).into(),
        grade: *grade,
    });
    tx.add_classes(school, &classes.collect::<Vec<_>>()).await?;
    let names = names::pupils();
    let rows: Vec<PupilRow> = (0..)
        .zip(&names)
        .map(|(at, (given, family))| pupil(at, given, family))
        .collect();
    tx.save_pupils(school, &rows).await
}

/// Dealt out to the classes in turn.
fn pupil(at: usize, given: &str, family: &str) -> PupilRow {
    let (class, _) = CLASSES[at % CLASSES.len()];
    PupilRow {
        id: id("pupil", at),
        given_name: given.into(),
        family_name: family.into(),
        class_id: Some(id(class, 0)),
        external_id: None,
        search_key: search_key(given, family),
        left_at_ms: None,
        attention_until_ms: None,
        shown_as: None,
    }
}

async fn add_staff(tx: &mut Tx, school: SchoolId, hash: &str) -> Result<(), StoreError> {
    for person in people::STAFF {
        let staff = add_person(tx, school, person, hash).await?;
        for class in person.classes {
            tx.add_contact_teacher(school, staff, id(class, 0).into())
                .await?;
        }
    }
    Ok(())
}

async fn add_person(
    tx: &mut Tx,
    at: SchoolId,
    person: &Person,
    hash: &str,
) -> Result<StaffId, StoreError> {
    let staff = person.id();
    let member = StaffMember {
        id: staff,
        name: person.name.into(),
        username: person.username.into(),
        roles: person.roles.to_vec(),
        status: AccountStatus::Active,
    };
    tx.add_staff(at, &member).await?;
    tx.set_password(at, staff, hash, clock::now_ms()).await?;
    Ok(staff)
}

/// The same id for the same thing each time.
fn id(what: &str, number: usize) -> Uuid {
    let hash = Sha256::digest(format!("{SCHOOL_NAME}/{what}/{number}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::domain::Role;

    use super::*;
    use crate::store::on_both::on_both;

    on_both! {
        async fn the_invented_school_is_founded_once_and_is_whole(store: Store) {
            let passwords = Passwords::new().unwrap();
            seed(&store, &passwords).await.unwrap();
            seed(&store, &passwords).await.unwrap();
            let mut tx = store.read().await.unwrap();
            let [(school, _)] = tx.schools().await.unwrap()[..] else { panic!("one school") };
            let found = tx.school(school, &[]).await.unwrap().unwrap();
            assert!(found.pupils.len() >= 72);
            assert_eq!(found.classes.iter().map(|class| class.grade).collect::<BTreeSet<_>>(), (1..=7).collect());
            let staff = tx.staff(school).await.unwrap();
            let roles: BTreeSet<&Role> = staff.iter().flat_map(|member| &member.roles).collect();
            assert_eq!(roles, Role::AT_A_SCHOOL.iter().collect());
            assert!(found.owner_key.is_some() && found.owner_name == OWNER_NAME);
            for (weekday, recess) in (1..=7).flat_map(|day| found.recesses.iter().map(move |recess| (day, recess.id))) {
                let on_duty = found.duties.iter().filter(|duty| duty.weekday == weekday && duty.recess == recess);
                assert!(on_duty.count() >= 3);
            }
        }
    }
}
