//! § 12-5: what goes to the school owner past the leadership, and what an employee who is suspected sees of it: nothing.

use friminutt_tests::mail::MailServer;
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::{Phone, seal};
use friminutt_tests::push_service::PushService;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, hire, let_an_hour_pass};
use friminutt_tests::server::{Server, keys};
use server::clock::now_ms;
use server::notice::{escalate, push_next, send_next};
use server::store::Store;
use server::sync::Live;
use shared::api::{
    EntryDetail, OwnerReceipt, OwnerReport, OwnerReports, OwnerSender, PatternLine, ReportLine,
    School as SchoolOnPhone, Waiting, path,
};
use shared::document::report;
use shared::domain::{DocumentId, Part, Role, SchoolId, Suspicion, What};
use shared::sync::owner::{OwnerCode, OwnerItem, OwnerKey};
use shared::sync::{Outcome, SyncAnswer};
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Tables of the school's: a report that a phone sealed to the owner leaves every row of them as it was.
const TABLES: [&str; 14] = [
    "school",
    "staff",
    "device",
    "document",
    "change",
    "feed",
    "quarantine",
    "entry",
    "pupil_log",
    "report",
    "report_entry",
    "pattern",
    "erasure",
    "past_leadership",
];

/// The owner of a school, with one person and the code that opens.
struct Owner {
    id: SchoolId,
    person: Person,
    code: OwnerCode,
}

async fn own(store: &Store, school: &School) -> Owner {
    let elsewhere = School::found(store, "Lia kommune").await;
    let mut tx = store.write().await.unwrap();
    tx.make_owner(elsewhere.id, "00 00 00 00").await.unwrap();
    tx.set_owner(school.id, elsewhere.id).await.unwrap();
    tx.commit().await.unwrap();
    let random = |bytes: &mut [u8]| bytes.fill_with(|| Uuid::new_v4().as_bytes()[0]);
    Owner {
        id: elsewhere.id,
        person: hire(store, elsewhere.id, "Randi Skog", vec![Role::Owner]).await,
        code: OwnerCode::random(random),
    }
}

/// As the owner's browser does on the first day.
async fn make_key(server: &Server, owner: &Owner) {
    let body = format!("{{\"public\":\"{}\"}}", owner.code.public());
    let answer = server
        .ask_json(&owner.person, "POST", path::OWNER_KEY, body.as_bytes())
        .await;
    assert_eq!(answer.status, 201);
}

async fn letters(server: &Server, owner: &Owner) -> Vec<(OwnerSender, OwnerReport)> {
    let found: OwnerReports = server.get(&owner.person, path::OWNER_REPORTS).await;
    let opened = found
        .letters
        .iter()
        .map(|letter| owner.code.open(&letter.sealed.0).unwrap());
    opened.collect()
}

/// A report as Kari's phone seals it, from a draft that never leaves the phone.
fn sealed_report(phone: &mut Phone, key: &OwnerKey, school: &School) -> (DocumentId, Vec<u8>) {
    let waiting = phone.outbox.len();
    let id = phone.begin_report(Some(school.pupils[0]), &[]);
    let edit = report::set_suspicion(&Suspicion::Leadership)
        .and(report::set_suspected(school.principal.staff, true))
        .and(report::send());
    phone.write_report(id, edit);
    phone.outbox.truncate(waiting);
    let report = OwnerReport {
        report: phone.documents[&id].report(id).unwrap(),
        pupil_name: "Elev0 Østby Ås".into(),
        class_name: Some("5A".into()),
        entries: Vec::new(),
        suspected_names: vec!["Per Vik".into()],
        reporter_name: "Kari Lunde".into(),
        told_by_name: String::new(),
        is_passed_on: false,
    };
    let random = |bytes: &mut [u8]| bytes.fill_with(|| Uuid::new_v4().as_bytes()[0]);
    let item = OwnerItem::seal(&report, key, random).unwrap();
    (id, seal(phone.person.device, &item.encode()))
}

async fn owner_key(server: &Server, who: &Person) -> OwnerKey {
    let on_phone: SchoolOnPhone = server.get(who, path::SCHOOL).await;
    on_phone.owner_key.unwrap()
}

async fn every_row(server: &Server) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in TABLES {
        all.push(rows::of_table(&server.store, table).await);
    }
    all
}

/// The leadership, the administrator, and colleagues of every sort.
fn everybody(school: &School) -> [&Person; 6] {
    [
        &school.principal,
        &school.deputy,
        &school.administrator,
        &school.ida,
        &school.ola,
        &school.nina,
    ]
}

/// All that these people are answered at every address that reads, tags included.
async fn all_answers(
    server: &Server,
    school: &School,
    people: &[&Person],
    ids: &[DocumentId],
) -> Vec<String> {
    let mut addresses: Vec<String> = [
        path::SCHOOL,
        path::REPORTS,
        path::PATTERNS,
        path::ERASURES,
        path::QUARANTINE,
        path::STAFF,
        path::SETTINGS,
        path::OWNER_REPORTS,
        path::OWNER_RECEIPTS,
        path::WAITING,
        path::NOTICE_FAILURES,
    ]
    .map(str::to_owned)
    .to_vec();
    addresses.extend(
        school
            .pupils
            .iter()
            .map(|id| path::with_id(path::PUPIL_LOG, id)),
    );
    for id in ids {
        addresses.extend([path::ENTRY, path::REPORT].map(|path| path::with_id(path, id)));
    }
    let mut answers = Vec::new();
    for person in people {
        for address in &addresses {
            let answer = server.ask(person, "GET", address, &[]).await;
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            answers.push(format!("{address} {} {body}", answer.status));
        }
    }
    answers
}

on_both_databases! {
    async fn a_report_past_the_leadership_reaches_the_owner_and_leaves_no_row_of_the_schools_changed(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let owner = own(&server.store, &school).await;
        make_key(&server, &owner).await;
        let key = owner_key(&server, &school.kari).await;
        let mut kari = Phone::of(&school.kari);
        let (id, item) = sealed_report(&mut kari, &key, &school);
        let before = (every_row(&server).await, all_answers(&server, &school, &everybody(&school), &[id]).await);
        kari.outbox.push(item.clone());
        let outcomes = kari.sync(&server).await;
        let [Outcome::Stored { at_ms, .. }] = outcomes[..] else { panic!("{outcomes:?}") };
        assert!(kari.outbox.is_empty());
        assert_eq!(before, (every_row(&server).await, all_answers(&server, &school, &everybody(&school), &[id]).await));

        // A retry is answered as it was, by whoever carries it.
        let mut ola = Phone::of(&school.ola);
        ola.outbox.push(item);
        assert_eq!(ola.sync(&server).await, [Outcome::Stored { seq: 0, at_ms }]);
        let found = letters(&server, &owner).await;
        assert_eq!(found.len(), 1);
        let (sender, report) = &found[0];
        assert_eq!((sender.staff_name.as_str(), sender.school_name.as_str(), sender.received_at_ms), ("Kari Lunde", "Lia skole", at_ms));
        assert_eq!((report.report.id, report.suspected_names.as_slice()), (id, ["Per Vik".to_owned()].as_slice()));

        // Only the sender follows it.
        assert_eq!(server.get::<Vec<OwnerReceipt>>(&school.ola, path::OWNER_RECEIPTS).await, []);
        for (address, at) in [(path::OWNER_REPORT_OPENED, 0), (path::OWNER_REPORT_TALK, 1)] {
            let address = path::with_id(address, id);
            for other in [&school.kari, &school.principal, &school.administrator] {
                assert_eq!(server.status(other, "POST", &address).await, 403);
            }
            assert_eq!(server.status(&owner.person, "POST", &address).await, 204);
            let receipts = server.get::<Vec<OwnerReceipt>>(&school.kari, path::OWNER_RECEIPTS).await[0].receipts;
            assert_eq!((receipts.opened_at_ms.is_some(), receipts.talk_at_ms.is_some()), (true, at == 1));
        }
        assert_eq!(server.status(&owner.person, "POST", &path::with_id(path::OWNER_REPORT_OPENED, Uuid::now_v7())).await, 404);
    }

    async fn neither_a_shut_out_device_nor_a_closed_account_keeps_a_report_from_the_owner(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let owner = own(&server.store, &school).await;
        make_key(&server, &owner).await;
        let key = owner_key(&server, &school.kari).await;
        let mut kari = Phone::of(&school.kari);
        let (_, item) = sealed_report(&mut kari, &key, &school);
        rows::run(&server.store, "update staff set status = 'suspended' where id = $1", school.kari.staff.0).await;
        let device = path::with_id(path::DEVICE, school.kari.device);
        assert_eq!(server.status(&school.administrator, "DELETE", &device).await, 204);
        let mut carrier = Phone::of(&school.ola);
        carrier.outbox.push(item);
        assert!(carrier.sync(&server).await[0].is_safe());
        assert!(letters(&server, &owner).await[0].0.is_barred);
        assert!(rows::of_table(&server.store, "quarantine").await.is_empty());
    }

    async fn what_the_owner_cannot_open_is_refused_and_put_aside_nowhere(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let key = OwnerKey { id: 1, public: OwnerCode::random(|bytes| bytes.fill(3)).public() };
        let mut kari = Phone::of(&school.kari);
        let (_, item) = sealed_report(&mut kari, &key, &school);
        let mut refused = async |reason: &str| {
            kari.outbox = vec![item.clone()];
            assert_eq!(kari.sync(&server).await, [Outcome::Refused { reason: reason.into() }]);
        };
        refused("no-owner").await;
        let owner = own(&server.store, &school).await;
        refused("unknown-owner-key").await;
        // Another's key of the same number opens nothing of it.
        make_key(&server, &owner).await;
        refused("unknown-owner-key").await;
        assert!(rows::of_table(&server.store, "quarantine").await.is_empty());
        assert!(rows::of_table(&server.store, "owner_letter").await.is_empty());
        // Another's report id is nobody else's to write under.
        let key = owner_key(&server, &school.kari).await;
        let (id, item) = sealed_report(&mut kari, &key, &school);
        kari.outbox = vec![item];
        assert!(kari.sync(&server).await[0].is_safe());
        let mut ola = Phone::of(&school.ola);
        ola.documents.insert(id, kari.documents[&id].clone());
        let mut report: OwnerReport = letters(&server, &owner).await.remove(0).1;
        report.report.happened = "noe annet".into();
        let random = |bytes: &mut [u8]| bytes.fill_with(|| Uuid::new_v4().as_bytes()[0]);
        let forged = OwnerItem::seal(&report, &key, random).unwrap();
        ola.outbox.push(seal(school.ola.device, &forged.encode()));
        assert_eq!(ola.sync(&server).await, [Outcome::Refused { reason: "no-part-in-document".into() }]);
    }

    async fn a_report_on_a_leader_that_came_the_ordinary_way_is_the_owners_and_nobody_elses(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(kari.log_pupil(What::Exclusion, now_ms(), school.pupils[0], &Part::Exposed));
        }
        kari.sync(&server).await;
        let entry = ids[0];
        // Nobody can be told yet: it waits.
        let id = kari.begin_report(Some(school.pupils[0]), &[entry]);
        ids.push(id);
        let before = all_answers(&server, &school, &everybody(&school), &ids).await;
        kari.write_report(id, report::set_suspected(school.deputy.staff, true).and(report::send()));
        assert!(kari.sync(&server).await.iter().all(Outcome::is_safe));
        assert_eq!(before, all_answers(&server, &school, &everybody(&school), &ids).await);
        let owner = own(&server.store, &school).await;
        assert!(letters(&server, &owner).await.is_empty());
        make_key(&server, &owner).await;
        let found = letters(&server, &owner).await;
        assert_eq!((found.len(), found[0].0.staff_name.as_str(), found[0].1.pupil_name.as_str()), (1, "Kari Lunde", "Elev0 Østby Ås"));
        assert_eq!((found[0].1.entries.len(), found[0].1.is_passed_on), (1, false));
        let receipts: Vec<OwnerReceipt> = server.get(&school.kari, path::OWNER_RECEIPTS).await;
        assert_eq!(receipts[0].report, id);

        // Nor when the deputy leads no longer, the projections are computed anew, and the reporter writes on.
        rows::run(&server.store, "delete from staff_role where staff_id = $1", school.deputy.staff.0).await;
        server::projection::rebuild::rebuild(&server.store, |_| {}).await.unwrap();
        kari.write_report(id, report::add(Uuid::now_v7(), "og dette").unwrap());
        kari.sync(&server).await;
        let found = letters(&server, &owner).await;
        assert_eq!((found.len(), found[0].1.report.additions.len()), (2, 1), "what is written later follows");
        assert!(server.get::<Vec<ReportLine>>(&school.principal, path::REPORTS).await.is_empty());
        let erase = format!("{{\"documents\":[\"{id}\"],\"ground\":\"mistake\"}}");
        let erased = server.ask_json(&school.principal, "POST", path::ERASURES, erase.as_bytes()).await;
        assert_eq!(erased.status, 404, "for the leadership there is no such report");
        let detail: EntryDetail = server.get(&school.principal, &path::with_id(path::ENTRY, entry)).await;
        assert!(!detail.line.is_locked, "a lock would tell that there is a report");
    }

    async fn only_the_owners_people_hear_of_what_goes_past_the_leadership(database: Database) {
        let (mail, push) = (MailServer::start().await, PushService::start().await);
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        let owner = own(&server.store, &school).await;
        make_key(&server, &owner).await;
        let everybody = everybody(&school);
        let mut tx = server.store.write().await.unwrap();
        let at_school = everybody.iter().map(|who| (school.id, who.staff, "leder@example.org"));
        for (place, staff, address) in at_school.chain([(owner.id, owner.person.staff, "randi@example.org")]) {
            tx.set_notice_address(place, staff, address, 1).await.unwrap();
            tx.confirm_notice_address(place, staff, 1).await.unwrap();
        }
        let devices = everybody.iter().map(|who| (school.id, *who, "school"));
        for (place, who, path) in devices.chain([(owner.id, &owner.person, "owner")]) {
            let heard = PushService::pusher().read(who.device, &push.browser(path).subscription());
            tx.set_push((place, who.staff), &heard.unwrap(), 1).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut kari = Phone::of(&school.kari);
        let (id, item) = sealed_report(&mut kari, &owner_key(&server, &school.kari).await, &school);
        kari.outbox.push(item);
        kari.sync(&server).await;
        let waiting = async |who| server.get::<Waiting>(who, path::WAITING).await.reports;
        assert_eq!((waiting(&owner.person).await, waiting(&school.principal).await, waiting(&school.deputy).await), (1, 0, 0));
        escalate(&server.store, &Live::default(), now_ms() + 99 * DAY_MS).await.unwrap();
        while send_next(&server.store, &keys(), &mail.mailer(), now_ms() + DAY_MS).await.unwrap() {}
        while push_next(&server.store, &PushService::pusher(), now_ms() + DAY_MS).await.unwrap() {}
        assert_eq!((push.taken_at("owner"), push.taken_at("school")), (1, 0));
        let mails = mail.mails(1).await;
        assert_eq!(mails.iter().flat_map(|it| &it.to).collect::<Vec<_>>(), ["randi@example.org"]);
        for canary in ["Lia", "Elev0", "Kari", "Per", &id.to_string()] {
            assert!(!mails[0].body.contains(canary) && !mails[0].subject.contains(canary), "{canary}");
        }
        server.status(&owner.person, "POST", &path::with_id(path::OWNER_REPORT_OPENED, id)).await;
        assert_eq!(waiting(&owner.person).await, 0);
    }

    async fn a_suspected_employee_sees_nothing_and_the_principal_passes_it_on_once(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let owner = own(&server.store, &school).await;
        let mut kari = Phone::of(&school.kari);
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.push(kari.log_pupil(What::Exclusion, now_ms(), school.pupils[0], &Part::Exposed));
        }
        let mut ola = Phone::of(&school.ola);
        ids.push(ola.log_pupil(What::Exclusion, now_ms(), school.pupils[0], &Part::Exposed));
        kari.sync(&server).await;
        ola.sync(&server).await;
        // Ida, the contact teacher, is suspected.
        let id = kari.begin_report(Some(school.pupils[0]), &ids[..1]);
        let colleagues = [&school.administrator, &school.ida, &school.ola, &school.nina];
        let before = all_answers(&server, &school, &colleagues, &ids).await;
        kari.write_report(id, report::set_suspicion(&Suspicion::Employee).and(report::set_suspected(school.ida.staff, true)).and(report::send()));
        kari.sync(&server).await;
        assert_eq!(before, all_answers(&server, &school, &colleagues, &ids).await);
        let patterns: Vec<PatternLine> = server.get(&school.ida, path::PATTERNS).await;
        assert!(patterns.iter().all(|line| !line.is_reported));
        let told: SyncAnswer = ola.exchange(&server, true).await;
        assert!(told.documents.iter().all(|told| told.locked_at.is_none()));

        let lines: Vec<ReportLine> = server.get(&school.principal, path::REPORTS).await;
        assert_eq!((lines.len(), lines[0].receipts.owner_told_at_ms), (1, None));
        let address = path::with_id(path::REPORT_TO_OWNER, id);
        assert_eq!(server.status(&school.principal, "POST", &address).await, 409, "the owner has no key yet");
        make_key(&server, &owner).await;
        for other in [&school.ida, &school.kari, &school.administrator, &owner.person] {
            assert!([403, 404].contains(&server.status(other, "POST", &address).await));
        }
        for _ in 0..2 {
            assert_eq!(server.status(&school.principal, "POST", &address).await, 204);
        }
        let found = letters(&server, &owner).await;
        assert_eq!((found.len(), found[0].0.staff_name.as_str(), found[0].1.is_passed_on), (1, "Per Vik", true));
        assert_eq!(found[0].1.reporter_name, "Kari Lunde");
        kari.sync(&server).await;
        assert!(kari.told[&("own".to_owned(), id)].receipts.unwrap().owner_told_at_ms.is_some());
    }

    async fn a_leader_whom_the_reporter_names_later_loses_the_report_to_the_owner(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let owner = own(&server.store, &school).await;
        make_key(&server, &owner).await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.begin_report(Some(school.pupils[0]), &[]);
        kari.write_report(id, report::send());
        kari.sync(&server).await;
        assert_eq!(server.get::<Vec<ReportLine>>(&school.principal, path::REPORTS).await.len(), 1);
        kari.write_report(id, report::set_suspected(school.principal.staff, true));
        kari.sync(&server).await;
        for leader in [&school.principal, &school.deputy] {
            assert!(server.get::<Vec<ReportLine>>(leader, path::REPORTS).await.is_empty());
            assert_eq!(server.status(leader, "GET", &path::with_id(path::REPORT, id)).await, 404);
        }
        assert_eq!(letters(&server, &owner).await[0].1.suspected_names, ["Per Vik"]);
    }

    async fn an_owner_opens_its_own_schools_reports_alone_and_nothing_of_the_schools(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let owner = own(&server.store, &school).await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let stranger = own(&server.store, &elsewhere).await;
        make_key(&server, &owner).await;
        make_key(&server, &stranger).await;
        let key = owner_key(&server, &school.kari).await;
        let mut kari = Phone::of(&school.kari);
        let (_, item) = sealed_report(&mut kari, &key, &school);
        kari.outbox.push(item);
        kari.sync(&server).await;
        let_an_hour_pass(&server.store, owner.person.staff).await;
        let again = format!("{{\"public\":\"{}\"}}", OwnerCode::random(|bytes| bytes.fill(5)).public());
        assert_eq!(server.ask_json(&owner.person, "POST", path::OWNER_KEY, again.as_bytes()).await.status, 403, "who is it?");
        assert!(letters(&server, &stranger).await.is_empty());
        assert_ne!(owner.id, stranger.id);
        for address in [path::PUPIL_LOG, path::ENTRY, path::REPORT] {
            assert_eq!(server.status(&owner.person, "GET", &path::with_id(address, school.pupils[0])).await, 404);
        }
        for address in [path::SETTINGS, path::STAFF, path::ERASURES, path::QUARANTINE] {
            assert_eq!(server.status(&owner.person, "GET", address).await, 403);
        }
        // A role named like the owner's makes nobody at a school an owner.
        let impostor = hire(&server.store, school.id, "Bo Li", vec![Role::Owner]).await;
        assert!(server.get::<OwnerReports>(&impostor, path::OWNER_REPORTS).await.letters.is_empty());
        let body = format!("{{\"public\":\"{}\"}}", owner.code.public());
        assert_eq!(server.ask_json(&impostor, "POST", path::OWNER_KEY, body.as_bytes()).await.status, 403);
        let member = format!("{{\"name\":\"Bo Li\",\"username\":\"{}\",\"roles\":[\"owner\"]}}", Uuid::new_v4());
        assert_eq!(server.ask_json(&school.administrator, "POST", path::STAFF, member.as_bytes()).await.status, 400);
    }
}
