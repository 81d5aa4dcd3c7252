//! A substitute's code for the day: half a minute from the code to the first entry, nothing else to see, and an end by itself.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, let_an_hour_pass};
use friminutt_tests::server::Server;
use friminutt_tests::visitor::{Visitor, code};
use friminutt_tests::wire::Answer;
use serde_json::json;
use server::auth::Token;
use server::clock::now_ms;
use shared::api::{self, Admission, DayCode, ErrorCode, PupilLog, Substitute, path};
use shared::document::report;
use shared::domain::{DeviceId, Part, StaffId, What};
use shared::sync::Outcome;

const NAME: &str = "Siv Vikar Åsland";

async fn give(server: &Server, school: &School) -> DayCode {
    let mut principal = Visitor::of(&school.principal);
    let answer = principal
        .send(server, "POST", path::SUBSTITUTES, &json!({"name": NAME}))
        .await;
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    serde_json::from_slice(&answer.body).unwrap()
}

/// On a phone of its own each time.
async fn take(server: &Server, visitor: &mut Visitor, code: &str) -> Answer {
    take_on(
        server,
        visitor,
        code,
        None,
        &Token::random().unwrap().to_text(),
    )
    .await
}

async fn take_on(
    server: &Server,
    visitor: &mut Visitor,
    code: &str,
    device: Option<DeviceId>,
    phone: &str,
) -> Answer {
    let asked =
        json!({"code": code, "phone": phone, "device": device, "device_name": "Chrome, Android"});
    visitor.send(server, "POST", path::DAY_CODE, &asked).await
}

/// Whoever takes a code into use.
async fn arrive(server: &Server, code: &str) -> (Person, Admission) {
    let mut visitor = Visitor::default();
    let answer = take(server, &mut visitor, code).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let admission: Admission = serde_json::from_slice(&answer.body).unwrap();
    let person = Person {
        staff: admission.session.staff,
        device: admission.session.device,
        actor: admission.session.actor,
        cookie: visitor.cookie(),
    };
    (person, admission)
}

async fn substitutes(server: &Server, school: &School) -> Vec<Substitute> {
    server.get(&school.administrator, path::SUBSTITUTES).await
}

/// Lets the account have ended so long ago.
async fn ended(server: &Server, staff: StaffId, ago_ms: i64) {
    let at_ms = now_ms() - ago_ms;
    let sql: &str =
        Box::leak(format!("update staff set ends_at_ms = {at_ms} where id = $1").into_boxed_str());
    rows::run(&server.store, sql, staff.0).await;
}

on_both_databases! {
    async fn a_substitute_logs_with_a_code_and_sees_nothing_else(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let theirs = kari.log_pupil(What::Fight, now_ms(), school.pupils[0], &Part::Exposed);
        kari.sync(&server).await;

        let given = give(&server, &school).await;
        assert_eq!((given.name.as_str(), given.digits.len()), (NAME, api::DAY_CODE_DIGITS));
        let (siv, admission) = arrive(&server, &given.digits).await;
        let session = &admission.session;
        assert_eq!((session.name.as_str(), session.school), (NAME, school.id));
        let may = session.may;
        assert!(may.log && !may.report && !may.read_pupil_logs && !may.give_day_codes && !may.administer);
        assert!(admission.lease.until_ms <= given.ends_at_ms, "names are kept no longer than the day");
        assert!(given.ends_at_ms > now_ms() && given.ends_at_ms <= now_ms() + 25 * 60 * 60 * 1000);

        let seen: api::School = server.get(&siv, path::SCHOOL).await;
        assert_eq!((seen.pupils.len(), seen.zones.len()), (5, 1));
        assert_eq!(seen.staff.iter().map(|it| it.id).collect::<Vec<_>>(), [siv.staff], "no colleague");
        assert!(seen.duties.is_empty() && seen.own_classes.is_empty());

        let mut phone = Phone::of(&siv);
        let own = phone.log_pupil(What::Alone, now_ms(), school.pupils[0], &Part::Alone);
        assert!(phone.sync(&server).await.iter().all(Outcome::is_safe));
        assert_eq!(phone.documents.keys().copied().collect::<Vec<_>>(), [own], "of others nothing comes down");
        let log: PupilLog = server.get(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        let line = log.lines.iter().find(|line| line.entry.id == own).unwrap();
        assert_eq!((line.author, line.author_name.as_str()), (siv.staff, NAME));
        let own_entry = path::with_id(path::ENTRY, own);
        assert_eq!(server.status(&siv, "GET", &own_entry).await, 200);
        for address in [path::with_id(path::ENTRY, theirs), path::with_id(path::PUPIL_LOG, school.pupils[0])] {
            assert_eq!(server.status(&siv, "GET", &address).await, 404);
        }
        for address in [path::SUBSTITUTES, path::STAFF, path::SETTINGS, path::READINGS] {
            assert_eq!(server.status(&siv, "GET", address).await, 403, "{address}");
        }
        assert!(server.get::<Vec<api::ReportLine>>(&siv, path::REPORTS).await.is_empty());

        // A report is told to somebody who works here: what is sent all the same is put aside, and not lost.
        let sent = phone.begin_report(Some(school.pupils[0]), &[own]);
        phone.write_report(sent, report::send());
        let outcomes = phone.sync(&server).await;
        assert!(outcomes.iter().all(|it| !it.is_safe() || matches!(it, Outcome::Quarantined { .. })), "{outcomes:?}");
    }

    async fn a_code_is_used_once_by_picture_or_by_digits(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let given = give(&server, &school).await;
        assert!(!rows::of_table(&server.store, "day_code").await[0].contains(&given.digits), "only hashes are stored");
        let spaced = format!(" {} {}", &given.digits[..5], &given.digits[5..]);
        let (siv, _) = arrive(&server, &spaced).await;
        for _ in 0..2 {
            let again = take(&server, &mut Visitor::default(), &given.digits).await;
            assert_eq!((again.status, code(&again)), (400, Some(ErrorCode::DayCodeInvalid)));
        }
        assert!(substitutes(&server, &school).await[0].taken_at_ms.is_some());

        // After a code that was taken there is another account of the same name, that sees nothing of the first one's.
        let mut phone = Phone::of(&siv);
        let before = phone.log(What::Alone, now_ms());
        phone.sync(&server).await;
        let mut kari = Phone::of(&school.kari);
        let told = kari.begin_report(Some(school.pupils[0]), &[]);
        kari.write_report(told, report::set_told_by(Some(siv.staff)).and(report::send()));
        kari.sync(&server).await;
        assert_eq!(server.status(&siv, "GET", &path::with_id(path::REPORT, told)).await, 404, "a report is nobody's who is here for a day");
        let address = path::with_id(path::SUBSTITUTE, siv.staff);
        let answer = Visitor::of(&school.principal).send(&server, "POST", &address, &json!(null)).await;
        let next: DayCode = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(server.status(&siv, "GET", path::SESSION).await, 401);
        assert_eq!(take(&server, &mut Visitor::default(), &given.digits).await.status, 400, "ended with the day");
        let (second, admission) = arrive(&server, &next.digits).await;
        assert_eq!(admission.session.name, NAME);
        assert_ne!(second.staff, siv.staff);
        for address in [path::with_id(path::ENTRY, before), path::with_id(path::REPORT, told)] {
            assert_eq!(server.status(&second, "GET", &address).await, 404);
        }
        let mut phone = Phone::of(&second);
        phone.sync(&server).await;
        assert!(phone.documents.is_empty());
        assert_eq!(substitutes(&server, &school).await.len(), 2);
        for no_code in ["", "1", "123456789", "12345678901", "12345 6789x", "۱۲۳۴۵۶۷۸۹۰", &"0".repeat(64), &"ø".repeat(5)] {
            let refused = take(&server, &mut Visitor::default(), no_code).await;
            assert_eq!(code(&refused), Some(ErrorCode::DayCodeInvalid), "{no_code}");
        }
    }

    async fn the_phone_that_took_a_code_takes_it_again_and_no_other(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let given = give(&server, &school).await;
        let secret = Token::random().unwrap().to_text();
        let mut visitor = Visitor::default();
        // An answer that was lost, and a colleague who has used the phone in between.
        let first = take_on(&server, &mut visitor, &given.digits, None, &secret).await;
        let first: Admission = serde_json::from_slice(&first.body).unwrap();
        let device = first.session.device;
        visitor.send(&server, "DELETE", path::SESSION, &json!(null)).await;
        let again = take_on(&server, &mut visitor, &given.digits, Some(device), &secret).await;
        let again: Admission = serde_json::from_slice(&again.body).unwrap();
        assert_eq!((again.session.staff, again.session.device), (first.session.staff, device));
        let theirs = take_on(&server, &mut visitor, &given.digits, Some(school.kari.device), &secret).await;
        let theirs: Admission = serde_json::from_slice(&theirs.body).unwrap();
        assert_ne!(theirs.session.device, school.kari.device, "a colleague's device is not one's own");
        assert_eq!(take(&server, &mut Visitor::default(), &given.digits).await.status, 400);
        // A code that nobody has taken is replaced.
        let unused = give(&server, &school).await;
        let other = substitutes(&server, &school).await.into_iter().find(|it| it.taken_at_ms.is_none()).unwrap();
        let address = path::with_id(path::SUBSTITUTE, other.staff);
        let answer = Visitor::of(&school.principal).send(&server, "POST", &address, &json!(null)).await;
        let next: DayCode = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(take(&server, &mut Visitor::default(), &unused.digits).await.status, 400);
        assert_eq!(arrive(&server, &next.digits).await.0.staff, other.staff);
        assert_eq!(substitutes(&server, &school).await.len(), 2);
    }

    async fn a_substitute_on_the_duty_plan_still_gets_nothing_of_a_shift(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (siv, _) = arrive(&server, &give(&server, &school).await.digits).await;
        school.put_on_duty(&server.store, &[siv.staff]).await;
        let mut kari = Phone::of(&school.kari);
        kari.log(What::Fight, now_ms());
        kari.sync(&server).await;
        let mut phone = Phone::of(&siv);
        phone.sync(&server).await;
        assert!(phone.documents.is_empty());
    }

    async fn the_day_ends_by_itself_and_what_was_written_in_it_still_comes(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (siv, _) = arrive(&server, &give(&server, &school).await.digits).await;
        let mut phone = Phone::of(&siv);
        phone.log(What::Alone, now_ms());
        ended(&server, siv.staff, 1).await;
        for address in [path::SESSION, path::SCHOOL, path::DEVICES] {
            assert_eq!(server.status(&siv, "GET", address).await, 401, "{address}");
        }
        // Whoever carries it up: the phone itself, without a session.
        phone.person.cookie = String::new();
        assert!(phone.exchange(&server, false).await.receipts.iter().all(|it| it.outcome.is_safe()));
        // What is written after the end is put aside, for a person to look at.
        const AN_HOUR_MS: i64 = 60 * 60 * 1000;
        ended(&server, siv.staff, AN_HOUR_MS).await;
        phone.log(What::Fight, now_ms());
        let aside = Outcome::Quarantined { reason: "account-closed".into() };
        assert_eq!(phone.exchange(&server, false).await.receipts[0].outcome, aside);
        // An end that lies back is not moved to now.
        let address = path::with_id(path::SUBSTITUTE, siv.staff);
        assert_eq!(server.status(&school.deputy, "DELETE", &address).await, 204);
        phone.log(What::Fight, now_ms());
        assert_eq!(phone.exchange(&server, false).await.receipts.last().unwrap().outcome, aside);
        // Long after it has ended all that comes is put aside.
        const EIGHT_DAYS_MS: i64 = 8 * 24 * 60 * 60 * 1000;
        ended(&server, siv.staff, EIGHT_DAYS_MS).await;
        phone.log(What::Fight, now_ms());
        assert_eq!(phone.exchange(&server, false).await.receipts.last().unwrap().outcome, aside);
    }

    async fn a_day_that_is_ended_is_over_at_once(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let given = give(&server, &school).await;
        let unused = give(&server, &school).await;
        let (siv, _) = arrive(&server, &given.digits).await;
        let other = substitutes(&server, &school).await.into_iter().find(|it| it.staff != siv.staff).unwrap();
        for staff in [siv.staff, other.staff, siv.staff] {
            let address = path::with_id(path::SUBSTITUTE, staff);
            assert_eq!(server.status(&school.administrator, "DELETE", &address).await, 204);
        }
        assert_eq!(server.status(&siv, "GET", path::SESSION).await, 401);
        assert_eq!(take(&server, &mut Visitor::default(), &unused.digits).await.status, 400);
        assert!(substitutes(&server, &school).await.iter().all(|it| it.ends_at_ms <= now_ms()));
        let record = rows::of_table(&server.store, "audit").await.join("\n");
        let count = |act: &str| record.matches(act).count();
        assert_eq!((count("gave_day_code"), count("ended_day")), (2, 3));
        assert!(!record.contains(NAME), "the record names by id");
    }

    async fn a_substitute_becomes_nothing_more(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let (siv, _) = arrive(&server, &give(&server, &school).await.digits).await;
        let member = path::with_id(path::STAFF_MEMBER, siv.staff);
        let principal = json!({"roles": ["principal"], "own_classes": [], "status": "active"});
        let mut administrator = Visitor::of(&school.administrator);
        assert_eq!(administrator.send(&server, "PUT", &member, &principal).await.status, 404);
        let invitation = path::with_id(path::STAFF_INVITATION, siv.staff);
        assert_eq!(administrator.send(&server, "POST", &invitation, &json!(null)).await.status, 404);
        let substitute = json!({"name": NAME, "username": "siv", "roles": ["substitute"]});
        assert_eq!(administrator.send(&server, "POST", path::STAFF, &substitute).await.status, 400);
        let list: api::StaffList = server.get(&school.administrator, path::STAFF).await;
        assert!(list.staff.iter().all(|member| member.id != siv.staff));
        // Nor does anybody else become a substitute, and no passkey outlives the day.
        for staff in [school.kari.staff, elsewhere.kari.staff, StaffId(uuid::Uuid::now_v7())] {
            let address = path::with_id(path::SUBSTITUTE, staff);
            for method in ["POST", "DELETE"] {
                assert_eq!(administrator.send(&server, method, &address, &json!(null)).await.status, 404, "{method}");
            }
        }
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 200);
        let mut of_siv = Visitor::of(&siv);
        let challenge = of_siv.send(&server, "POST", path::PASSKEY_NEW_CHALLENGE, &json!(null)).await;
        assert_eq!(code(&challenge), Some(ErrorCode::StepUpNeeded));
        let shown = of_siv.send(&server, "POST", path::STEP_UP, &json!({"password": "0123456789"})).await;
        assert_eq!(code(&shown), Some(ErrorCode::WrongCredentials));
        let there = path::with_id(path::SUBSTITUTE, siv.staff);
        assert_eq!(server.status(&elsewhere.principal, "DELETE", &there).await, 404);
    }

    async fn guessing_digits_is_bounded_and_the_picture_opens_all_the_same(database: Database) {
        const FREE: usize = 60;
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let given = give(&server, &school).await;
        for n in 0..FREE {
            let guessed = take(&server, &mut Visitor::default(), &format!("{n:010}")).await;
            assert_eq!(guessed.status, 400);
        }
        let refused = take(&server, &mut Visitor::default(), &given.digits).await;
        assert_eq!((refused.status, code(&refused)), (429, Some(ErrorCode::TooManyAttempts)));
        assert!(refused.headers("retry-after").next().unwrap().parse::<i64>().unwrap() <= 61);
        let a_minute = "update failed_attempt set last_at_ms = last_at_ms - 60000 where exists (select 1 from staff where id = $1)";
        rows::run(&server.store, a_minute, school.kari.staff.0).await;
        for n in 0..10 {
            assert_eq!(take(&server, &mut Visitor::default(), &format!("{n:010}")).await.status, 400);
        }
        assert_eq!(take(&server, &mut Visitor::default(), &given.digits).await.status, 429);
        // What stands in the picture is not guessed, and so is not bounded.
        assert!(given.picture.path.starts_with('M') && given.picture.size > 30);
        let token = friminutt_tests::qr::read(&given.picture);
        let (_, token) = token.split_once("/dagskode#").unwrap();
        arrive(&server, token).await;
    }

    async fn giving_a_code_asks_who_one_is_and_takes_a_name_only(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut principal = Visitor::of(&school.principal);
        for name in ["", "  ", &"x".repeat(121), "a\nb"] {
            let refused = principal.send(&server, "POST", path::SUBSTITUTES, &json!({"name": name})).await;
            assert_eq!(code(&refused), Some(ErrorCode::Malformed), "{name:?}");
        }
        let_an_hour_pass(&server.store, school.principal.staff).await;
        let asked = json!({"name": NAME});
        let refused = principal.send(&server, "POST", path::SUBSTITUTES, &asked).await;
        assert_eq!(code(&refused), Some(ErrorCode::StepUpNeeded));
        assert!(substitutes(&server, &school).await.is_empty());
    }
}
