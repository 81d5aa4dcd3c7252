//! A small invented school for the tests of the store.

use shared::domain::{
    AccountStatus, Class, ClassId, Duty, PupilId, Recess, Role, SchoolId, StaffId, StaffMember,
    Zone,
};
use uuid::Uuid;

use super::change::{ChangeRow, DocumentRow};
use super::roster::PupilRow;
use super::school::NewSchool;
use super::{Store, Tx};

/// One class with two pupils, its teacher on duty on Mondays, and a principal.
pub(crate) struct Yard {
    pub school: SchoolId,
    pub class: ClassId,
    pub pupil: PupilId,
    pub teacher: StaffId,
    pub principal: StaffId,
}

pub(crate) async fn school(store: &Store) -> Yard {
    let id = Uuid::new_v4;
    let yard = Yard {
        school: id().into(),
        class: id().into(),
        pupil: id().into(),
        teacher: id().into(),
        principal: id().into(),
    };
    let mut tx = store.write().await.unwrap();
    tx.create_school(&NewSchool {
        id: yard.school,
        name: "Lia skole".into(),
        epoch: "first".into(),
        roster_salt: [1; 16],
    })
    .await
    .unwrap();
    tx.add_classes(
        yard.school,
        &[Class {
            id: yard.class,
            name: "5A".into(),
            grade: 5,
        }],
    )
    .await
    .unwrap();
    let pupil = |id: Uuid, given: &str, family: &str| PupilRow {
        id,
        given_name: given.into(),
        family_name: family.into(),
        class_id: Some(yard.class.0),
        external_id: None,
        search_key: format!("{given} {family}").to_lowercase(),
        left_at_ms: None,
        attention_until_ms: None,
        shown_as: None,
    };
    tx.save_pupils(
        yard.school,
        &[
            pupil(yard.pupil.0, "Åse", "Østby Lien"),
            pupil(id(), "Bo", "Li"),
        ],
    )
    .await
    .unwrap();
    let member = |id: StaffId, name: &str, username: String, roles: Vec<Role>| StaffMember {
        id,
        name: name.into(),
        username,
        roles,
        status: AccountStatus::Active,
    };
    for member in [
        member(
            yard.teacher,
            "Ida Moen",
            format!("ida-{}", yard.teacher),
            vec![Role::ContactTeacher, Role::DutyStaff],
        ),
        member(
            yard.principal,
            "Per Vik",
            format!("per-{}", yard.principal),
            vec![Role::Principal],
        ),
    ] {
        assert!(tx.add_staff(yard.school, &member).await.unwrap());
    }
    tx.add_contact_teacher(yard.school, yard.teacher, yard.class)
        .await
        .unwrap();
    let zone = Zone {
        id: id().into(),
        name: "Ballbingen".into(),
    };
    let recess = Recess {
        id: id().into(),
        name: "Storefri".into(),
        starts_at_min: 690,
        ends_at_min: 720,
    };
    tx.add_zones(yard.school, std::slice::from_ref(&zone))
        .await
        .unwrap();
    tx.add_recesses(yard.school, std::slice::from_ref(&recess))
        .await
        .unwrap();
    tx.add_duties(
        yard.school,
        &[Duty {
            staff: yard.teacher,
            recess: recess.id,
            zone: zone.id,
            weekday: 1,
        }],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    yard
}

/// A document with one change of these bytes; the change's hash.
pub(crate) async fn change(tx: &mut Tx, yard: &Yard, document: Uuid, bytes: &[u8]) -> Vec<u8> {
    let row = DocumentRow {
        id: document,
        author_id: yard.teacher.0,
        ..self::document(0, 1)
    };
    tx.put_documents(yard.school, &[row]).await.unwrap();
    let change = ChangeRow {
        document_id: document,
        hash: vec![1; 32],
        seq: 1,
        actor_id: Uuid::from_u128(8),
        actor_seq: 1,
        staff_id: yard.teacher.0,
        device_id: Uuid::from_u128(9),
        received_at_ms: 10,
        bytes: bytes.to_vec(),
    };
    let hash = change.hash.clone();
    tx.add_changes(yard.school, &[change]).await.unwrap();
    hash
}

/// A document of a kind, by somebody.
pub(crate) fn document(id: u128, kind: i32) -> DocumentRow {
    DocumentRow {
        id: Uuid::from_u128(id),
        kind,
        author_id: Uuid::from_u128(7),
        received_at_ms: 10,
        locked_at: None,
        opened_at_ms: None,
        talk_at_ms: None,
        owner_told_at_ms: None,
        escalated_at_ms: None,
        erased_at_ms: None,
    }
}
