//! The pattern rule over HTTP: met, explained, and seen by those it concerns only.

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use shared::api::{PatternLine, path};
use shared::domain::{Part, What};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

on_both_databases! {
    async fn three_entries_by_two_adults_within_fourteen_days_are_told_to_the_teacher_and_the_leadership(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let (mut kari, mut ola) = (Phone::of(&school.kari), Phone::of(&school.ola));
        kari.log_pupil(What::Alone, now_ms - 10 * DAY_MS, school.pupils[0], &Part::Alone);
        kari.log_pupil(What::Alone, now_ms - 5 * DAY_MS, school.pupils[0], &Part::Alone);
        kari.log_pupil(What::Fight, now_ms, school.pupils[0], &Part::Acting);
        kari.sync(&server).await;
        assert!(server.get::<Vec<PatternLine>>(&school.principal, path::PATTERNS).await.is_empty());
        ola.log_pupil(What::Exclusion, now_ms, school.pupils[0], &Part::Exposed);
        ola.sync(&server).await;
        for person in [&school.principal, &school.deputy, &school.ida] {
            let lines: Vec<PatternLine> = server.get(person, path::PATTERNS).await;
            assert_eq!((lines.len(), lines[0].pattern.entries.len(), lines[0].pattern.adults), (1, 3, 2));
        }
        for person in [&school.kari, &school.administrator] {
            assert!(server.get::<Vec<PatternLine>>(person, path::PATTERNS).await.is_empty());
        }
    }

    async fn sharpened_attention_lowers_the_threshold(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        kari.log_pupil(What::Alone, now_ms - DAY_MS, school.pupils[0], &Part::Alone);
        kari.log_pupil(What::Alone, now_ms, school.pupils[0], &Part::Alone);
        kari.sync(&server).await;
        assert!(server.get::<Vec<PatternLine>>(&school.ida, path::PATTERNS).await.is_empty());
        let mut tx = server.store.write().await.unwrap();
        tx.set_attention(school.id, school.pupils[0], Some(now_ms + DAY_MS), school.ida.staff).await.unwrap();
        server::projection::pattern::recompute(&mut tx, school.id, &[school.pupils[0].0]).await.unwrap();
        tx.commit().await.unwrap();
        let lines: Vec<PatternLine> = server.get(&school.ida, path::PATTERNS).await;
        assert_eq!((lines.len(), lines[0].is_sharpened), (1, true));
    }
}
