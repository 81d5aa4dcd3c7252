//! Notices: only that something waits, to whoever it waits for and to nobody else, once, through a real mail server.

use friminutt_tests::mail::{MailServer, PUBLIC_URL};
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, hire, sign_in};
use friminutt_tests::server::{Server, keys};
use friminutt_tests::wire;
use server::clock::now_ms;
use server::notice::{PAUSE_MS, escalate, send_next};
use server::store::Store;
use server::store::notice::NoticeKind;
use server::sync::Live;
use shared::api::{NoticeAddress, NoticeFailure, ReportLine, Waiting, path};
use shared::document::report;
use shared::domain::{AuditAct, DocumentId, Role, SchoolSettings, Suspicion};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

async fn send_all(store: &Store, mail: &MailServer, now_ms: i64) {
    let mailer = mail.mailer();
    while send_next(store, &keys(), &mailer, now_ms).await.unwrap() {}
}

/// Gives an address and types in the code that comes there.
async fn wants_mail(server: &Server, mail: &MailServer, who: &Person, address: &str) {
    let before = mail.mails(0).await.len();
    let body = format!("{{\"address\":\"{address}\"}}");
    let set = server
        .ask_json(who, "PUT", path::NOTICE_ADDRESS, body.as_bytes())
        .await;
    assert_eq!(set.status, 204);
    send_all(&server.store, mail, now_ms()).await;
    let code = code_in(&mail.mails(before + 1).await[before].body);
    let body = format!("{{\"code\":\"{code}\"}}");
    let confirmed = server
        .ask_json(who, "POST", path::NOTICE_ADDRESS_CODE, body.as_bytes())
        .await;
    assert_eq!(confirmed.status, 204);
}

fn code_in(body: &str) -> String {
    let digits = body.chars().skip_while(|c| !c.is_ascii_digit());
    digits.take_while(char::is_ascii_digit).collect()
}

/// Confirms an address with no mail server.
async fn has_address(store: &Store, school: &School, who: &Person, address: &str) {
    let mut tx = store.write().await.unwrap();
    tx.set_notice_address(school.id, who.staff, address, 1)
        .await
        .unwrap();
    tx.confirm_notice_address(school.id, who.staff, 1)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn send_report(server: &Server, phone: &mut Phone, school: &School) -> DocumentId {
    let id = phone.begin_report(Some(school.pupils[0]), &[]);
    phone.write_report(id, report::send());
    phone.sync(server).await;
    id
}

async fn waiting(server: &Server, who: &Person) -> u32 {
    server.get::<Waiting>(who, path::WAITING).await.reports
}

async fn open(server: &Server, who: &Person, id: DocumentId) {
    assert_eq!(
        server
            .status(who, "GET", &path::with_id(path::REPORT, id))
            .await,
        200
    );
}

async fn escalate_after(server: &Server, school: &School, hours: Option<u32>) {
    let settings = SchoolSettings {
        escalate_after_hours: hours,
        ..SchoolSettings::default()
    };
    let body = serde_json::to_vec(&settings).unwrap();
    assert_eq!(
        server
            .ask_json(&school.administrator, "PUT", path::SETTINGS, &body)
            .await
            .status,
        204
    );
}

async fn failures(server: &Server, school: &School) -> Vec<(String, i64, i64)> {
    let failed: Vec<NoticeFailure> = server
        .get(&school.administrator, path::NOTICE_FAILURES)
        .await;
    failed
        .into_iter()
        .map(|it| (it.cause, it.failures, it.given_up))
        .collect()
}

on_both_databases! {
    async fn a_mail_says_once_that_something_waits_and_nothing_else(database: Database) {
        let mail = MailServer::start().await;
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        wants_mail(&server, &mail, &school.principal, "per@example.org").await;
        let mut kari = Phone::of(&school.kari);
        let first = send_report(&server, &mut kari, &school).await;
        send_report(&server, &mut kari, &school).await;
        assert_eq!((waiting(&server, &school.principal).await, waiting(&server, &school.deputy).await), (2, 0));
        send_all(&server.store, &mail, now_ms()).await;
        let mails = mail.mails(2).await;
        assert_eq!(mails.len(), 2, "the code, and one that tells of both");
        let told = &mails[1];
        assert_eq!((told.to.as_slice(), told.subject.as_str()), (&["per@example.org".to_owned()][..], "Noe venter på deg i Friminutt"));
        assert!(told.body.contains(PUBLIC_URL));
        let all = format!("{}{}{}", told.subject, told.body, told.raw);
        for canary in ["Elev0", "Østby", "Lia skole", "Kari", "Lunde", "Vik", "friminuttet", &first.to_string(), &school.pupils[0].to_string()] {
            assert!(!all.contains(canary), "{canary} in {all}");
        }

        // No more of it for a while; then once for what came meanwhile.
        send_report(&server, &mut kari, &school).await;
        send_all(&server.store, &mail, now_ms() + PAUSE_MS / 2).await;
        assert_eq!(mail.mails(2).await.len(), 2);
        send_all(&server.store, &mail, now_ms() + PAUSE_MS).await;
        assert_eq!(mail.mails(3).await.len(), 3);

        // What was opened before it could be told is not told.
        send_report(&server, &mut kari, &school).await;
        for line in server.get::<Vec<ReportLine>>(&school.principal, path::REPORTS).await {
            open(&server, &school.principal, line.id).await;
        }
        assert_eq!(waiting(&server, &school.principal).await, 0);
        send_all(&server.store, &mail, now_ms() + DAY_MS).await;
        assert_eq!(mail.mails(3).await.len(), 3);
    }

    async fn an_address_gets_nothing_but_a_code_until_the_code_is_typed_in(database: Database) {
        let mail = MailServer::start().await;
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        let per = &school.principal;
        let address = async || server.get::<NoticeAddress>(per, path::NOTICE_ADDRESS).await;
        assert_eq!(address().await, NoticeAddress { is_offered: true, ..NoticeAddress::default() });
        let set = async |address: &str| {
            let body = format!("{{\"address\":\"{address}\"}}");
            server.ask_json(per, "PUT", path::NOTICE_ADDRESS, body.as_bytes()).await.status
        };
        let confirm = async |code: &str| {
            let body = format!("{{\"code\":\"{code}\"}}");
            server.ask_json(per, "POST", path::NOTICE_ADDRESS_CODE, body.as_bytes()).await.status
        };
        assert_eq!(set("per at example").await, 400);
        assert_eq!(confirm("000000").await, 404);
        assert_eq!(set("per@example.org").await, 204);
        assert_eq!(set("other@example.org").await, 429, "codes are not sent out in a row");
        send_report(&server, &mut Phone::of(&school.kari), &school).await;
        send_all(&server.store, &mail, now_ms()).await;
        let mails = mail.mails(1).await;
        assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "Kode fra Friminutt"));
        let code = code_in(&mails[0].body);
        let wrong = if code == "111111" { "222222" } else { "111111" };
        for _ in 0..5 {
            assert_eq!(confirm(wrong).await, 409);
        }
        assert_eq!(confirm(&code).await, 409, "a code bears five attempts");
        assert!(!address().await.is_confirmed);

        rows::run(&server.store, "update notice_address set asked_at_ms = 0 where staff_id = $1", per.staff.0).await;
        assert_eq!(set("vik@example.org").await, 204);
        send_all(&server.store, &mail, now_ms() + HOUR_MS).await;
        let code = code_in(&mail.mails(2).await[1].body);
        assert_eq!(confirm(&code).await, 204);
        let now = address().await;
        assert_eq!((now.address.as_deref(), now.is_confirmed), (Some("vik@example.org"), true));
        assert_eq!(server.status(per, "DELETE", path::NOTICE_ADDRESS).await, 204);
        assert_eq!(address().await.address, None);
        send_report(&server, &mut Phone::of(&school.kari), &school).await;
        send_all(&server.store, &mail, now_ms() + DAY_MS).await;
        assert_eq!(mail.mails(2).await.len(), 2);
    }

    async fn what_the_mail_server_does_not_take_is_sent_when_it_does(database: Database) {
        let mut mail = MailServer::down();
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        has_address(&server.store, &school, &school.principal, "per@example.org").await;
        send_report(&server, &mut Phone::of(&school.kari), &school).await;
        send_all(&server.store, &mail, now_ms()).await;
        assert_eq!(failures(&server, &school).await, [("unreachable".into(), 1, 0)]);
        mail.rise().await;
        send_all(&server.store, &mail, now_ms()).await;
        assert!(mail.mails(0).await.is_empty(), "it is not tried at once");
        send_all(&server.store, &mail, now_ms() + HOUR_MS).await;
        assert_eq!(mail.mails(1).await.len(), 1);
        send_all(&server.store, &mail, now_ms() + DAY_MS).await;
        assert_eq!(mail.mails(1).await.len(), 1);
    }

    async fn what_is_refused_for_three_days_is_given_up_and_counted_without_a_name(database: Database) {
        let mail = MailServer::start().await;
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        has_address(&server.store, &school, &school.principal, "refused@example.org").await;
        send_report(&server, &mut Phone::of(&school.kari), &school).await;
        let began_ms = now_ms();
        for hour in 0..100 {
            send_all(&server.store, &mail, began_ms + hour * HOUR_MS).await;
        }
        let told = failures(&server, &school).await;
        let [(cause, attempts, given_up)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((cause.as_str(), *given_up), ("550", 1));
        assert!((10..40).contains(attempts), "{attempts} attempts, ever fewer");
        let answer = server.ask(&school.administrator, "GET", path::NOTICE_FAILURES, &[]).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("example.org"));
        assert!(server.store.read().await.unwrap().due_notices(&[NoticeKind::Waiting], i64::MAX, 10).await.unwrap().is_empty());
    }

    async fn two_processes_send_once_and_escalate_once(database: Database) {
        let mail = MailServer::start().await;
        let server = Server::start_with_mail(&database, &mail).await;
        let other = Store::open(&database.address).await.unwrap();
        let school = School::found(&server.store, "Lia skole").await;
        for (who, address) in [(&school.principal, "per@example.org"), (&school.deputy, "eli@example.org")] {
            has_address(&server.store, &school, who, address).await;
        }
        let mut kari = Phone::of(&school.kari);
        let id = send_report(&server, &mut kari, &school).await;
        tokio::join!(send_all(&server.store, &mail, now_ms()), send_all(&other, &mail, now_ms()));
        assert_eq!(mail.mails(1).await.len(), 1);

        let later_ms = now_ms() + DAY_MS;
        let (live, there) = (Live::default(), Live::default());
        let (here, there) = tokio::join!(escalate(&server.store, &live, later_ms), escalate(&other, &there, later_ms));
        assert!(here.is_ok() && there.is_ok());
        tokio::join!(send_all(&server.store, &mail, later_ms), send_all(&other, &mail, later_ms));
        let to: Vec<String> = mail.mails(2).await.into_iter().flat_map(|it| it.to).collect();
        assert_eq!(to, ["per@example.org", "eli@example.org"]);
        let mut tx = server.store.read().await.unwrap();
        let rows = tx.audit_after(school.id, 0, 100).await.unwrap();
        let told: Vec<_> = rows.iter().filter(|row| row.event.act == AuditAct::EscalatedReport).map(|row| row.event.document).collect();
        assert_eq!(told, [Some(id)]);
    }

    async fn a_report_that_nobody_opens_in_time_waits_for_the_deputy_too_until_somebody_does(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (live, store) = (Live::default(), &server.store);
        let mut kari = Phone::of(&school.kari);
        let id = send_report(&server, &mut kari, &school).await;
        let counts = async || (waiting(&server, &school.principal).await, waiting(&server, &school.deputy).await);
        escalate(store, &live, now_ms() + 23 * HOUR_MS).await.unwrap();
        assert_eq!(counts().await, (1, 0));
        escalate_after(&server, &school, None).await;
        escalate(store, &live, now_ms() + 99 * DAY_MS).await.unwrap();
        assert_eq!(counts().await, (1, 0), "it is off");
        escalate_after(&server, &school, Some(2)).await;
        let at_ms = now_ms() + 3 * HOUR_MS;
        escalate(store, &live, at_ms).await.unwrap();
        assert_eq!(counts().await, (1, 1));
        kari.sync(&server).await;
        let receipts = kari.told[&("own".to_owned(), id)].receipts.unwrap();
        assert_eq!((receipts.escalated_at_ms, receipts.opened_at_ms), (Some(at_ms), None));
        open(&server, &school.deputy, id).await;
        assert_eq!(counts().await, (0, 0));

        let opened = send_report(&server, &mut kari, &school).await;
        open(&server, &school.principal, opened).await;
        escalate(store, &live, now_ms() + DAY_MS).await.unwrap();
        kari.sync(&server).await;
        assert_eq!(kari.told[&("own".to_owned(), opened)].receipts.unwrap().escalated_at_ms, None);
    }

    async fn whoever_is_suspected_is_neither_counted_nor_told_also_when_they_come_to_lead(database: Database) {
        let mail = MailServer::start().await;
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        let liv = hire(&server.store, school.id, "Liv Moe", vec![Role::SocialTeacher]).await;
        has_address(&server.store, &school, &liv, "liv@example.org").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.begin_report(Some(school.pupils[0]), &[]);
        let suspects = report::set_suspicion(&Suspicion::Employee).and(report::set_suspected(liv.staff, true)).and(report::send());
        kari.write_report(id, suspects);
        kari.sync(&server).await;
        rows::run(&server.store, "update staff_role set role = 'deputy' where staff_id = $1", liv.staff.0).await;
        escalate(&server.store, &Live::default(), now_ms() + DAY_MS).await.unwrap();
        assert_eq!((waiting(&server, &school.deputy).await, waiting(&server, &liv).await), (1, 0));
        rows::run(&server.store, "update staff_role set role = 'principal' where staff_id = $1", liv.staff.0).await;
        assert_eq!(waiting(&server, &liv).await, 0);
        send_all(&server.store, &mail, now_ms() + DAY_MS).await;
        assert!(mail.mails(0).await.is_empty());
    }

    async fn the_program_itself_sends_and_a_mail_it_could_not_send_is_not_lost_with_it(database: Database) {
        let mut mail = MailServer::down();
        let mut program = Program::on(&database.address).with_mail(&mail);
        program.start().await;
        let store = Store::open(&database.address).await.unwrap();
        let (school, principal) = demo_principal(&store).await;
        let body = b"{\"address\":\"rektor@example.org\"}";
        let set = ask(&program, &principal, "PUT", path::NOTICE_ADDRESS, body).await;
        assert_eq!(set, 204, "{}", program.log());
        program.kill().await;
        mail.rise().await;
        rows::execute(&store, "update notice set due_at_ms = 0").await;
        program.start().await;
        let code = code_in(&mail.mails(1).await[0].body);
        let body = format!("{{\"code\":\"{code}\"}}");
        assert_eq!(ask(&program, &principal, "POST", path::NOTICE_ADDRESS_CODE, body.as_bytes()).await, 204, "{school}");
    }
}

async fn demo_principal(store: &Store) -> (String, Person) {
    let mut tx = store.read().await.unwrap();
    let (school, name) = tx.schools().await.unwrap().remove(0);
    let staff = tx.staff(school).await.unwrap();
    drop(tx);
    let principal = staff.iter().find(|it| it.roles.contains(&Role::Principal));
    (name, sign_in(store, school, principal.unwrap().id).await)
}

async fn ask(program: &Program, who: &Person, method: &str, path: &str, body: &[u8]) -> u16 {
    let headers = [
        ("cookie", who.cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let answer = wire::request_with(&program.address(), method, path, &headers, body).await;
    answer.expect("an answer").status
}
