//! Clients that are gone before they are answered: what the server had begun for them is given up, and nobody waits for it.

use std::time::Duration;

use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::random::Random;
use friminutt_tests::rows;
use friminutt_tests::school::School;
use friminutt_tests::server::Server;
use friminutt_tests::wire;
use shared::api::{PupilLog, ReportDetail, path};
use shared::document::report;
use shared::domain::{Part, What};

const ROUNDS: usize = 150;
const AT_ONCE: usize = 3;
/// Within this time after a request has left, its connection is cut.
const MAX_PATIENCE_US: usize = 20_000;
const ORDINARY: Duration = Duration::from_secs(1);

on_both_databases! {
    async fn clients_that_disappear_keep_nobody_waiting(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let mut random = Random(1);
        let mut kari = Phone::of(&school.kari);
        let report = kari.begin_report(Some(school.pupils[0]), &[]);
        kari.write_report(report, report::send());
        kari.sync(&server).await;
        let log = path::with_id(path::PUPIL_LOG, school.pupils[0]);
        // Its receiver holds the school's head meanwhile.
        let report = path::with_id(path::REPORT, report);
        let mut written = Vec::new();
        for _ in 0..ROUNDS {
            kari.log_pupil(What::Alone, server::clock::now_ms(), school.pupils[0], &Part::Alone);
            let body = kari.body(true);
            written.append(&mut kari.outbox);
            let requests = (0..AT_ONCE).map(|n| {
                let sent = match n % 3 {
                    0 => wire::request(&server.address, "GET", &log, &school.principal.cookie, &[]),
                    1 => wire::request(&server.address, "GET", &report, &school.principal.cookie, &[]),
                    _ => wire::request(&server.address, "POST", path::SYNC, &school.kari.cookie, &body),
                };
                // Most are cut early, where a request still has much before it.
                let most = random.below(MAX_PATIENCE_US);
                tokio::time::timeout(Duration::from_micros(random.below(most) as u64), sent)
            });
            futures_util::future::join_all(requests.collect::<Vec<_>>()).await;
        }
        kari.log(What::Fight, server::clock::now_ms());
        let ordinary = async {
            server.get::<PupilLog>(&school.principal, &log).await;
            server.get::<ReportDetail>(&school.principal, &report).await;
            kari.exchange(&server, false).await.receipts
        };
        let receipts = tokio::time::timeout(ORDINARY, ordinary).await.expect("nobody waits for those who are gone");
        assert!(receipts.iter().all(|receipt| receipt.outcome.is_safe()));
        kari.outbox = written;
        kari.sync(&server).await;
        assert!(kari.outbox.is_empty());
        assert_eq!(rows::of_table(&server.store, "change").await.len(), kari.sent.len());
    }
}
