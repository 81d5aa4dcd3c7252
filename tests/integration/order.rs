//! Things that come in another order than they were written in, or that pretend to.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{EntryDetail, path};
use shared::document::{Document, entry, report};
use shared::domain::{DocumentId, Part, What};
use shared::sync::{DocumentKind, Item, Outcome};
use uuid::Uuid;

async fn detail(server: &Server, school: &School, id: DocumentId) -> EntryDetail {
    server
        .get(&school.principal, &path::with_id(path::ENTRY, id))
        .await
}

fn reason(outcomes: &[Outcome]) -> &str {
    match &outcomes[0] {
        Outcome::Quarantined { reason } => reason,
        other => panic!("{other:?}"),
    }
}

on_both_databases! {
    async fn a_report_that_comes_before_its_entry_locks_it_as_the_reporter_had_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let seen = kari.log_pupil(What::Exclusion, server::clock::now_ms(), school.pupils[0], &Part::Exposed);
        kari.amend(seen, entry::set_text("sto ved porten").unwrap());
        let entry_items = std::mem::take(&mut kari.outbox);
        let id = kari.begin_report(Some(school.pupils[0]), &[seen]);
        kari.write_report(id, report::send());
        kari.sync(&server).await;
        for item in entry_items {
            kari.outbox = vec![item];
            assert!(kari.sync(&server).await.iter().all(Outcome::is_safe));
        }
        kari.amend(seen, entry::set_text("noe annet").unwrap());
        kari.sync(&server).await;
        let detail = detail(&server, &school, seen).await;
        assert!(detail.line.is_locked);
        assert_eq!(detail.line.entry.text, "sto ved porten");
        assert_eq!(detail.revisions.iter().filter(|it| it.is_after_lock).count(), 1);
    }

    async fn a_report_and_its_entry_in_one_upload_may_stand_in_any_order(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let seen = kari.log(What::Exclusion, server::clock::now_ms());
        let id = kari.begin_report(None, &[seen]);
        kari.write_report(id, report::send());
        kari.outbox.rotate_left(1);
        kari.sync(&server).await;
        assert!(detail(&server, &school, seen).await.line.is_locked);
    }

    async fn a_report_by_someone_without_a_part_in_the_entry_locks_nothing(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let seen = kari.log(What::Exclusion, server::clock::now_ms());
        kari.sync(&server).await;
        let mut nina = Phone::of(&school.nina);
        nina.documents.insert(seen, kari.documents[&seen].clone());
        let id = nina.begin_report(None, &[seen]);
        nina.write_report(id, report::send());
        nina.sync(&server).await;
        kari.amend(seen, entry::set_several(true));
        kari.sync(&server).await;
        assert!(!detail(&server, &school, seen).await.line.is_locked);
    }

    async fn nobody_begins_a_document_twice_or_rewrites_an_addition(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let id = kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        ola.sync(&server).await;
        let before = ola.documents[&id].clone();
        let addition = Uuid::now_v7();
        kari.amend(id, entry::add(addition, "gråt").unwrap());
        kari.sync(&server).await;

        let begun = Document::new().write(school.ola.actor, 0, entry::set_text("først").unwrap()).unwrap().unwrap();
        ola.outbox = vec![Item { kind: DocumentKind::Entry, document: id, change: &begun }.encode()];
        assert_eq!(reason(&ola.sync(&server).await), "not-first");
        ola.outbox.clear();
        ola.documents.insert(id, before);
        ola.amend(id, entry::add(addition, "lo").unwrap());
        assert_eq!(reason(&ola.sync(&server).await), "not-first");
        let additions = detail(&server, &school, id).await.line.entry.additions;
        assert_eq!(additions.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["gråt"]);
    }

    async fn a_report_is_opened_while_its_reporter_adds_to_it(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        for _ in 0..30 {
            let id = kari.begin_report(None, &[]);
            kari.write_report(id, report::send());
            kari.sync(&server).await;
            kari.write_report(id, report::add(Uuid::now_v7(), "og så").unwrap());
            let address = path::with_id(path::REPORT, id);
            let (status, outcomes) = tokio::join!(server.status(&school.principal, "GET", &address), kari.sync(&server));
            assert_eq!(status, 200);
            assert!(outcomes.iter().all(Outcome::is_safe));
        }
    }
}
