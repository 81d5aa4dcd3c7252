//! From an entry to the principal's inbox, and the receipts back.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{EntryDetail, ReportDetail, ReportLine, path};
use shared::document::{entry, report};
use shared::domain::{Ground, Part, What};

async fn inbox(server: &Server, school: &School) -> Vec<ReportLine> {
    server.get(&school.principal, path::REPORTS).await
}

on_both_databases! {
    async fn a_report_reaches_the_inbox_when_it_is_sent_and_its_receipts_reach_the_reporter(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let seen = kari.log_pupil(What::Exclusion, server::clock::now_ms(), school.pupils[0], &Part::Exposed);
        let id = kari.begin_report(Some(school.pupils[0]), &[seen]);
        kari.sync(&server).await;
        assert!(inbox(&server, &school).await.is_empty(), "a draft reaches nobody");

        kari.write_report(id, report::set_ground(&Ground::Suspicion).and(report::send()));
        kari.sync(&server).await;
        let lines = inbox(&server, &school).await;
        assert_eq!((lines.len(), lines[0].reporter_name.as_str(), lines[0].receipts.opened_at_ms), (1, "Kari Lunde", None));

        let own: ReportDetail = server.get(&school.kari, &path::with_id(path::REPORT, id)).await;
        assert_eq!(own.line.receipts.opened_at_ms, None, "the reporter's own reading is no receipt");
        let opened: ReportDetail = server.get(&school.principal, &path::with_id(path::REPORT, id)).await;
        assert_eq!((opened.report.ground, opened.entries.len()), (Some(Ground::Suspicion), 1));
        assert_eq!(server.status(&school.principal, "POST", &path::with_id(path::REPORT_TALK, id)).await, 204);
        kari.sync(&server).await;
        let receipts = kari.told[&("own".to_owned(), id)].receipts.unwrap();
        assert!(receipts.received_at_ms.is_some() && receipts.opened_at_ms.is_some() && receipts.talk_at_ms.is_some());
    }

    async fn an_entry_that_a_report_builds_on_is_locked_and_later_words_are_additions(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let seen = kari.log_pupil(What::Exclusion, server::clock::now_ms(), school.pupils[0], &Part::Exposed);
        kari.sync(&server).await;
        ola.sync(&server).await;
        let id = kari.begin_report(Some(school.pupils[0]), &[seen]);
        kari.write_report(id, report::send());
        kari.sync(&server).await;
        // Ola's phone did not know.
        ola.amend(seen, entry::set_text("noe annet").unwrap());
        ola.amend(seen, entry::add(uuid::Uuid::now_v7(), "og dette så jeg").unwrap());
        assert!(ola.sync(&server).await.iter().all(shared::sync::Outcome::is_safe));

        let detail: EntryDetail = server.get(&school.principal, &path::with_id(path::ENTRY, seen)).await;
        assert!(detail.line.is_locked);
        assert_eq!(detail.line.entry.text, "");
        assert_eq!(detail.line.entry.additions.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["og dette så jeg"]);
        assert_eq!(detail.revisions.iter().filter(|it| it.is_after_lock).count(), 2);
        assert!(kari.told.values().any(|told| told.document == seen && told.locked_at.is_some()));
    }

    async fn a_withdrawn_report_leaves_the_inbox_and_others_never_see_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.begin_report(None, &[]);
        kari.write_report(id, report::send());
        kari.sync(&server).await;
        let address = path::with_id(path::REPORT, id);
        for other in [&school.ola, &school.ida, &school.administrator] {
            assert_eq!(server.status(other, "GET", &address).await, 404);
            assert!(server.get::<Vec<ReportLine>>(other, path::REPORTS).await.is_empty());
        }
        kari.write_report(id, report::withdraw());
        kari.sync(&server).await;
        assert!(inbox(&server, &school).await.is_empty());
    }
}
