//! An entry from a phone to the log of each pupil it names, once, whatever happens on the way.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{PupilLog, path};
use shared::document::entry;
use shared::domain::{Part, PupilRef, What};
use shared::sync::{Outcome, frame};

const MINUTE_MS: i64 = 60_000;

async fn pupil_log(server: &Server, school: &School, pupil: shared::domain::PupilId) -> PupilLog {
    server
        .get(&school.principal, &path::with_id(path::PUPIL_LOG, pupil))
        .await
}

on_both_databases! {
    async fn an_entry_stands_in_the_log_of_each_pupil_it_names_at_the_time_it_happened(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut phone = Phone::of(&school.kari);
        let later = phone.log_pupil(What::Fight, now_ms - MINUTE_MS, school.pupils[0], &Part::Exposed);
        phone.amend(later, entry::set_pupil(PupilRef::Known(school.others[0]), Some(&Part::Acting)));
        let earlier = phone.log_pupil(What::Alone, now_ms - 9 * MINUTE_MS, school.pupils[0], &Part::Alone);
        assert!(phone.sync(&server).await.iter().all(Outcome::is_safe));
        assert!(phone.outbox.is_empty());

        let log = pupil_log(&server, &school, school.pupils[0]).await;
        assert_eq!(log.lines.iter().map(|line| line.entry.id).collect::<Vec<_>>(), [later, earlier]);
        assert_eq!(log.lines[0].author, school.kari.staff);
        assert_eq!(pupil_log(&server, &school, school.others[0]).await.lines.len(), 1);
        assert!(pupil_log(&server, &school, school.pupils[1]).await.lines.is_empty());
    }

    async fn the_same_upload_five_times_is_stored_once_and_answered_alike(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        phone.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        let body = phone.body(true);
        let seqs = |answer: shared::sync::SyncAnswer| {
            let seq = |outcome| match outcome { Outcome::Stored { seq, .. } => seq, other => panic!("{other:?}") };
            answer.receipts.into_iter().map(|receipt| seq(receipt.outcome)).collect::<Vec<_>>()
        };
        for _ in 0..5 {
            let (_, answer) = phone.send(&server, &body).await;
            assert_eq!(seqs(phone.receive(&answer)), [1, 2]);
        }
        assert_eq!(rows::of_table(&server.store, "change").await.len(), 2);
        assert_eq!(pupil_log(&server, &school, school.pupils[0]).await.lines.len(), 1);
    }

    async fn an_upload_cut_at_any_byte_is_taken_as_far_as_it_came_and_completed_by_the_next(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        phone.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        let body = phone.body(false);
        for cut in 0..body.len() {
            let whole = frame::read(&body[..cut], usize::MAX).map_or(0, |parts| parts.whole.len());
            let (status, _) = phone.send(&server, &body[..cut]).await;
            assert_eq!(status, if whole == 0 { 400 } else { 200 }, "at {cut}");
            assert_eq!(rows::of_table(&server.store, "change").await.len(), whole.saturating_sub(1), "at {cut}");
        }
        assert!(rows::of_table(&server.store, "quarantine").await.is_empty());
        phone.sync(&server).await;
        let log = pupil_log(&server, &school, school.pupils[0]).await;
        assert_eq!(log.lines.len(), 1);
        assert_eq!(log.lines[0].entry.pupils[0].part, Some(Part::Alone));
    }

    async fn reordered_and_repeated_items_end_in_the_same_state(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        let id = phone.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        phone.amend(id, entry::set_text("sto ved porten").unwrap());
        let whole = phone.outbox.clone();
        phone.outbox = whole.iter().rev().chain(&whole).chain(&whole).cloned().collect();
        let outcomes = phone.sync(&server).await;
        assert_eq!(outcomes[0], Outcome::MissingDependency);
        let seqs: std::collections::BTreeSet<_> = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Stored { seq, .. } => Some(*seq),
            _ => None,
        }).collect();
        assert_eq!(seqs, [1, 2, 3].into());
        let log = pupil_log(&server, &school, school.pupils[0]).await;
        assert_eq!((log.lines.len(), log.lines[0].amendments), (1, 2));
        assert_eq!(log.lines[0].entry.text, "sto ved porten");
    }

    async fn an_entry_taken_back_stands_in_no_log(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        let id = phone.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        phone.sync(&server).await;
        assert_eq!(pupil_log(&server, &school, school.pupils[0]).await.lines.len(), 1);
        phone.amend(id, entry::withdraw());
        phone.sync(&server).await;
        assert!(pupil_log(&server, &school, school.pupils[0]).await.lines.is_empty());
    }
}
