//! What asks to show anew who one is: all of it stands in `DELICATE`.

use friminutt_tests::on_both_databases;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, give_password, let_an_hour_pass};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use serde_json::{Value, json};
use shared::api::{Admission, ErrorCode, path};

const PASSWORD: &str = "snømann og kakao";

/// Each address with a body that it would otherwise take.
fn delicate(school: &School) -> Vec<(&'static str, String, &Person, Value)> {
    let (admin, principal) = (&school.administrator, &school.principal);
    let kari = school.kari.staff;
    vec![
        (
            "POST",
            path::ERASURES.into(),
            principal,
            json!({"documents": [uuid::Uuid::now_v7()], "ground": "mistake"}),
        ),
        (
            "POST",
            path::STAFF.into(),
            admin,
            json!({"name": "Bo Li", "username": uuid::Uuid::new_v4(), "roles": ["duty_staff"]}),
        ),
        (
            "PUT",
            path::with_id(path::STAFF_MEMBER, kari),
            admin,
            json!({"roles": ["duty_staff"], "own_classes": [], "status": "active"}),
        ),
        (
            "POST",
            path::with_id(path::STAFF_INVITATION, kari),
            admin,
            Value::Null,
        ),
        (
            "POST",
            format!("{}?fingerprint=0", path::ROSTER_IMPORT),
            admin,
            json!("Fornavn;Etternavn;Klasse"),
        ),
        (
            "POST",
            path::SUBSTITUTES.into(),
            principal,
            json!({"name": "Siv Moe"}),
        ),
        ("GET", path::RECORD.into(), principal, Value::Null),
        (
            "POST",
            path::PASSKEY_NEW_CHALLENGE.into(),
            principal,
            Value::Null,
        ),
        (
            "DELETE",
            path::with_id(path::PASSKEY, uuid::Uuid::now_v7()),
            principal,
            Value::Null,
        ),
    ]
}

async fn step_up(
    server: &Server,
    visitor: &mut Visitor,
    password: &str,
) -> friminutt_tests::wire::Answer {
    visitor
        .send(
            server,
            "POST",
            path::STEP_UP,
            &json!({"password": password}),
        )
        .await
}

on_both_databases! {
    async fn what_cannot_be_taken_back_asks_who_one_is_when_that_lies_back(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        for person in [&school.principal, &school.administrator] {
            give_password(&server.store, school.id, person.staff, PASSWORD).await;
            let_an_hour_pass(&server.store, person.staff).await;
        }
        let tables = ["staff", "staff_role", "invitation", "erasure", "school"];
        for (method, address, who, body) in delicate(&school) {
            let mut before = Vec::new();
            for table in tables { before.push(rows::of_table(&server.store, table).await); }
            let mut visitor = Visitor::of(who);
            let answer = visitor.send(&server, method, &address, &body).await;
            assert_eq!((answer.status, code(&answer)), (403, Some(ErrorCode::StepUpNeeded)), "{address}");
            let mut after = Vec::new();
            for table in tables { after.push(rows::of_table(&server.store, table).await); }
            assert_eq!(before, after, "{address}");
            if address.starts_with(path::PASSKEYS) {
                // Everybody has their own.
                continue;
            }
            // Who may not do it is not asked to show who they are.
            let stranger = Visitor::of(&school.kari).send(&server, method, &address, &body).await;
            assert_eq!(code(&stranger), Some(ErrorCode::Forbidden), "{address}");
        }
        for (method, address, who, body) in delicate(&school) {
            let_an_hour_pass(&server.store, who.staff).await;
            let mut visitor = Visitor::of(who);
            if server.status(who, "GET", path::SESSION).await == 401 {
                continue;
            }
            assert_eq!(step_up(&server, &mut visitor, PASSWORD).await.status, 200);
            let answer = visitor.send(&server, method, &address, &body).await;
            assert_ne!(code(&answer), Some(ErrorCode::StepUpNeeded), "{address}");
        }
    }

    async fn a_session_that_steps_up_goes_on_under_a_new_token(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        give_password(&server.store, school.id, school.principal.staff, PASSWORD).await;
        let mut visitor = Visitor::of(&school.principal);
        assert_eq!(code(&step_up(&server, &mut visitor, "feil passord").await), Some(ErrorCode::WrongCredentials));
        let answer = step_up(&server, &mut visitor, PASSWORD).await;
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((admission.session.staff, admission.session.device), (school.principal.staff, school.principal.device));
        assert_eq!(server.status(&school.principal, "GET", path::SESSION).await, 401, "the old token");
        assert_eq!(visitor.send(&server, "GET", path::SESSION, &Value::Null).await.status, 200);
    }

    async fn guessing_in_a_session_that_was_found_open_is_bounded(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        give_password(&server.store, school.id, school.principal.staff, PASSWORD).await;
        let mut visitor = Visitor::of(&school.principal);
        for n in 0..10 {
            assert_eq!(step_up(&server, &mut visitor, &format!("gjetning {n}")).await.status, 401);
        }
        let answer = step_up(&server, &mut visitor, PASSWORD).await;
        assert_eq!((answer.status, answer.headers("retry-after").count()), (429, 1));
    }
}
