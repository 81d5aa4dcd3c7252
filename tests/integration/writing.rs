//! Who may write what: every role at every address that changes something, and those who may nothing at all.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, hire_as, sign_in};
use friminutt_tests::server::Server;
use friminutt_tests::wire::{self, Answer};
use shared::api::{ApiError, ErrorCode, RosterPreview, path};
use shared::document::report;
use shared::domain::{AccountStatus, DocumentId, Part, Role, SchoolSettings, What};
use shared::sync::Outcome;
use uuid::Uuid;

const ROSTER: &str =
    "Fornavn;Etternavn;Klasse\nElev0;Østby Ås;5A\nElev1;Østby Ås;5A\nElev2;Østby Ås;5A\n";
const CHANGE: &str = r#"{"roles":["duty_staff"],"own_classes":[],"status":"active"}"#;
const TABLES: [&str; 12] = [
    "session",
    "contact_teacher",
    "school",
    "class",
    "pupil",
    "staff",
    "staff_role",
    "invitation",
    "document",
    "change",
    "feed",
    "quarantine",
];

/// One request that would change something.
struct Writing {
    method: &'static str,
    path: String,
    body: Vec<u8>,
}

/// What is written to, with a report by Kari.
struct Targets {
    writings: Vec<Writing>,
    report: DocumentId,
}

async fn targets(server: &Server, school: &School) -> Targets {
    let mut kari = Phone::of(&school.kari);
    let entry = kari.log_pupil(
        What::Exclusion,
        server::clock::now_ms(),
        school.pupils[0],
        &Part::Exposed,
    );
    let report = kari.begin_report(Some(school.pupils[0]), &[entry]);
    kari.write_report(report, report::send());
    kari.sync(server).await;
    let other = kari.log(What::Alone, server::clock::now_ms());
    kari.sync(server).await;
    let preview = server
        .ask(
            &school.administrator,
            "POST",
            path::ROSTER_PREVIEW,
            ROSTER.as_bytes(),
        )
        .await;
    let preview: RosterPreview = serde_json::from_slice(&preview.body).unwrap();
    let until = format!("{{\"until_ms\":{}}}", server::clock::now_ms() + 60_000);
    let settings = serde_json::to_vec(&SchoolSettings::default()).unwrap();
    let member = format!(
        "{{\"name\":\"Bo Li\",\"username\":\"{}\",\"roles\":[\"duty_staff\"]}}",
        Uuid::new_v4()
    );
    let device_of_nina = sign_in(&server.store, school.id, school.nina.staff)
        .await
        .device;
    let writing = |method, path: String, body: &[u8]| Writing {
        method,
        path,
        body: body.to_vec(),
    };
    let writings = vec![
        writing(
            "PUT",
            path::with_id(path::PUPIL_ATTENTION, school.pupils[0]),
            until.as_bytes(),
        ),
        writing(
            "PUT",
            path::with_id(path::PUPIL_ATTENTION, school.others[0]),
            until.as_bytes(),
        ),
        writing("POST", path::with_id(path::REPORT_TALK, report), b""),
        writing("POST", path::STAFF.into(), member.as_bytes()),
        writing(
            "POST",
            path::with_id(path::STAFF_INVITATION, school.kari.staff),
            b"",
        ),
        writing(
            "PUT",
            path::with_id(path::STAFF_MEMBER, school.nina.staff),
            CHANGE.as_bytes(),
        ),
        writing(
            "DELETE",
            path::with_id(path::DEVICE_SESSIONS, device_of_nina),
            b"",
        ),
        writing("PUT", path::SETTINGS.into(), &settings),
        writing(
            "POST",
            path::ERASURES.into(),
            format!("{{\"documents\":[\"{other}\"],\"ground\":\"mistake\"}}").as_bytes(),
        ),
        writing("POST", path::ROSTER_PREVIEW.into(), ROSTER.as_bytes()),
        writing(
            "POST",
            format!(
                "{}?fingerprint={}",
                path::ROSTER_IMPORT,
                preview.fingerprint
            ),
            ROSTER.as_bytes(),
        ),
    ];
    Targets { writings, report }
}

async fn write(server: &Server, who: &Person, writing: &Writing) -> Answer {
    server
        .ask_json(who, writing.method, &writing.path, &writing.body)
        .await
}

async fn all_rows(server: &Server) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in TABLES {
        all.push(rows::of_table(&server.store, table).await);
    }
    all
}

on_both_databases! {
    async fn every_role_changes_what_is_its_own_and_nothing_else(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let targets = targets(&server, &school).await;
        // Those who may come last: what they change would change what the others are refused.
        let table: [(&str, &Person, [u16; 11]); 7] = [
            ("author", &school.kari, [404, 404, 403, 403, 403, 403, 404, 403, 403, 403, 403]),
            ("same shift", &school.ola, [404, 404, 404, 403, 403, 403, 404, 403, 403, 403, 403]),
            ("no duty", &school.nina, [404, 404, 404, 403, 403, 403, 204, 403, 403, 403, 403]),
            ("contact teacher", &school.ida, [204, 404, 404, 403, 403, 403, 404, 403, 403, 403, 403]),
            ("principal", &school.principal, [204, 204, 204, 403, 403, 403, 404, 403, 204, 403, 403]),
            ("deputy", &school.deputy, [204, 204, 204, 403, 403, 403, 404, 403, 403, 403, 403]),
            ("administrator", &school.administrator, [404, 404, 404, 201, 200, 204, 204, 204, 403, 200, 200]),
        ];
        for (who, person, statuses) in table {
            for (writing, status) in targets.writings.iter().zip(statuses) {
                let before = all_rows(&server).await;
                let answer = write(&server, person, writing).await;
                assert_eq!(answer.status, status, "{who} at {}", writing.path);
                assert!(status < 400 || all_rows(&server).await == before, "{who} at {}", writing.path);
            }
        }
    }

    async fn every_role_but_the_administrator_begins_entries_and_reports(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        for person in [&school.kari, &school.ola, &school.nina, &school.ida, &school.principal, &school.deputy] {
            let mut phone = Phone::of(person);
            phone.log(What::Alone, server::clock::now_ms());
            phone.begin_report(None, &[]);
            assert!(phone.sync(&server).await.iter().all(Outcome::is_safe));
        }
        let mut phone = Phone::of(&school.administrator);
        phone.log(What::Alone, server::clock::now_ms());
        phone.begin_report(None, &[]);
        let refused = Outcome::Quarantined { reason: "no-part-in-document".into() };
        assert_eq!(phone.sync(&server).await, [refused.clone(), refused]);
    }

    async fn another_schools_ids_are_refused_like_ids_that_do_not_exist(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let targets = targets(&server, &school).await;
        let before = all_rows(&server).await;
        for (who, at) in [(&elsewhere.principal, 0), (&elsewhere.principal, 2), (&elsewhere.administrator, 4), (&elsewhere.administrator, 5), (&elsewhere.administrator, 6)] {
            let theirs = write(&server, who, &targets.writings[at]).await;
            let Writing { method, path, body } = &targets.writings[at];
            let parts = path.split('/').map(|part| if part.len() == 36 { Uuid::now_v7().to_string() } else { part.into() });
            let nothing = Writing { method, path: parts.collect::<Vec<_>>().join("/"), body: body.clone() };
            assert_ne!(nothing.path, *path);
            let missing = write(&server, who, &nothing).await;
            assert_eq!((theirs.status, theirs.body), (404, missing.body), "{path}");
        }
        assert_eq!(all_rows(&server).await, before);
    }

    async fn an_account_that_is_not_open_and_a_stranger_change_nothing_and_read_nothing(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let targets = targets(&server, &school).await;
        let mut closed = Vec::new();
        for status in [AccountStatus::Invited, AccountStatus::Suspended, AccountStatus::Left, AccountStatus::Other("asleep".into())] {
            let all = vec![Role::Principal, Role::Administrator, Role::DutyStaff];
            closed.push(hire_as(&server.store, school.id, "Tor Lie", all, status).await);
        }
        for cookie in ["", "friminutt=", "friminutt=00", &format!("friminutt={}", "0".repeat(64))] {
            closed.push(Person { cookie: cookie.into(), ..school.kari.clone() });
        }
        let report = path::with_id(path::REPORT, targets.report);
        let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        let before = all_rows(&server).await;
        for person in &closed {
            for writing in &targets.writings {
                let answer = write(&server, person, writing).await;
                let error: ApiError = serde_json::from_slice(&answer.body).unwrap();
                assert_eq!((answer.status, error.code), (401, ErrorCode::SignedOut), "{}", writing.path);
            }
            let phone = Phone::of(person);
            assert_eq!(phone.send(&server, &phone.body(true)).await.0, 401);
            for address in [path::SESSION, path::SCHOOL, path::REPORTS, path::PATTERNS, path::READINGS, path::ERASURES, path::STAFF, path::DEVICES, path::SETTINGS, path::LIVE, &report, &log] {
                assert_eq!(server.status(person, "GET", address).await, 401, "{address}");
            }
        }
        assert_eq!(all_rows(&server).await, before);
    }

    async fn an_account_suspended_while_signed_in_is_out_at_once(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        rows::run(&server.store, "update staff set status = 'suspended' where id = $1", school.kari.staff.0).await;
        kari.log(What::Fight, server::clock::now_ms());
        let answer = kari.exchange(&server, true).await;
        let aside = Outcome::Quarantined { reason: "account-closed".into() };
        assert!(!answer.is_signed_in && answer.documents.is_empty());
        assert_eq!(answer.receipts[0].outcome, aside);
        assert_eq!(rows::of_table(&server.store, "change").await.len(), 1);
        rows::run(&server.store, "update staff set status = 'active' where id = $1", school.kari.staff.0).await;
        assert!(kari.sync(&server).await[0].is_safe(), "what was not sent is not lost");
        assert!(rows::of_table(&server.store, "quarantine").await.is_empty(), "and not put aside any more");
    }

    async fn no_other_site_writes_with_somebodys_session(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let targets = targets(&server, &school).await;
        let before = all_rows(&server).await;
        for writing in &targets.writings {
            for from in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://elsewhere.example")] {
                for who in [&school.principal, &school.administrator] {
                    let headers = [("cookie", who.cookie.as_str()), from, ("content-type", "application/json")];
                    let answer = wire::request_with(&server.address, writing.method, &writing.path, &headers, &writing.body).await.unwrap();
                    let error: ApiError = serde_json::from_slice(&answer.body).unwrap();
                    assert_eq!((answer.status, error.code), (403, ErrorCode::Forbidden), "{} {from:?}", writing.path);
                }
            }
        }
        assert_eq!(all_rows(&server).await, before);
    }
}
