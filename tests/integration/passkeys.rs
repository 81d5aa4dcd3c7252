//! Signing in and stepping up with a passkey; every way in which an answer does not count; what ends a passkey.

use friminutt_tests::authenticator::Authenticator;
use friminutt_tests::on_both_databases;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, give_password, let_an_hour_pass};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use friminutt_tests::wire::Answer;
use serde_json::{Value, json};
use shared::api::{Admission, ErrorCode, Invitation, PasskeyChallenge, PasskeyLine, Reading, path};
use shared::domain::AuditAct;

const PASSWORD: &str = "snømann og kakao";

/// What an authenticator says that is not so.
type Lie = (&'static str, fn(&mut Authenticator));

/// What a page of the server passes to the authenticator.
async fn challenge(server: &Server, visitor: &mut Visitor, address: &str) -> Value {
    let answer = visitor.send(server, "POST", address, &Value::Null).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let challenge: PasskeyChallenge = serde_json::from_slice(&answer.body).unwrap();
    challenge.options
}

fn authenticator(server: &Server) -> Authenticator {
    Authenticator::on(&format!(
        "http://{}",
        server.address.replace("127.0.0.1", "localhost")
    ))
}

async fn add(server: &Server, who: &Person, authenticator: &mut Authenticator) -> Answer {
    let mut visitor = Visitor::of(who);
    let options = challenge(server, &mut visitor, path::PASSKEY_NEW_CHALLENGE).await;
    let answer = json!({"answer": authenticator.make(&options)});
    visitor.send(server, "POST", path::PASSKEYS, &answer).await
}

/// Of somebody who has added it.
async fn added(server: &Server, who: &Person) -> Authenticator {
    let mut authenticator = authenticator(server);
    let answer = add(server, who, &mut authenticator).await;
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    authenticator
}

async fn send(server: &Server, visitor: &mut Visitor, answer: &Value) -> Answer {
    let asked = json!({"answer": answer, "device": null, "device_name": "test"});
    visitor
        .send(server, "POST", path::PASSKEY_SIGN_IN, &asked)
        .await
}

async fn sign_in(server: &Server, authenticator: &mut Authenticator) -> (Visitor, Answer) {
    let mut visitor = Visitor::default();
    let options = challenge(server, &mut visitor, path::PASSKEY_CHALLENGE).await;
    let answer = send(server, &mut visitor, &authenticator.show(&options)).await;
    (visitor, answer)
}

async fn is_refused(server: &Server, authenticator: &mut Authenticator, why: &str) {
    let (visitor, answer) = sign_in(server, authenticator).await;
    assert_eq!(
        (answer.status, code(&answer)),
        (401, Some(ErrorCode::PasskeyRefused)),
        "{why}"
    );
    assert!(!visitor.cookies.contains_key("friminutt"), "{why}");
}

/// What the record tells the principal of passkeys, the oldest first.
async fn told(server: &Server, school: &School) -> Vec<AuditAct> {
    let address = format!("{}?of=sign_ins", path::READINGS);
    let told: Vec<Reading> = server.get(&school.principal, &address).await;
    let acts = told.into_iter().rev().map(|it| it.what);
    acts.filter(|act| act.as_str().contains("passkey"))
        .collect()
}

on_both_databases! {
    async fn a_passkey_signs_its_person_in_without_a_user_name(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let (mut visitor, answer) = sign_in(&server, &mut kari).await;
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(admission.session.staff, school.kari.staff);
        let token = visitor.cookies["friminutt"].clone();
        let list: Vec<PasskeyLine> = serde_json::from_slice(&visitor.send(&server, "GET", path::PASSKEYS, &Value::Null).await.body).unwrap();
        assert!(list.len() == 1 && list[0].last_used_at_ms.is_some(), "{list:?}");
        assert_eq!(server.get::<Vec<PasskeyLine>>(&school.ola, path::PASSKEYS).await, []);
        // Again in the same browser: another token, and the one before is worth nothing.
        let options = challenge(&server, &mut visitor, path::PASSKEY_CHALLENGE).await;
        assert_eq!(options["allowCredentials"], json!([]), "nobody is told which passkeys there are");
        assert_eq!(send(&server, &mut visitor, &kari.show(&options)).await.status, 200);
        assert_ne!(visitor.cookies["friminutt"], token);
        let before = Person { cookie: format!("friminutt={token}"), ..school.kari.clone() };
        assert_eq!(server.status(&before, "GET", path::SESSION).await, 401);
    }

    async fn an_answer_of_two_server_processes_counts_once_at_either(database: Database) {
        let server = Server::start(&database).await;
        let other = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let mut visitor = Visitor::default();
        let options = challenge(&server, &mut visitor, path::PASSKEY_CHALLENGE).await;
        // The other process has another address here, as it would not behind one proxy.
        kari.origin = authenticator(&other).origin;
        let answer = kari.show(&options);
        let mut copy = visitor.clone();
        assert_eq!(send(&other, &mut visitor, &answer).await.status, 200);
        for server in [&server, &other] {
            assert_eq!(code(&send(server, &mut copy, &answer).await), Some(ErrorCode::PasskeyRefused), "replayed");
        }
    }

    async fn an_answer_that_lies_in_one_thing_does_not_count(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let of_both: [Lie; 4] = [
            ("another page", |it| it.origin = "http://localhost:1".into()),
            ("another page under https", |it| it.origin = it.origin.replace("http:", "https:")),
            ("another name", |it| it.belongs_to = "example".into()),
            ("nobody was verified", |it| it.is_verified = false),
        ];
        let of_showing: [Lie; 4] = [
            ("somebody else's handle", |it| it.user = Some("AAAA".into())),
            ("no handle", |it| it.user = None),
            ("unknown to the server", |it| it.credential[0] ^= 1),
            ("another key", |it| it.key = Authenticator::on("").key),
        ];
        for (why, lie) in of_both {
            let mut liar = authenticator(&server);
            lie(&mut liar);
            let answer = add(&server, &school.ola, &mut liar).await;
            assert_eq!(code(&answer), Some(ErrorCode::PasskeyRefused), "made with {why}");
        }
        for (why, lie) in of_both.into_iter().chain(of_showing) {
            let mut liar = kari.clone();
            lie(&mut liar);
            is_refused(&server, &mut liar, why).await;
            rows::execute(&server.store, "delete from failed_attempt").await;
        }
        assert_eq!(sign_in(&server, &mut kari).await.1.status, 200);
    }

    async fn a_challenge_counts_for_what_whom_and_how_long_it_was_given(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let refused = Some(ErrorCode::PasskeyRefused);
        // The answer to another challenge than the browser's own.
        let (mut one, mut other) = (Visitor::default(), Visitor::default());
        let options = challenge(&server, &mut one, path::PASSKEY_CHALLENGE).await;
        challenge(&server, &mut other, path::PASSKEY_CHALLENGE).await;
        assert_eq!(code(&send(&server, &mut other, &kari.show(&options)).await), refused, "foreign");
        assert_eq!(code(&send(&server, &mut Visitor::default(), &kari.show(&options)).await), refused, "no cookie");
        // Too late.
        rows::execute(&server.store, "update passkey_challenge set started_at_ms = started_at_ms - 300000").await;
        assert_eq!(code(&send(&server, &mut one, &kari.show(&options)).await), refused, "too late");
        // Of another ceremony: to step up, and to add.
        let mut at_desk = Visitor::of(&school.kari);
        for address in [path::PASSKEY_STEP_UP_CHALLENGE, path::PASSKEY_NEW_CHALLENGE] {
            let options = challenge(&server, &mut at_desk, address).await;
            let mut shown = options.clone();
            shown["userVerification"] = "required".into();
            assert_eq!(code(&send(&server, &mut at_desk.clone(), &kari.show(&shown)).await), refused, "{address}");
        }
        let options = challenge(&server, &mut at_desk, path::PASSKEY_CHALLENGE).await;
        let answer = json!({"answer": kari.show(&options)});
        assert_eq!(code(&at_desk.send(&server, "POST", path::PASSKEY_STEP_UP, &answer).await), refused);
        // No answer at all is told from a wrong one.
        assert_eq!(code(&send(&server, &mut one, &json!({"id": 1})).await), Some(ErrorCode::Malformed));
    }

    async fn stepping_up_takes_ones_own_passkey(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let mut ola = added(&server, &school.ola).await;
        let_an_hour_pass(&server.store, school.kari.staff).await;
        let mut visitor = Visitor::of(&school.kari);
        let needed = visitor.send(&server, "POST", path::PASSKEY_NEW_CHALLENGE, &Value::Null).await;
        assert_eq!(code(&needed), Some(ErrorCode::StepUpNeeded));
        let options = challenge(&server, &mut visitor, path::PASSKEY_STEP_UP_CHALLENGE).await;
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1), "one's own");
        assert!(options["allowCredentials"][0]["id"].is_string(), "as browsers read it");
        let answer = json!({"answer": ola.show(&options)});
        assert_eq!(code(&visitor.send(&server, "POST", path::PASSKEY_STEP_UP, &answer).await), Some(ErrorCode::PasskeyRefused));
        let options = challenge(&server, &mut visitor, path::PASSKEY_STEP_UP_CHALLENGE).await;
        let answer = json!({"answer": kari.show(&options)});
        // Somebody else's session cannot use the challenge either.
        let mut elsewhere = visitor.clone();
        elsewhere.cookies.insert("friminutt".into(), Visitor::of(&school.nina).cookies["friminutt"].clone());
        assert_eq!(code(&elsewhere.send(&server, "POST", path::PASSKEY_STEP_UP, &answer).await), Some(ErrorCode::PasskeyRefused));
        let options = challenge(&server, &mut visitor, path::PASSKEY_STEP_UP_CHALLENGE).await;
        let answer = json!({"answer": kari.show(&options)});
        let stepped = visitor.send(&server, "POST", path::PASSKEY_STEP_UP, &answer).await;
        assert_eq!(stepped.status, 200);
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 401, "the old token");
        assert_eq!(visitor.send(&server, "POST", path::PASSKEY_NEW_CHALLENGE, &Value::Null).await.status, 200);
    }

    async fn a_count_that_goes_back_is_refused_and_recorded(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let mut copy = kari.clone();
        for _ in 0..2 {
            assert_eq!(sign_in(&server, &mut kari).await.1.status, 200);
        }
        is_refused(&server, &mut copy, "a count that was there").await;
        let told: Vec<Reading> = server.get(&school.principal, &format!("{}?of=sign_ins", path::READINGS)).await;
        let refusal = told.iter().find(|it| it.what == AuditAct::RefusedPasskey).expect("it is recorded");
        assert_eq!(refusal.detail, "count-went-back");
        assert_eq!(sign_in(&server, &mut kari).await.1.status, 200);
    }

    async fn a_passkey_ends_with_its_account_with_an_invitation_and_by_hand(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        give_password(&server.store, school.id, school.kari.staff, PASSWORD).await;
        let mut kari = added(&server, &school.kari).await;
        for status in ["suspended", "left", "invited"] {
            let sql: &'static str = match status {
                "suspended" => "update staff set status = 'suspended' where id = $1",
                "left" => "update staff set status = 'left' where id = $1",
                _ => "update staff set status = 'invited' where id = $1",
            };
            rows::run(&server.store, sql, school.kari.staff.0).await;
            is_refused(&server, &mut kari, status).await;
        }
        rows::run(&server.store, "update staff set status = 'active' where id = $1", school.kari.staff.0).await;
        assert_eq!(sign_in(&server, &mut kari).await.1.status, 200);

        // The administrator resets the account: whoever takes the invitation up is alone.
        let invite = path::with_id(path::STAFF_INVITATION, school.kari.staff);
        let answer = server.ask(&school.administrator, "POST", &invite, &[]).await;
        let invitation: Invitation = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(sign_in(&server, &mut kari).await.1.status, 200, "as long as nobody has taken it up");
        assert_eq!(Visitor::default().take_up(&server, &invitation.token, PASSWORD).await.status, 200);
        is_refused(&server, &mut kari, "the account was set anew").await;

        let mut ola = added(&server, &school.ola).await;
        let list: Vec<PasskeyLine> = server.get(&school.ola, path::PASSKEYS).await;
        let address = path::with_id(path::PASSKEY, list[0].id);
        assert_eq!(server.status(&school.nina, "DELETE", &address).await, 404, "somebody else's");
        assert_eq!(server.status(&school.ola, "DELETE", &address).await, 204);
        is_refused(&server, &mut ola, "removed").await;
        let acts = [AuditAct::AddedPasskey, AuditAct::RefusedPasskey, AuditAct::AddedPasskey, AuditAct::RemovedPasskey];
        assert_eq!(told(&server, &school).await, acts);
    }

    async fn a_passkey_goes_with_the_device_it_was_made_on(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (mut kari, mut ola) = (added(&server, &school.kari).await, added(&server, &school.ola).await);
        let device = path::with_id(path::DEVICE, school.kari.device);
        assert_eq!(server.status(&school.administrator, "DELETE", &device).await, 204);
        is_refused(&server, &mut kari, "the phone was shut out").await;
        assert_eq!(sign_in(&server, &mut ola).await.1.status, 200, "a colleague's stays");
    }

    async fn whoever_finds_a_screen_open_leaves_no_passkey_there(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let sql = "update session set shown_at_ms = shown_at_ms - 120000 where staff_id = $1";
        rows::run(&server.store, sql, school.principal.staff.0).await;
        let mut visitor = Visitor::of(&school.principal);
        let answer = visitor.send(&server, "POST", path::PASSKEY_NEW_CHALLENGE, &Value::Null).await;
        assert_eq!(code(&answer), Some(ErrorCode::StepUpNeeded));
        // One that is added is told about for a while, at every sign-in.
        let mut ola = added(&server, &school.ola).await;
        let (_, answer) = sign_in(&server, &mut ola).await;
        let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(admission.resets.len(), 1);
    }

    async fn one_passkey_is_not_added_twice_and_ten_are_enough(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let kari = added(&server, &school.kari).await;
        let mut again = Authenticator { credential: kari.credential.clone(), ..authenticator(&server) };
        assert_eq!(code(&add(&server, &school.ola, &mut again).await), Some(ErrorCode::PasskeyRefused));
        for _ in 1..10 {
            added(&server, &school.kari).await;
        }
        let mut visitor = Visitor::of(&school.kari);
        let answer = visitor.send(&server, "POST", path::PASSKEY_NEW_CHALLENGE, &Value::Null).await;
        assert_eq!(code(&answer), Some(ErrorCode::Conflict));
    }

    async fn guessing_at_a_passkey_is_bounded(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = added(&server, &school.kari).await;
        let mut liar = Authenticator { is_verified: false, ..kari.clone() };
        for n in 0..5 {
            is_refused(&server, &mut liar, &format!("attempt {n}")).await;
        }
        let (_, answer) = sign_in(&server, &mut kari).await;
        assert_eq!((answer.status, answer.headers("retry-after").count()), (429, 1));
    }
}
