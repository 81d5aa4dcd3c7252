//! Power loss while the program starts for the first time on SQLite: from the empty folder on, all that happens to its files is
//! written down, and the power is lost somewhere in it. Whatever the disk has then, the next start takes up: there is no school
//! yet, or all of it is there, and the secrets are those that the database was begun with.

use std::collections::BTreeMap;

use friminutt_tests::disk::{Disk, Log, write_files};
use friminutt_tests::faults::Faults;
use friminutt_tests::program::Program;
use friminutt_tests::random::Random;
use friminutt_tests::server::SECRETS_FILE;
use server::keys::Keys;
use server::store::{Database, Store};

use crate::power::address_in;

const LOSSES: u64 = 100;

/// All that happens to the files of a server that was never there, until the school is founded; and its secrets.
async fn record() -> (Vec<u8>, Keys) {
    let faults = Faults::new();
    let mut program = Program::without_secrets().under(&faults, true);
    program.start().await;
    program.kill().await;
    let secrets = Keys::open(&program.secrets()).unwrap();
    (faults.log(), secrets)
}

/// Opens what the disk has, as the next start does; how many people there are, and the secrets.
async fn start_again(disk: &Disk, chance: &mut Random) -> (usize, Keys) {
    let folder = tempfile::tempdir().unwrap();
    write_files(&disk.after_power_loss(chance), folder.path());
    let store = Store::open(&address_in(folder.path())).await.unwrap();
    let Database::Sqlite { readers, .. } = store.database() else {
        panic!("it is a SQLite database");
    };
    let integrity: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(readers)
        .await
        .unwrap();
    assert_eq!(integrity, "ok");
    let people = friminutt_tests::rows::of_table(&store, "staff").await.len();
    let keys = Keys::open(&folder.path().join(SECRETS_FILE)).unwrap();
    let mut tx = store.write().await.unwrap();
    let belongs = tx.remember_keys(&keys.fingerprint()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(belongs, "the database remembers secrets that are gone");
    store.close().await;
    (people, keys)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_power_goes_at_the_first_start_the_next_one_takes_it_up() {
    let (log, secrets) = record().await;
    let mut ends = Vec::new();
    let mut records = Log::new(&log);
    let mut disk = Disk::with(&BTreeMap::new());
    while let Some(record) = records.next() {
        disk.apply(&record);
        ends.push(records.read);
    }
    assert!(
        disk.now().contains_key(SECRETS_FILE),
        "the log has the secrets"
    );
    let (all, _) = start_again(&disk, &mut Random(0)).await;
    assert!(all > 0, "the school is founded and synced at the end");
    for seed in crate::seeds(LOSSES) {
        let mut chance = Random(seed);
        // Once in four times the program has said that it is ready.
        let is_ready = chance.once_in(4);
        let at = match is_ready {
            true => log.len(),
            false => ends[chance.below(ends.len())],
        };
        let (mut disk, mut records) = (Disk::with(&BTreeMap::new()), Log::new(&log));
        while records.read < at {
            disk.apply(&records.next().unwrap());
        }
        let (people, keys) = start_again(&disk, &mut chance).await;
        let is_right = people == all || (people == 0 && !is_ready);
        assert!(
            is_right,
            "seed {seed}: {people} of {all}, ready: {is_ready}"
        );
        assert!(
            !is_ready || keys.fingerprint() == secrets.fingerprint(),
            "seed {seed}: other secrets than those that it was ready with"
        );
    }
}
