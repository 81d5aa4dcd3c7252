//! Choosing another password with the one that one has.

use friminutt_tests::on_both_databases;
use friminutt_tests::rows;
use friminutt_tests::school::{School, give_password};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use friminutt_tests::wire::Answer;
use serde_json::json;
use shared::api::{Admission, ErrorCode, Invitation, OwnPassword, path};

const OLD: &str = "snømann og kakao";
const NEW: &str = "klokka slår tolv";

async fn change(server: &Server, visitor: &mut Visitor, old: &str, new: &str) -> Answer {
    let asked = json!({"old": old, "new": new});
    visitor.send(server, "PUT", path::PASSWORD, &asked).await
}

on_both_databases! {
    async fn another_password_ends_the_old_one_and_every_other_session(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let username = give_password(&server.store, school.id, school.kari.staff, OLD).await;
        let (mut here, mut there) = (Visitor::default(), Visitor::default());
        assert_eq!(here.sign_in(&server, &username, OLD).await.status, 200);
        assert_eq!(there.sign_in(&server, &username, OLD).await.status, 200);
        let address = path::with_id(path::STAFF_INVITATION, school.kari.staff);
        let invited = Visitor::of(&school.administrator).send(&server, "POST", &address, &json!(null)).await;
        let invitation: Invitation = serde_json::from_slice(&invited.body).unwrap();
        let before = here.cookie();

        let answer = change(&server, &mut here, OLD, NEW).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(admission.session.staff, school.kari.staff);
        assert_ne!(here.cookie(), before, "the session goes on under a new token");
        assert_eq!(here.send(&server, "GET", path::SESSION, &json!(null)).await.status, 200);
        assert_eq!(there.send(&server, "GET", path::SESSION, &json!(null)).await.status, 401);
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 401);
        assert_eq!(Visitor::default().sign_in(&server, &username, OLD).await.status, 401);
        let taken = Visitor::default().take_up(&server, &invitation.token, "månen er en ost").await;
        assert_eq!(code(&taken), Some(ErrorCode::InvitationInvalid), "an invitation that was out is none");
        // At the next sign-in it is told, as any change of how one signs in.
        let next = Visitor::default().sign_in(&server, &username, NEW).await;
        let admission: Admission = serde_json::from_slice(&next.body).unwrap();
        assert_eq!(admission.resets.len(), 1);
        let record = rows::of_table(&server.store, "audit").await.join("\n");
        assert!(record.contains("reset_sign_in") && !record.contains(NEW));
        assert_eq!(server.status(&school.ola, "GET", path::SESSION).await, 200);
    }

    async fn the_old_one_is_asked_for_and_guessing_it_is_bounded(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let username = give_password(&server.store, school.id, school.kari.staff, OLD).await;
        let mut here = Visitor::of(&school.kari);
        for (new, refusal) in [
            ("kort", ErrorCode::PasswordTooShort),
            ("passord123", ErrorCode::PasswordCommon),
            ("Kari Lunde 1", ErrorCode::PasswordCommon),
            (&"x".repeat(129), ErrorCode::TooLarge),
        ] {
            assert_eq!(code(&change(&server, &mut here, OLD, new).await), Some(refusal), "{new}");
        }
        let mut refused = Vec::new();
        for n in 0..12 {
            refused.push(code(&change(&server, &mut here, &format!("gjetning {n}"), NEW).await));
        }
        assert_eq!(refused.first(), Some(&Some(ErrorCode::WrongCredentials)));
        assert_eq!(refused.last(), Some(&Some(ErrorCode::TooManyAttempts)));
        assert_eq!(Visitor::default().sign_in(&server, &username, OLD).await.status, 200, "it stands");
    }

    async fn who_has_none_chooses_none_here(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let own: OwnPassword = server.get(&school.kari, path::PASSWORD).await;
        assert!(!own.is_set);
        for old in ["", OLD] {
            let answer = change(&server, &mut Visitor::of(&school.kari), old, NEW).await;
            assert_eq!(code(&answer), Some(ErrorCode::WrongCredentials));
        }
        assert!(rows::of_table(&server.store, "staff_password").await.is_empty());
    }
}
