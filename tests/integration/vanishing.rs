//! Clients that are gone before they are answered: what the server had begun for them is given up, and nobody waits for it.

use std::time::{Duration, Instant};

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::random::Random;
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use friminutt_tests::wire;
use shared::api::{PupilLog, path};
use shared::domain::{Part, What};

const ROUNDS: usize = 40;
const AT_ONCE: usize = 8;
/// Within this time after a request has left, its connection is cut.
const MAX_PATIENCE_US: usize = 20_000;
const ORDINARY: Duration = Duration::from_secs(1);

on_both_databases! {
    async fn clients_that_disappear_keep_nobody_waiting(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        let mut random = Random(1);
        let mut kari = Phone::of(&school.kari);
        for _ in 0..ROUNDS {
            kari.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
            let body = kari.body(true);
            let requests = (0..AT_ONCE).map(|n| {
                let sent = match n % 2 {
                    0 => wire::request(&server.address, "GET", &log, &school.principal.cookie, &[]),
                    _ => wire::request(&server.address, "POST", path::SYNC, &school.kari.cookie, &body),
                };
                tokio::time::timeout(Duration::from_micros(random.below(MAX_PATIENCE_US) as u64), sent)
            });
            futures_util::future::join_all(requests.collect::<Vec<_>>()).await;
        }
        let written = kari.outbox.len();
        let begun = Instant::now();
        server.get::<PupilLog>(&school.principal, &log).await;
        let read = begun.elapsed();
        assert!(kari.sync(&server).await.iter().all(shared::sync::Outcome::is_safe));
        assert!(begun.elapsed() < ORDINARY, "{read:?} for the log, {:?} with the sync", begun.elapsed());
        assert_eq!(rows::of_table(&server.store, "change").await.len(), written);
    }
}
