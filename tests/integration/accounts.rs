//! Accounts as they change: from the next request on and in open clients at once, never in secret, and never without anybody left
//! who administers the school.

use std::time::Duration;

use friminutt_tests::on_both_databases;
use friminutt_tests::school::{Person, School, give_password, hire};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use serde_json::{Value, json};
use shared::api::{Admission, ErrorCode, Invitation, Reading, StaffList, path};
use shared::domain::{AuditAct, ClassId, Role, StaffId};

const PASSWORD: &str = "snømann og kakao";
const PATIENCE: Duration = Duration::from_secs(10);

async fn change(
    server: &Server,
    by: &Person,
    staff: StaffId,
    (roles, classes, status): (&[Role], &[ClassId], &str),
) -> u16 {
    let asked = json!({"roles": roles, "own_classes": classes, "status": status});
    let address = path::with_id(path::STAFF_MEMBER, staff);
    let answer = Visitor::of(by).send(server, "PUT", &address, &asked).await;
    answer.status
}

async fn invite(server: &Server, by: &Person, staff: StaffId) -> String {
    let address = path::with_id(path::STAFF_INVITATION, staff);
    let answer = server.ask(by, "POST", &address, &[]).await;
    let invitation: Invitation = serde_json::from_slice(&answer.body).unwrap();
    invitation.token
}

/// What the record tells the leadership of accounts, the newest first.
async fn told(server: &Server, who: &Person) -> Vec<Reading> {
    let address = format!("{}?of=sign_ins", path::READINGS);
    let mut told: Vec<Reading> = server.get(who, &address).await;
    told.retain(|it| it.what != AuditAct::SignedIn);
    told
}

async fn acts(server: &Server, who: &Person) -> Vec<AuditAct> {
    let told = told(server, who).await.into_iter();
    told.map(|it| it.what).collect()
}

fn resets(answer: &friminutt_tests::wire::Answer) -> usize {
    assert_eq!(answer.status, 200);
    let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
    admission.resets.len()
}

/// Reads a live connection until it ends.
async fn ends(server: &Server, who: &Person, meanwhile: impl Future<Output = ()>) -> usize {
    let request = reqwest::Client::new()
        .get(format!("http://{}{}", server.address, path::LIVE))
        .header("cookie", &who.cookie);
    let mut live = request.send().await.unwrap();
    assert_eq!(live.status(), 200);
    meanwhile.await;
    let mut bytes = 0;
    while let Some(chunk) = tokio::time::timeout(PATIENCE, live.chunk())
        .await
        .expect("an end")
        .unwrap()
    {
        bytes += chunk.len();
    }
    bytes
}

on_both_databases! {
    async fn what_somebody_becomes_holds_from_the_next_request_on(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let admin = &school.administrator;
        let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        assert_eq!(server.status(&school.ida, "GET", &log).await, 200);
        assert_eq!(change(&server, admin, school.ida.staff, (&[Role::ContactTeacher], &[], "active")).await, 204);
        assert_eq!(server.status(&school.ida, "GET", &log).await, 404);
        assert_eq!(change(&server, admin, school.kari.staff, (&[Role::ContactTeacher, Role::DutyStaff], &[school.class_5a], "active")).await, 204);
        assert_eq!(server.status(&school.kari, "GET", &log).await, 200);
        let list: StaffList = server.get(admin, path::STAFF).await;
        assert_eq!(list.contact_teachers.iter().map(|it| (it.staff, it.class)).collect::<Vec<_>>(), [(school.kari.staff, school.class_5a)]);
        assert_eq!(server.status(&school.kari, "GET", path::READINGS).await, 403);
        assert_eq!(change(&server, admin, school.kari.staff, (&[Role::Deputy], &[], "active")).await, 204);
        assert_eq!(server.status(&school.kari, "GET", path::READINGS).await, 200);
    }

    async fn a_suspended_person_is_out_at_once_and_in_again_when_the_account_is_opened(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let admin = &school.administrator;
        let username = give_password(&server.store, school.id, school.kari.staff, PASSWORD).await;
        let heard = ends(&server, &school.kari, async {
            assert_eq!(change(&server, admin, school.kari.staff, (&[Role::DutyStaff], &[], "suspended")).await, 204);
        }).await;
        assert_eq!(heard, 0, "who is out is told nothing more");
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 401);
        let mut kari = Visitor::default();
        assert_eq!(code(&kari.sign_in(&server, &username, PASSWORD).await), Some(ErrorCode::WrongCredentials));
        assert_eq!(change(&server, admin, school.kari.staff, (&[Role::DutyStaff], &[], "active")).await, 204);
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 401, "what had ended has ended");
        assert_eq!(kari.sign_in(&server, &username, PASSWORD).await.status, 200);
    }

    async fn who_has_left_is_not_invited_and_an_invitation_from_before_is_none(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let admin = &school.administrator;
        let token = invite(&server, admin, school.kari.staff).await;
        assert_eq!(change(&server, admin, school.kari.staff, (&[Role::DutyStaff], &[], "left")).await, 204);
        assert_eq!(code(&Visitor::default().take_up(&server, &token, PASSWORD).await), Some(ErrorCode::InvitationInvalid));
        let address = path::with_id(path::STAFF_INVITATION, school.kari.staff);
        assert_eq!(server.status(admin, "POST", &address).await, 409);
        // Nobody has chosen a password: the account is opened as one that is invited.
        assert_eq!(change(&server, admin, school.kari.staff, (&[Role::DutyStaff], &[], "active")).await, 204);
        let list: StaffList = server.get(admin, path::STAFF).await;
        let status = list.staff.iter().find(|it| it.id == school.kari.staff).unwrap().status.to_string();
        assert_eq!(status, "invited");
        let token = invite(&server, admin, school.kari.staff).await;
        assert_eq!(Visitor::default().take_up(&server, &token, PASSWORD).await.status, 200);
    }

    async fn the_last_administrator_cannot_be_ended_by_anybody_nor_by_two_at_once(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let admin = &school.administrator;
        for (roles, status) in [([Role::Administrator], "left"), ([Role::Administrator], "suspended"), ([Role::DutyStaff], "active")] {
            let asked = json!({"roles": roles, "own_classes": [], "status": status});
            let address = path::with_id(path::STAFF_MEMBER, admin.staff);
            let answer = Visitor::of(admin).send(&server, "PUT", &address, &asked).await;
            assert_eq!((answer.status, code(&answer)), (409, Some(ErrorCode::LastAdministrator)));
        }
        assert_eq!(server.status(admin, "GET", path::STAFF).await, 200);
        for _ in 0..5 {
            let other = hire(&server.store, school.id, "Bo Li", vec![Role::Administrator]).await;
            let left: (&[Role], &[ClassId], &str) = (&[Role::DutyStaff], &[], "active");
            let (one, two) = tokio::join!(change(&server, admin, other.staff, left), change(&server, &other, admin.staff, left));
            let mut statuses = [one, two];
            statuses.sort_unstable();
            assert!(statuses[0] == 204 && statuses[1] != 204, "{statuses:?}");
            let (stays, goes) = if one == 204 { (admin, &other) } else { (&other, admin) };
            assert_eq!(server.status(stays, "GET", path::STAFF).await, 200);
            assert_eq!(change(&server, stays, goes.staff, (&[Role::Administrator], &[], "suspended")).await, 204);
            if stays.staff != admin.staff { return; }
        }
    }

    async fn nobody_becomes_or_takes_over_the_leadership_unseen(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let admin = &school.administrator;
        invite(&server, admin, school.principal.staff).await;
        assert_eq!(change(&server, admin, admin.staff, (&[Role::Administrator, Role::Principal], &[], "active")).await, 204);
        assert_eq!(change(&server, admin, school.principal.staff, (&[Role::Principal], &[], "suspended")).await, 204);
        let new = json!({"name": "Bo Li", "username": uuid::Uuid::new_v4(), "roles": ["deputy"]});
        assert_eq!(Visitor::of(admin).send(&server, "POST", path::STAFF, &new).await.status, 201);
        let told = told(&server, &school.deputy).await;
        let said: Vec<_> = told.iter().map(|it| (it.what.clone(), it.subject_name.as_deref(), it.detail.as_str())).collect();
        assert_eq!(said, [
            (AuditAct::MadeAccount, Some("Bo Li"), "invited deputy"),
            (AuditAct::ChangedAccount, Some("Per Vik"), "suspended principal"),
            (AuditAct::ChangedAccount, Some("Jon Aas"), "active principal,administrator"),
            (AuditAct::InvitedToAccount, Some("Per Vik"), ""),
        ]);
        assert!(told.iter().all(|it| it.staff_name == "Jon Aas"));
        let elsewhere = School::found(&server.store, "Dal skole").await;
        assert!(acts(&server, &elsewhere.principal).await.is_empty());
    }

    async fn whose_password_was_set_anew_is_told_whoever_did_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let staff = school.principal.staff;
        let username = give_password(&server.store, school.id, staff, PASSWORD).await;
        let mut own = Visitor::default();
        assert_eq!(resets(&own.sign_in(&server, &username, PASSWORD).await), 0);
        let token = invite(&server, &school.administrator, staff).await;
        let mut thief = Visitor::default();
        assert_eq!(resets(&thief.take_up(&server, &token, "en gul paraply til").await), 0, "it is what they just did");
        assert_eq!(own.send(&server, "GET", path::SESSION, &Value::Null).await.status, 401);
        assert_eq!(acts(&server, &school.deputy).await, [AuditAct::ResetSignIn, AuditAct::InvitedToAccount]);
        assert_eq!(resets(&thief.sign_in(&server, &username, "en gul paraply til").await), 1);
        // The owner asks for an invitation of their own, and learns that there was one before it.
        let token = invite(&server, &school.administrator, staff).await;
        assert_eq!(resets(&own.take_up(&server, &token, PASSWORD).await), 1);
        assert_eq!(resets(&own.sign_in(&server, &username, PASSWORD).await), 2);
    }
}
