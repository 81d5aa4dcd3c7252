//! Handing out: the leadership gives a report to somebody who then reads and receives it, and to nobody else; the mail distributor
//! sees the way of each report and nothing of what it says.

use friminutt_tests::mail::MailServer;
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School, hire, hire_as};
use friminutt_tests::server::{Server, keys};
use server::clock::now_ms;
use server::notice::send_next;
use shared::api::{Handing, ReportDetail, ReportLine, Routing, Session, Waiting, path};
use shared::document::{Edit, report};
use shared::domain::{AccountStatus, AuditAct, DocumentId, Role, Seriousness, StaffId, Suspicion};
use uuid::Uuid;

async fn put_handed(
    server: &Server,
    by: &Person,
    id: DocumentId,
    (staff, is_handed): (StaffId, bool),
) -> (u16, Vec<u8>) {
    let body = format!("{{\"staff\":\"{staff}\",\"is_handed\":{is_handed}}}");
    let address = path::with_id(path::REPORT_HANDED, id);
    let answer = server.ask_json(by, "PUT", &address, body.as_bytes()).await;
    (answer.status, answer.body.to_vec())
}

async fn hand(server: &Server, by: &Person, id: DocumentId, to: &Person) -> u16 {
    put_handed(server, by, id, (to.staff, true)).await.0
}

async fn take_back(server: &Server, by: &Person, id: DocumentId, from: &Person) -> u16 {
    put_handed(server, by, id, (from.staff, false)).await.0
}

async fn send(server: &Server, phone: &mut Phone, school: &School, edit: Edit) -> DocumentId {
    let id = phone.begin_report(Some(school.pupils[0]), &[]);
    phone.write_report(id, edit.and(report::send()));
    phone.sync(server).await;
    id
}

fn plain() -> Edit {
    report::set_happened("Sto utenfor hele friminuttet").unwrap()
}

fn suspects(who: &Person) -> Edit {
    report::set_suspicion(&Suspicion::Employee).and(report::set_suspected(who.staff, true))
}

async fn liv(server: &Server, school: &School) -> Person {
    let roles = vec![Role::SocialTeacher, Role::DutyStaff];
    hire(&server.store, school.id, "Liv Moe", roles).await
}

async fn post(server: &Server, school: &School) -> Person {
    let roles = vec![Role::MailDistributor];
    hire(&server.store, school.id, "Gro Post", roles).await
}

async fn read(server: &Server, who: &Person, id: DocumentId) -> u16 {
    let address = path::with_id(path::REPORT, id);
    server.status(who, "GET", &address).await
}

async fn waiting(server: &Server, who: &Person) -> u32 {
    server.get::<Waiting>(who, path::WAITING).await.reports
}

async fn in_hand(server: &Server, who: &Person) -> Vec<(DocumentId, bool)> {
    let lines: Vec<ReportLine> = server.get(who, path::REPORTS_HANDED).await;
    let line = |line: ReportLine| (line.id, line.waits_in_hand);
    lines.into_iter().map(line).collect()
}

async fn handing(server: &Server, who: &Person, id: DocumentId) -> Option<Handing> {
    let detail: ReportDetail = server.get(who, &path::with_id(path::REPORT, id)).await;
    detail.handing
}

async fn ways(server: &Server, who: &Person) -> Vec<DocumentId> {
    let routing: Routing = server.get(who, path::ROUTING).await;
    routing.lines.iter().map(|line| line.report).collect()
}

async fn send_all(server: &Server, mail: &MailServer) {
    while send_next(&server.store, &keys(), &mail.mailer(), now_ms())
        .await
        .unwrap()
    {}
}

on_both_databases! {
    async fn who_is_handed_a_report_reads_and_receives_it_and_nothing_else_until_it_is_taken_back(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (liv, mut kari) = (liv(&server, &school).await, Phone::of(&school.kari));
        let id = send(&server, &mut kari, &school, plain()).await;
        let other = send(&server, &mut kari, &school, plain()).await;
        assert_eq!((read(&server, &liv, id).await, waiting(&server, &liv).await), (404, 0));
        for _ in 0..2 {
            assert_eq!(hand(&server, &school.principal, id, &liv).await, 204);
        }
        assert_eq!((in_hand(&server, &liv).await, waiting(&server, &liv).await), (vec![(id, true)], 1));
        assert_eq!(waiting(&server, &school.principal).await, 2, "nobody has opened it yet");

        let opened: ReportDetail = server.get(&liv, &path::with_id(path::REPORT, id)).await;
        assert_eq!((opened.report.happened.as_str(), opened.is_receiver, opened.handing), ("Sto utenfor hele friminuttet", true, None));
        assert_eq!((in_hand(&server, &liv).await, waiting(&server, &liv).await), (vec![(id, false)], 0));
        assert_eq!(waiting(&server, &school.principal).await, 1);
        assert_eq!(server.status(&liv, "POST", &path::with_id(path::REPORT_TALK, id)).await, 204);
        kari.sync(&server).await;
        let receipts = kari.told[&("own".to_owned(), id)].receipts.unwrap();
        assert!(receipts.opened_at_ms.is_some() && receipts.talk_at_ms.is_some());

        // Nothing else by that.
        assert_eq!(read(&server, &liv, other).await, 404);
        assert_eq!(hand(&server, &liv, id, &school.deputy).await, 403);
        assert_eq!(server.status(&liv, "POST", &path::with_id(path::REPORT_TO_OWNER, id)).await, 403);
        assert_eq!(server.status(&liv, "GET", &path::with_id(path::PUPIL_LOG, school.pupils[0])).await, 404);
        assert_eq!(server.get::<Vec<ReportLine>>(&liv, path::REPORTS).await, []);
        for address in [path::READINGS, path::ERASURES, path::ROUTING] {
            assert_eq!(server.status(&liv, "GET", address).await, 403);
        }

        let shown = handing(&server, &school.principal, id).await.unwrap();
        let [line] = shown.handed.as_slice() else { panic!("{shown:?}") };
        assert_eq!((line.staff, line.by_name.as_str(), line.opened_at_ms.is_some()), (liv.staff, "Per Vik", true));
        assert_eq!(shown.offered.iter().map(|it| it.staff).collect::<Vec<_>>(), [school.deputy.staff]);
        for _ in 0..2 {
            assert_eq!(take_back(&server, &school.deputy, id, &liv).await, 204);
        }
        assert_eq!((read(&server, &liv, id).await, in_hand(&server, &liv).await), (404, vec![]));

        let mut tx = server.store.read().await.unwrap();
        let rows = tx.audit_after(school.id, 0, 500).await.unwrap();
        let told = rows.iter().map(|row| &row.event).filter(|it| [AuditAct::HandedReport, AuditAct::TookReportBack].contains(&it.act));
        let told: Vec<_> = told.map(|it| (it.act.clone(), it.staff, it.subject, it.document)).collect();
        let (per, eli) = (Some(school.principal.staff), Some(school.deputy.staff));
        assert_eq!(told, [
            (AuditAct::HandedReport, per, Some(liv.staff.0), Some(id)),
            (AuditAct::TookReportBack, eli, Some(liv.staff.0), Some(id)),
        ]);
        let readings = rows.iter().filter(|row| row.event.act == AuditAct::ReadReport && row.event.staff == Some(liv.staff));
        assert_eq!(readings.map(|row| row.event.pupil).collect::<Vec<_>>(), [Some(school.pupils[0])]);
    }

    async fn a_report_is_handed_to_whoever_may_have_it_and_others_are_answered_like_nobody(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let (liv, mut kari) = (liv(&server, &school).await, Phone::of(&school.kari));
        let as_lead = async |status| hire_as(&server.store, school.id, "Bo Li", vec![Role::DepartmentLead], status).await;
        let suspended = as_lead(AccountStatus::Suspended).await;
        let left = as_lead(AccountStatus::Left).await;
        let invited = as_lead(AccountStatus::Invited).await;
        let id = send(&server, &mut kari, &school, suspects(&liv)).await;
        let per = &school.principal;
        let unknown = put_handed(&server, per, id, (StaffId(Uuid::now_v7()), true)).await;
        assert_eq!(unknown.0, 404);
        let refused = [&liv, &suspended, &left, &invited, &elsewhere.deputy, &school.ida, &school.kari, &school.administrator, &elsewhere.principal, per];
        for who in refused {
            assert_eq!(put_handed(&server, per, id, (who.staff, true)).await, unknown);
        }
        let offered: Vec<StaffId> = handing(&server, per, id).await.unwrap().offered.iter().map(|it| it.staff).collect();
        assert_eq!(offered, [school.deputy.staff]);
        for who in [&school.ida, &school.ola, &school.administrator, &elsewhere.principal, &liv] {
            assert_eq!(hand(&server, who, id, &school.deputy).await, 404);
        }
        assert_eq!(hand(&server, &school.kari, id, &school.deputy).await, 403, "its reporter");
        for body in ["", "{}", "null", "{\"staff\":\"kari\",\"is_handed\":true}", "{\"staff\":null,\"is_handed\":true}"] {
            let address = path::with_id(path::REPORT_HANDED, id);
            assert_eq!(server.ask_json(per, "PUT", &address, body.as_bytes()).await.status, 400, "{body}");
        }
        assert!(rows::of_table(&server.store, "report_handed").await.is_empty());
        kari.write_report(id, report::withdraw());
        kari.sync(&server).await;
        assert_eq!(put_handed(&server, per, id, (school.deputy.staff, true)).await, unknown);
    }

    async fn whoever_is_suspected_later_loses_it_at_once_and_a_leader_with_all_the_leadership(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (liv, mut kari) = (liv(&server, &school).await, Phone::of(&school.kari));
        let post = post(&server, &school).await;
        let lead = hire(&server.store, school.id, "Tor Lie", vec![Role::DepartmentLead]).await;
        let id = send(&server, &mut kari, &school, plain()).await;
        let past = send(&server, &mut kari, &school, plain()).await;
        for (id, who) in [(id, &liv), (id, &lead), (past, &lead), (past, &liv)] {
            assert_eq!(hand(&server, &school.principal, id, who).await, 204);
        }
        assert_eq!((waiting(&server, &liv).await, waiting(&server, &lead).await), (2, 2));
        kari.write_report(id, suspects(&liv));
        kari.sync(&server).await;
        assert_eq!((read(&server, &liv, id).await, read(&server, &lead, id).await), (404, 200));
        assert_eq!((in_hand(&server, &liv).await, waiting(&server, &liv).await), (vec![(past, true)], 1));
        let mut phone = Phone::of(&liv);
        phone.sync(&server).await;
        assert!(phone.documents.is_empty(), "what is handed lies on no phone");
        let handed = handing(&server, &school.principal, id).await.unwrap().handed;
        assert_eq!(handed.iter().map(|it| it.staff).collect::<Vec<_>>(), [lead.staff]);

        kari.write_report(past, suspects(&lead));
        kari.sync(&server).await;
        for who in [&liv, &lead, &post, &school.principal, &school.deputy] {
            assert_eq!(read(&server, who, past).await, 404);
            assert!([403, 404].contains(&hand(&server, who, past, &school.deputy).await));
        }
        assert!(in_hand(&server, &liv).await.is_empty());
        assert_eq!(ways(&server, &post).await, [id], "what goes past the leadership shows nowhere");
        assert!(rows::of_table(&server.store, "report_handed").await.iter().all(|row| !row.to_lowercase().contains(&past.to_string().replace('-', "")) && !row.contains(&past.to_string())));
    }

    async fn a_role_or_an_account_that_ends_takes_what_was_handed_along_for_good(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = send(&server, &mut kari, &school, plain()).await;
        let change = async |who: &Person, roles: &[Role], status: &str| {
            let body = serde_json::json!({"roles": roles, "own_classes": [], "status": status}).to_string();
            let address = path::with_id(path::STAFF_MEMBER, who.staff);
            server.ask_json(&school.administrator, "PUT", &address, body.as_bytes()).await.status
        };
        let liv = liv(&server, &school).await;
        assert_eq!(hand(&server, &school.principal, id, &liv).await, 204);
        // Under way, whoever does it.
        let sql = "update staff_role set role = 'contact_teacher' where role = 'social_teacher' and staff_id = $1";
        rows::run(&server.store, sql, liv.staff.0).await;
        assert_eq!((read(&server, &liv, id).await, server.status(&liv, "GET", path::REPORTS_HANDED).await), (404, 403));
        assert!(handing(&server, &school.principal, id).await.unwrap().handed.is_empty());
        assert_eq!(change(&liv, &[Role::DutyStaff], "active").await, 204);
        assert_eq!(change(&liv, &[Role::SocialTeacher], "active").await, 204);
        assert_eq!(read(&server, &liv, id).await, 404, "it was not given again");

        for status in ["suspended", "left"] {
            let who = hire(&server.store, school.id, "Bo Li", vec![Role::DepartmentLead]).await;
            assert_eq!(hand(&server, &school.principal, id, &who).await, 204);
            assert_eq!(read(&server, &who, id).await, 200);
            assert_eq!(change(&who, &[Role::DepartmentLead], status).await, 204);
            assert_eq!(read(&server, &who, id).await, 401);
        }
        assert!(rows::of_table(&server.store, "report_handed").await.is_empty());
    }

    async fn the_mail_distributor_sees_the_way_of_each_report_and_nothing_of_what_it_says(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let (post, liv) = (post(&server, &school).await, liv(&server, &school).await);
        let mut kari = Phone::of(&school.kari);
        send(&server, &mut Phone::of(&elsewhere.kari), &elsewhere, plain()).await;
        let first = send(&server, &mut kari, &school, plain()).await;
        let serious = report::set_seriousness(&Seriousness::Serious);
        let on_liv = send(&server, &mut kari, &school, suspects(&liv).and(serious)).await;
        let on_post = send(&server, &mut kari, &school, suspects(&post)).await;
        let on_leader = send(&server, &mut kari, &school, suspects(&school.deputy)).await;
        let withdrawn = send(&server, &mut kari, &school, plain()).await;
        kari.write_report(withdrawn, report::withdraw());
        kari.sync(&server).await;
        let session: Session = server.get(&post, path::SESSION).await;
        assert!(session.may.see_routing && !session.may.receive_reports && !session.may.receive_handed);

        read(&server, &school.deputy, first).await;
        assert_eq!(hand(&server, &school.principal, first, &liv).await, 204);
        let answer = server.ask(&post, "GET", path::ROUTING, &[]).await;
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let routing: Routing = serde_json::from_str(&text).unwrap();
        let lines: Vec<_> = routing.lines.iter().map(|line| {
            let handed: Vec<_> = line.handed.iter().map(|it| it.staff).collect();
            (line.report, line.suspects_employee, line.opened_by_name.as_deref(), handed)
        }).collect();
        assert_eq!(lines, [(on_liv, true, None, vec![]), (first, false, Some("Eli Rud"), vec![liv.staff])]);
        let offered: Vec<StaffId> = routing.offered.iter().map(|it| it.staff).collect();
        assert_eq!(offered, [school.deputy.staff, school.principal.staff]);
        for canary in ["Elev0", "Østby", "Kari", "Sto utenfor", "serious\":", &school.pupils[0].to_string(), &school.kari.staff.to_string(), &on_post.to_string(), &on_leader.to_string()] {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
        for id in [first, on_liv, on_post, on_leader, withdrawn] {
            assert_eq!(read(&server, &post, id).await, 404);
            assert_eq!(server.status(&post, "POST", &path::with_id(path::REPORT_TALK, id)).await, 404);
            assert_eq!(server.status(&post, "POST", &path::with_id(path::REPORT_TO_OWNER, id)).await, 404);
            assert_eq!(server.status(&post, "GET", &path::with_id(path::ENTRY, id)).await, 404);
        }
        assert!(server.get::<Vec<ReportLine>>(&post, path::REPORTS).await.is_empty());
        for address in [path::REPORTS_HANDED, path::WAITING] {
            assert_eq!(server.status(&post, "GET", address).await, 403);
        }
        for who in [&school.principal, &school.deputy, &liv, &school.administrator, &school.kari] {
            assert_eq!(server.status(who, "GET", path::ROUTING).await, 403);
        }
        let mut tx = server.store.read().await.unwrap();
        let rows = tx.audit_after(school.id, 0, 500).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.event.act == AuditAct::ReadRouting && row.event.staff == Some(post.staff)).count(), 1);
        drop(tx);

        let erase = format!("{{\"documents\":[\"{first}\"],\"ground\":\"mistake\"}}");
        assert_eq!(server.ask_json(&school.principal, "POST", path::ERASURES, erase.as_bytes()).await.status, 204);
        assert_eq!(ways(&server, &post).await, [on_liv]);
        assert!(rows::of_table(&server.store, "report_handed").await.is_empty());
        let sql = "update staff_role set role = 'duty_staff' where staff_id = $1";
        rows::run(&server.store, sql, post.staff.0).await;
        assert_eq!(server.status(&post, "GET", path::ROUTING).await, 403);
    }

    async fn the_mail_distributor_says_for_whom_of_its_readers_a_report_is_and_they_hear_of_it(database: Database) {
        let mail = MailServer::start().await;
        let server = Server::start_with_mail(&database, &mail).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (post, liv) = (post(&server, &school).await, liv(&server, &school).await);
        let mut tx = server.store.write().await.unwrap();
        for (who, address) in [(&school.deputy, "eli@example.org"), (&liv, "liv@example.org")] {
            tx.set_notice_address(school.id, who.staff, address, 1).await.unwrap();
            tx.confirm_notice_address(school.id, who.staff, 1).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut kari = Phone::of(&school.kari);
        let id = send(&server, &mut kari, &school, plain()).await;
        let on_post = send(&server, &mut kari, &school, suspects(&post)).await;
        for (at, to, status) in [(id, &school.deputy, 204), (id, &liv, 404), (id, &school.kari, 404), (on_post, &school.deputy, 404)] {
            assert_eq!(hand(&server, &post, at, to).await, status);
        }
        assert_eq!(take_back(&server, &post, id, &school.deputy).await, 403);
        assert_eq!((waiting(&server, &school.deputy).await, waiting(&server, &school.principal).await), (1, 2));
        let lines: Vec<ReportLine> = server.get(&school.deputy, path::REPORTS).await;
        assert_eq!(lines.iter().map(|line| (line.id, line.waits_in_hand)).collect::<Vec<_>>(), [(on_post, false), (id, true)]);
        assert_eq!(hand(&server, &school.principal, id, &liv).await, 204);
        send_all(&server, &mail).await;
        let mut told: Vec<String> = mail.mails(2).await.into_iter().flat_map(|it| it.to).collect();
        told.sort();
        assert_eq!(told, ["eli@example.org", "liv@example.org"]);
        assert_eq!(read(&server, &school.deputy, id).await, 200);
        assert_eq!((waiting(&server, &school.deputy).await, waiting(&server, &school.principal).await), (0, 1));
        // Handed again it waits no more: it was opened.
        assert_eq!(hand(&server, &post, id, &school.deputy).await, 204);
        assert_eq!(waiting(&server, &school.deputy).await, 0);
    }
}
