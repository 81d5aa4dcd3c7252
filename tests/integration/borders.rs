//! What must not be lost where one page ends and the next begins, while others go on writing.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{PupilLog, path};
use shared::document::entry;
use shared::domain::{Part, What};
use shared::sync::PAGE_DOCUMENTS;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

on_both_databases! {
    async fn an_old_entry_amended_lately_comes_down_whole_with_a_later_page(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let early = kari.log(What::Alone, now_ms);
        for _ in 0..PAGE_DOCUMENTS + 5 {
            kari.log(What::Fight, now_ms);
        }
        kari.sync(&server).await;
        kari.amend(early, entry::set_text("sto ved porten").unwrap());
        kari.sync(&server).await;
        ola.sync(&server).await;
        assert_eq!(ola.entry(early), kari.entry(early));
    }

    async fn an_entry_amended_between_two_pages_loses_nothing(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let moving = kari.log(What::Alone, now_ms);
        kari.sync(&server).await;
        ola.sync(&server).await;
        kari.amend(moving, entry::set_text("sto ved porten").unwrap());
        for _ in 0..PAGE_DOCUMENTS + 5 {
            kari.log(What::Fight, now_ms);
        }
        kari.amend(moving, entry::set_outcome("ble med i leken").unwrap());
        kari.sync(&server).await;
        assert!(ola.exchange(&server, true).await.has_more);
        kari.amend(moving, entry::set_several(true));
        kari.sync(&server).await;
        ola.sync(&server).await;
        assert_eq!(ola.entry(moving), kari.entry(moving));
    }

    async fn a_phone_that_has_lost_its_memory_gets_all_of_its_own_back(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        for _ in 0..2 * PAGE_DOCUMENTS + 1 {
            kari.log(What::Alone, now_ms);
        }
        kari.sync(&server).await;
        let mut emptied = Phone::of(&school.kari);
        emptied.sync(&server).await;
        assert_eq!(emptied.documents.len(), 2 * PAGE_DOCUMENTS + 1);
    }

    async fn an_entry_moved_to_long_ago_is_heard_of_as_gone(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let id = kari.log(What::Alone, now_ms);
        kari.sync(&server).await;
        ola.sync(&server).await;
        kari.amend(id, entry::set_happened_at(now_ms - 50 * HOUR_MS));
        kari.sync(&server).await;
        ola.sync(&server).await;
        assert!(ola.told.values().any(|told| told.document == id && told.is_gone));
    }

    async fn a_long_log_comes_in_pages_that_lose_nothing_where_times_are_equal(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        let log = |n: i64| kari.log_pupil(What::Alone, now_ms - n / 7 * MINUTE_MS, school.pupils[0], &Part::Present);
        let mut all: Vec<_> = (0..230).map(log).collect();
        kari.sync(&server).await;
        let mut found = Vec::new();
        let mut address = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        loop {
            let log: PupilLog = server.get(&school.principal, &address).await;
            found.extend(log.lines.iter().map(|line| line.entry.id));
            let Some(before) = log.next_before_ms else { break };
            address = format!("{}?before={before}", path::with_id(path::PUPIL_LOG, school.pupils[0]));
        }
        all.sort();
        found.sort();
        assert_eq!(found, all);
    }
}
