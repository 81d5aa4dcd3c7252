//! An entry from a phone to the log of each pupil it names, once, whatever happens on the way.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{self, PupilLog, path};
use shared::document::entry;
use shared::domain::{Part, PupilRef, What};
use shared::sync::Outcome;

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

    async fn the_same_upload_again_is_answered_as_before_and_changes_nothing(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        phone.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        let body = phone.body(true);
        let seqs = |answer: shared::sync::SyncAnswer| {
            let seq = |outcome| match outcome { Outcome::Stored { seq } | Outcome::Duplicate { seq } => seq, other => panic!("{other:?}") };
            answer.receipts.into_iter().map(|receipt| seq(receipt.outcome)).collect::<Vec<_>>()
        };
        // The answer of the first is lost on the way.
        phone.send(&server, &body).await;
        let (_, again) = phone.send(&server, &body).await;
        let (_, and_again) = phone.send(&server, &body).await;
        let first = seqs(phone.receive(&again));
        assert_eq!(first, seqs(phone.receive(&and_again)));
        assert_eq!(first, [1, 2]);
        assert_eq!(pupil_log(&server, &school, school.pupils[0]).await.lines.len(), 1);
    }

    async fn an_upload_cut_anywhere_is_taken_as_far_as_it_came_and_completed_by_the_next(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut phone = Phone::of(&school.kari);
        phone.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
        let body = phone.body(false);
        for cut in (0..body.len()).step_by(7) {
            let (status, _) = phone.send(&server, &body[..cut]).await;
            assert!(status == 200 || status == 400, "{status} at {cut}");
        }
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
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Stored { .. })).count(), 3);
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

    async fn opening_a_log_is_recorded_for_the_principal_to_read(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        server.get::<PupilLog>(&school.ida, &path::with_id(path::PUPIL_LOG, school.pupils[0])).await;
        let readings: Vec<api::Reading> = server.get(&school.principal, path::READINGS).await;
        assert_eq!((readings.len(), readings[0].staff, readings[0].what.as_str()), (1, school.ida.staff, "pupil_log"));
        assert_eq!(server.status(&school.ida, "GET", path::READINGS).await, 403);
    }

    async fn projections_computed_anew_are_the_same(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        for person in [&school.kari, &school.ola] {
            let mut phone = Phone::of(person);
            for n in 0..3 {
                phone.log_pupil(What::Alone, now_ms - n * MINUTE_MS, school.pupils[0], &Part::Alone);
            }
            phone.sync(&server).await;
        }
        let before = pupil_log(&server, &school, school.pupils[0]).await;
        assert!(before.pattern.is_some());
        server::projection::rebuild::rebuild(&server.store, |_| {}).await.unwrap();
        assert_eq!(pupil_log(&server, &school, school.pupils[0]).await, before);
    }
}
