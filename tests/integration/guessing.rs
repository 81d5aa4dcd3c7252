//! Guessing passwords: bounded, the same for accounts that are there and those that are not, and nobody is kept out of their own
//! phone by it.

use friminutt_tests::database::Database;
use friminutt_tests::on_both_databases;
use friminutt_tests::rows;
use friminutt_tests::school::{School, give_password};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use server::store::Store;
use shared::api::{ErrorCode, Invitation, path};

const PASSWORD: &str = "snømann og kakao";

async fn retry_after_s(answer: &friminutt_tests::wire::Answer) -> i64 {
    assert_eq!(
        (answer.status, code(answer)),
        (429, Some(ErrorCode::TooManyAttempts))
    );
    answer
        .headers("retry-after")
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

/// Lets the counts lie so much further back.
async fn let_pass(store: &Store, school: &School, sql: &'static str) {
    rows::run(store, sql, school.kari.staff.0).await;
}

const AN_HOUR: &str = "update failed_attempt set last_at_ms = last_at_ms - 3600000 where exists (select 1 from staff where id = $1)";
const A_STORM: &str =
    "update failed_attempt set failures = 5000 where exists (select 1 from staff where id = $1)";

on_both_databases! {
    async fn strangers_are_stopped_and_the_owner_signs_in_on_their_own_phone(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let kari = give_password(&server.store, school.id, school.kari.staff, PASSWORD).await;
        let mut own = Visitor::default();
        assert_eq!(own.sign_in(&server, &kari, PASSWORD).await.status, 200);
        for n in 0..5 {
            assert_eq!(Visitor::default().sign_in(&server, &kari, &format!("gjetning {n}")).await.status, 401);
        }
        let first = retry_after_s(&Visitor::default().sign_in(&server, &kari, "gjetning").await).await;
        assert!((20..=31).contains(&first), "{first}");
        assert_eq!(own.sign_in(&server, &kari, PASSWORD).await.status, 200, "a browser that is known");
        // A browser that is known for somebody else is a stranger's; so is a new one, also with the right password.
        let ola = give_password(&server.store, school.id, school.ola.staff, PASSWORD).await;
        let mut of_ola = Visitor::default();
        assert_eq!(of_ola.sign_in(&server, &ola, PASSWORD).await.status, 200);
        retry_after_s(&of_ola.sign_in(&server, &kari, PASSWORD).await).await;
        // The waits grow, and end.
        let_pass(&server.store, &school, AN_HOUR).await;
        assert_eq!(Visitor::default().sign_in(&server, &kari, "gjetning").await.status, 401);
        let second = retry_after_s(&Visitor::default().sign_in(&server, &kari, "gjetning").await).await;
        assert!((50..=61).contains(&second), "{second}");
        let_pass(&server.store, &school, AN_HOUR).await;
        assert_eq!(Visitor::default().sign_in(&server, &kari, PASSWORD).await.status, 200);
    }

    async fn the_owners_own_mistakes_are_bounded_too(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let kari = give_password(&server.store, school.id, school.kari.staff, PASSWORD).await;
        let mut own = Visitor::default();
        assert_eq!(own.sign_in(&server, &kari, PASSWORD).await.status, 200);
        for n in 0..10 {
            assert_eq!(own.sign_in(&server, &kari, &format!("gjetning {n}")).await.status, 401);
        }
        retry_after_s(&own.sign_in(&server, &kari, PASSWORD).await).await;
        assert_eq!(Visitor::default().sign_in(&server, &kari, PASSWORD).await.status, 200, "elsewhere nobody has guessed");
    }

    async fn an_account_that_is_not_there_answers_like_one_that_is(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let kari = give_password(&server.store, school.id, school.kari.staff, PASSWORD).await;
        for _ in 0..7 {
            let there = Visitor::default().sign_in(&server, &kari, "gjetning").await;
            let nobody = Visitor::default().sign_in(&server, "ingen.slik", "gjetning").await;
            assert_eq!((there.status, code(&there)), (nobody.status, code(&nobody)));
            let cookies = |answer: &friminutt_tests::wire::Answer| answer.headers("set-cookie").count();
            assert_eq!((cookies(&there), cookies(&nobody)), (0, 0));
        }
    }

    async fn one_password_on_every_account_is_slowed_and_each_person_still_has_an_attempt(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let kari = give_password(&server.store, school.id, school.kari.staff, PASSWORD).await;
        let mut own = Visitor::default();
        assert_eq!(own.sign_in(&server, &kari, PASSWORD).await.status, 200);
        // Of what was counted only the installation's own count is left.
        assert_eq!(rows::of_table(&server.store, "failed_attempt").await.len(), 1);
        let_pass(&server.store, &school, A_STORM).await;
        assert_eq!(Visitor::default().sign_in(&server, "ola.berg", "gjetning").await.status, 401);
        let wait = retry_after_s(&Visitor::default().sign_in(&server, "ola.berg", "gjetning").await).await;
        assert!((110..=121).contains(&wait), "{wait}");
        assert_eq!(Visitor::default().sign_in(&server, &kari, PASSWORD).await.status, 200, "a new phone");
        for n in 0..5 {
            assert_eq!(own.sign_in(&server, &kari, &format!("gjetning {n}")).await.status, 401, "a known one is not slowed");
        }
        assert_eq!(own.sign_in(&server, &kari, PASSWORD).await.status, 200);
    }

    async fn invented_invitations_cost_no_work_and_keep_nobody_waiting(database: Database) {
        const MORE_THAN_FIT_IN_LINE: usize = 250;
        let server = Server::start(&database).await;
        School::found(&server.store, "Lia skole").await;
        let attempts = (0..MORE_THAN_FIT_IN_LINE).map(async |_| {
            let token = server::auth::Token::random().unwrap().to_text();
            let answer = Visitor::default().take_up(&server, &token, PASSWORD).await;
            code(&answer)
        });
        let answers = futures_util::future::join_all(attempts).await;
        assert!(answers.iter().all(|code| *code == Some(ErrorCode::InvitationInvalid)), "{answers:?}");
    }

    async fn a_password_is_ones_own_and_taken_as_it_is(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let address = path::with_id(path::STAFF_INVITATION, school.kari.staff);
        let invitation: Invitation = serde_json::from_slice(&server.ask(&school.administrator, "POST", &address, &[]).await.body).unwrap();
        let token = invitation.token;
        for (password, refusal) in [
            ("kort", ErrorCode::PasswordTooShort),
            ("Passord2026!", ErrorCode::PasswordCommon),
            ("KariLunde99", ErrorCode::PasswordCommon),
            ("liaskole2026", ErrorCode::PasswordCommon),
            (&"blåbær på tur ".repeat(10), ErrorCode::TooLarge),
        ] {
            assert_eq!(code(&Visitor::default().take_up(&server, &token, password).await), Some(refusal), "{password}");
        }
        let longest: String = "密码是一只会飞的企鹅吗 🦭🦭".chars().cycle().take(128).collect();
        assert_eq!(Visitor::default().take_up(&server, &token, &longest).await.status, 200, "the invitation was not used up");
        let username = school.kari.staff.to_string();
        assert_eq!(Visitor::default().sign_in(&server, &username, &longest).await.status, 200);
        assert_eq!(Visitor::default().sign_in(&server, &username, &longest.replace('🦭', "🐧")).await.status, 401);
    }
}

/// Two server processes count together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_at_two_servers_is_counted_as_one() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let servers = [
        Server::start(&database).await,
        Server::start(&database).await,
    ];
    let school = School::found(&servers[0].store, "Lia skole").await;
    let kari = give_password(&servers[0].store, school.id, school.kari.staff, PASSWORD).await;
    let mut statuses = Vec::new();
    for n in 0..6 {
        let answer = Visitor::default()
            .sign_in(&servers[n % 2], &kari, "gjetning")
            .await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}
