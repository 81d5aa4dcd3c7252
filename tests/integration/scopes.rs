//! What comes down to whom.

use std::collections::BTreeSet;

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{School, sign_in};
use friminutt_tests::server::Server;
use shared::domain::What;

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

    async fn an_entry_moved_to_long_ago_is_gone_from_the_shift(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let id = kari.log(What::Alone, now_ms);
        kari.sync(&server).await;
        ola.sync(&server).await;
        kari.amend(id, shared::document::entry::set_happened_at(now_ms - 2 * DAY_MS));
        kari.sync(&server).await;
        ola.sync(&server).await;
        assert!(!ola.documents.contains_key(&id));
        assert!(kari.documents.contains_key(&id));
    }

    async fn a_duty_taken_away_takes_the_shifts_entries_along_and_leaves_the_own(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        let theirs = kari.log(What::Alone, now_ms);
        let touched = kari.log(What::Alone, now_ms);
        kari.sync(&server).await;
        let own = ola.log(What::Fight, now_ms);
        let mut second = Phone::of(&sign_in(&server.store, school.id, school.ola.staff).await);
        let elsewhere = second.log(What::Fight, now_ms);
        second.sync(&server).await;
        ola.sync(&server).await;
        assert_eq!(ola.documents.len(), 4);
        // Written before the phone hears of it, and gone up by the time it does.
        ola.amend(touched, shared::document::entry::set_several(true));
        school.take_off_duty(&server.store, school.ola.staff).await;
        ola.sync(&server).await;
        assert!(!ola.documents.contains_key(&theirs));
        assert!([own, elsewhere].iter().all(|id| ola.documents.contains_key(id)));
        school.put_on_duty(&server.store, &[school.ola.staff]).await;
        ola.sync(&server).await;
        assert_eq!(ola.entry(theirs), kari.entry(theirs));
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
                shared::sync::Outcome::Stored { seq, .. } => seq,
                other => panic!("{other:?}"),
            }));
        }
        seqs.sort();
        assert_eq!(seqs, (1..=80).collect::<Vec<i64>>());
    }
}
