//! A full disk and a disk with errors under SQLite: phones are told to try again and keep everything, the server goes on, and when
//! the disk is well again it takes everything in without a restart.

use std::time::{Duration, Instant};

use friminutt_tests::faults::{Fault, Faults};
use friminutt_tests::ledger::{Ledger, Sent, send};
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::school::found_by;
use futures_util::future::join_all;
use server::store::Store;
use shared::api::ErrorCode;

const PHONES: usize = 3;
const ENTRIES: usize = 2;
const UNAVAILABLE: u16 = 503;
/// The disk fails from the first call on, or later in a group's commit.
const FROM: [u64; 3] = [1, 2, 25];
/// Requests while the disk fails; more than connections to the database, so that none is left in a bad state.
const ATTEMPTS: usize = 6;
const RECOVERY: Duration = Duration::from_secs(5);

async fn suffer(fault: Fault, from: &[u64]) {
    let mut program = Program::new();
    let (people, pupils) = found_by(&mut program, PHONES).await;
    let faults = Faults::new();
    let mut program = program.under(&faults, false);
    program.start().await;
    let address = program.address();
    let mut phones: Vec<Phone> = people.iter().map(Phone::of).collect();
    let mut ledger = Ledger::default();
    for from in from {
        for phone in &mut phones {
            for _ in 0..ENTRIES {
                ledger.log(phone, pupils[0].id);
            }
        }
        faults.order(fault, *from);
        for _ in 0..ATTEMPTS {
            for sent in join_all(phones.iter_mut().map(|phone| send(phone, &address, 1))).await {
                match sent {
                    Sent::Received(receipts) => ledger.sign(&receipts, 0),
                    Sent::Refused(status, error) => {
                        assert_eq!(status, UNAVAILABLE);
                        assert_eq!(error.code, ErrorCode::Unavailable);
                    }
                    Sent::Broken => panic!("no answer: {}", program.log()),
                }
            }
        }
        assert!(faults.done() > 0, "the disk failed");
        assert!(program.is_alive(), "{}", program.log());
        assert!(phones.iter().any(|phone| !phone.outbox.is_empty()));
        faults.lift();
        let healed = Instant::now();
        for phone in &mut phones {
            while !phone.outbox.is_empty() {
                assert!(healed.elapsed() < RECOVERY, "{}", program.log());
                if let Sent::Received(receipts) = send(phone, &address, usize::MAX).await {
                    ledger.sign(&receipts, 0);
                }
            }
        }
    }
    let log = program.log();
    assert!(log.contains("the database: "), "{log}");
    for pupil in &pupils {
        let name = format!("{} {}", pupil.given_name, pupil.family_name);
        assert!(!log.contains(&name), "the log names a pupil");
    }
    program.kill().await;
    program.start().await;
    program.kill().await;
    assert!(ledger.is_all_signed());
    let store = Store::open(program.database()).await.unwrap();
    ledger.check_all(&store).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_the_server_recovers_when_it_has_room() {
    suffer(Fault::NoRoom, &FROM).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_write_is_told_and_the_server_recovers_when_it_does() {
    suffer(Fault::BrokenWrites, &FROM).await;
}

/// What the failed sync leaves on the disk is in `power`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_is_told_and_the_server_recovers_when_it_does() {
    suffer(Fault::BrokenSyncs, &FROM[..2]).await;
}
