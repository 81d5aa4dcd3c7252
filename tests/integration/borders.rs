//! What must not be lost where one page ends and the next begins, while others go on writing.

use std::collections::BTreeSet;

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{School, sign_in};
use friminutt_tests::server::Server;
use shared::api::{PupilLog, path};
use shared::document::entry;
use shared::domain::{Part, What};
use shared::sync::PAGE_DOCUMENTS;

const MINUTE_MS: i64 = 60_000;

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

    async fn no_page_border_loses_or_repeats_a_document(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        let mut ola = Phone::of(&school.ola);
        let mut all = BTreeSet::new();
        for more in [PAGE_DOCUMENTS - 1, 1, 1, PAGE_DOCUMENTS, PAGE_DOCUMENTS + 1, 2 * PAGE_DOCUMENTS] {
            all.extend((0..more).map(|_| kari.log(What::Alone, now_ms)));
            kari.sync(&server).await;
            let mut seen = Vec::new();
            loop {
                let answer = ola.exchange(&server, true).await;
                seen.extend(answer.documents.iter().map(|told| told.document));
                if !answer.has_more {
                    break;
                }
            }
            assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (more, more));
            assert_eq!(ola.documents.keys().copied().collect::<BTreeSet<_>>(), all);
        }
        assert_eq!(ola.exchange(&server, true).await.documents, []);
        for whose in [&school.ola, &school.kari] {
            let mut fresh = Phone::of(&sign_in(&server.store, school.id, whose.staff).await);
            fresh.sync(&server).await;
            assert_eq!(fresh.documents.len(), all.len());
        }
    }

    async fn a_long_log_comes_in_pages_that_lose_nothing_where_times_are_equal(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        let log = |kari: &mut Phone, n: i64| kari.log_pupil(What::Alone, now_ms - n / 7 * MINUTE_MS, school.pupils[0], &Part::Present);
        let mut all = Vec::new();
        for n in 0..230 {
            all.push(log(&mut kari, n));
            // More than half a hundred do not fit in one request.
            if n % 50 == 49 {
                kari.sync(&server).await;
            }
        }
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
