//! What comes down to whom.

use std::collections::BTreeSet;

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{School, sign_in};
use friminutt_tests::server::Server;
use shared::domain::What;
use shared::sync::PAGE_DOCUMENTS;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

on_both_databases! {
    async fn colleagues_on_the_shift_get_the_entry_and_nobody_else_does(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        let mut ola = Phone::of(&school.ola);
        ola.sync(&server).await;
        assert!(ola.documents.contains_key(&id));
        for person in [&school.nina, &school.principal, &school.administrator, &elsewhere.kari] {
            let mut phone = Phone::of(person);
            phone.sync(&server).await;
            assert!(phone.documents.is_empty());
        }
    }

    async fn a_duty_given_later_brings_down_what_was_there_before(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut kari = Phone::of(&school.kari);
        let id = kari.log(What::Alone, server::clock::now_ms());
        kari.sync(&server).await;
        let mut nina = Phone::of(&school.nina);
        nina.sync(&server).await;
        assert!(nina.documents.is_empty());
        school.put_on_duty(&server.store, &[school.nina.staff]).await;
        nina.sync(&server).await;
        assert_eq!(nina.entry(id), kari.entry(id));
    }

    async fn an_entry_moved_to_yesterday_is_gone_from_the_shift(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let id = kari.log(What::Alone, now_ms);
        kari.sync(&server).await;
        ola.sync(&server).await;
        kari.amend(id, shared::document::entry::set_happened_at(now_ms - DAY_MS));
        kari.sync(&server).await;
        ola.sync(&server).await;
        assert!(ola.told.values().any(|told| told.document == id && told.is_gone));
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
            let mut fresh = Phone::of(&sign_in(&server.store, school.id, school.ola.staff).await);
            fresh.sync(&server).await;
            assert_eq!(fresh.documents.len(), all.len());
        }
        assert_eq!(ola.exchange(&server, true).await.documents, []);
    }

    async fn a_new_phone_gets_the_entries_of_a_day_and_every_report(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        kari.log(What::Alone, now_ms - 3 * DAY_MS);
        let fresh = kari.log(What::Alone, now_ms);
        let report = kari.begin_report(None, &[]);
        kari.write_report(report, shared::document::report::send());
        kari.sync(&server).await;
        let mut next = Phone::of(&sign_in(&server.store, school.id, school.kari.staff).await);
        next.sync(&server).await;
        assert_eq!(next.documents.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from([fresh, report]));
    }

    async fn commit_numbers_have_no_hole_when_many_send_at_once(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut people = vec![school.kari.clone(), school.ola.clone(), school.nina.clone(), school.ida.clone()];
        for _ in 0..12 {
            people.push(sign_in(&server.store, school.id, school.kari.staff).await);
        }
        let mut seqs: Vec<i64> = Vec::new();
        let sends = people.iter().map(|person| async {
            let mut phone = Phone::of(person);
            for _ in 0..5 {
            phone.log(What::Alone, now_ms);
        }
            phone.exchange(&server, false).await.receipts
        });
        for receipts in futures_util::future::join_all(sends).await {
            seqs.extend(receipts.into_iter().map(|receipt| match receipt.outcome {
                shared::sync::Outcome::Stored { seq } => seq,
                other => panic!("{other:?}"),
            }));
        }
        seqs.sort();
        assert_eq!(seqs, (1..=80).collect::<Vec<i64>>());
    }
}
