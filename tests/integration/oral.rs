//! A report that one person tells and another writes down: both names stand in it, the teller follows it, and nobody sees by being
//! named what is kept from them.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use server::clock::now_ms;
use shared::api::{ReportDetail, ReportLine, path};
use shared::document::{Edit, report};
use shared::domain::{DocumentId, MissingPoint, Part, Suspicion, What};

/// A report that Kari writes down, with an entry of hers.
async fn write_down(server: &Server, school: &School, kari: &mut Phone, edit: Edit) -> DocumentId {
    let seen = kari.log_pupil(What::Exclusion, now_ms(), school.pupils[0], &Part::Exposed);
    let id = kari.begin_report(Some(school.pupils[0]), &[seen]);
    kari.write_report(id, edit.and(report::send()));
    kari.sync(server).await;
    id
}

on_both_databases! {
    async fn both_names_stand_in_it_and_the_teller_follows_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = write_down(&server, &school, &mut kari, report::set_told_by(Some(school.nina.staff))).await;
        let address = path::with_id(path::REPORT, id);
        let names = |line: &ReportLine| (line.reporter_name.clone(), line.told_by_name.clone(), line.told_by);
        let expected = ("Kari Lunde".to_owned(), "Nina Dahl".to_owned(), Some(school.nina.staff));

        let told: Vec<ReportLine> = server.get(&school.nina, path::REPORTS).await;
        assert_eq!((told.len(), names(&told[0]), told[0].receipts.opened_at_ms), (1, expected.clone(), None));
        let read: ReportDetail = server.get(&school.nina, &address).await;
        assert_eq!(read.report.happened, "Sto utenfor hele friminuttet");
        assert!(read.entries.is_empty(), "what the writer builds it on is the writer's");
        assert_eq!(read.line.receipts.opened_at_ms, None, "the teller's own reading is no receipt");
        assert!(!read.report.missing().contains(&MissingPoint::Teller), "it says who told it");

        let inbox: Vec<ReportLine> = server.get(&school.principal, path::REPORTS).await;
        assert_eq!(names(&inbox[0]), expected);
        let opened: ReportDetail = server.get(&school.principal, &address).await;
        assert_eq!((names(&opened.line), opened.entries.len()), (expected, 1));
        let told: Vec<ReportLine> = server.get(&school.nina, path::REPORTS).await;
        assert!(told[0].receipts.opened_at_ms.is_some());
        for other in [&school.ola, &school.ida, &school.administrator] {
            assert_eq!(server.status(other, "GET", &address).await, 404);
            assert!(server.get::<Vec<ReportLine>>(other, path::REPORTS).await.is_empty());
        }
        assert_eq!(server.status(&school.nina, "POST", &path::with_id(path::REPORT_TALK, id)).await, 403);

        // Said otherwise, it is followed no more.
        kari.write_report(id, report::set_told_by(None).and(report::set_told_by_name("Vikar Moen").unwrap()));
        kari.sync(&server).await;
        assert_eq!(server.status(&school.nina, "GET", &address).await, 404);
        let inbox: Vec<ReportLine> = server.get(&school.principal, path::REPORTS).await;
        assert_eq!(names(&inbox[0]), ("Kari Lunde".into(), "Vikar Moen".into(), None));
    }

    async fn nobody_sees_by_being_named_the_teller_what_is_kept_from_them(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let suspects = |who| report::set_suspicion(&Suspicion::Employee).and(report::set_suspected(who, true));
        let told_by = |who| report::set_told_by(Some(who));
        let nina = school.nina.staff;
        let by_suspected = write_down(&server, &school, &mut kari, told_by(nina).and(suspects(nina))).await;
        // A leader is suspected: it is the owner's, and nobody's at the school.
        let past = write_down(&server, &school, &mut kari, told_by(nina).and(suspects(school.deputy.staff))).await;
        let by_leader = write_down(&server, &school, &mut kari, told_by(school.principal.staff).and(suspects(school.principal.staff))).await;
        for (who, id) in [(&school.nina, by_suspected), (&school.nina, past), (&school.principal, past), (&school.principal, by_leader)] {
            assert_eq!(server.status(who, "GET", &path::with_id(path::REPORT, id)).await, 404);
        }
        assert!(server.get::<Vec<ReportLine>>(&school.nina, path::REPORTS).await.is_empty());
        let inbox: Vec<ReportLine> = server.get(&school.principal, path::REPORTS).await;
        assert_eq!(inbox.iter().map(|line| line.id).collect::<Vec<_>>(), [by_suspected]);
    }
}
