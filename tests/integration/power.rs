//! Power loss on SQLite. The real program serves phones, and is killed now and then, while all that happens to its files is
//! written down; then, for many seeds, the power is lost somewhere in it: what was not synced is there, or not, or torn. What
//! phones had a receipt for by then is there when the database is opened again. More seeds by hand: `FRIMINUTT_SEEDS=10000`,
//! beginning with `FRIMINUTT_FIRST_SEED`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use friminutt_tests::disk::{Disk, Log, MAIN_FILE, read_files, write_files};
use friminutt_tests::faults::{Fault, Faults};
use friminutt_tests::ledger::{Ledger, Sent, check_projections, send};
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::random::Random;
use friminutt_tests::school::found_by;
use futures_util::future::join_all;
use server::store::{Database, Store};

use crate::seeds;

const DEFAULT_SEEDS: u64 = 500;
const PHONES: usize = 3;
const ROUNDS: usize = 24;
const ENTRIES_A_ROUND: usize = 4;
const ITEMS_A_REQUEST: usize = 5;
/// A group's commit makes about so many calls on the database's files.
const CALLS_A_GROUP: usize = 80;
/// Within this time a phone gets rid of a few entries, whatever happens to the server in between.
const PATIENCE: Duration = Duration::from_secs(20);
/// Computing everything anew costs more than all else.
const REBUILD_EVERY: u64 = 25;

/// What happened to the files, from a database at rest on.
struct Recording {
    files: BTreeMap<String, Vec<u8>>,
    log: Vec<u8>,
    /// Where the records end: the moments at which the power may be lost.
    ends: Vec<usize>,
    ledger: Ledger,
}

async fn record() -> Recording {
    let mut program = Program::new();
    let (people, pupils) = found_by(&mut program, PHONES).await;
    let files = read_files(program.data());
    let faults = Faults::new();
    let mut program = program.under(&faults, true);
    program.start().await;
    let (mut ledger, mut chance) = (Ledger::default(), Random(1));
    let mut phones: Vec<Phone> = people.iter().map(Phone::of).collect();
    for round in 0..ROUNDS {
        for phone in &mut phones {
            for _ in 0..ENTRIES_A_ROUND {
                ledger.log(phone, pupils[chance.below(pupils.len())].id);
            }
        }
        match round % 4 {
            // All goes well.
            0 => faults.lift(),
            // The process ends when all is written and nothing is synced yet; or anywhere.
            1 => faults.order(Fault::DieAtSync, 1),
            2 => faults.order(Fault::Die, 1 + chance.below(CALLS_A_GROUP) as u64),
            // The disk fails to sync.
            _ => faults.order(Fault::BrokenSyncs, 1),
        }
        upload(&mut program, &mut phones, &faults, &mut ledger).await;
    }
    program.kill().await;
    assert!(ledger.is_all_signed());
    let log = faults.log();
    let (disk, ends, checkpoints) = replay(&files, &log);
    assert!(checkpoints > 1, "{checkpoints} checkpoints");
    for (name, content) in disk.now() {
        let file = std::fs::read(program.data().join(&name)).unwrap();
        assert!(
            content == file,
            "the log has all that happened to the file «{name}»"
        );
    }
    Recording {
        files,
        log,
        ends,
        ledger,
    }
}

/// All phones send at once, again and again, until they have a receipt for everything.
async fn upload(program: &mut Program, phones: &mut [Phone], faults: &Faults, ledger: &mut Ledger) {
    let started = Instant::now();
    while phones.iter().any(|phone| !phone.outbox.is_empty()) {
        assert!(started.elapsed() < PATIENCE, "{}", program.log());
        let address = program.address();
        let unsent = phones.iter_mut().filter(|phone| !phone.outbox.is_empty());
        let sent = join_all(unsent.map(async |phone| {
            let sent = send(phone, &address, ITEMS_A_REQUEST).await;
            (sent, faults.log_length())
        }));
        for (sent, at) in sent.await {
            if let Sent::Received(receipts) = sent {
                ledger.sign(&receipts, at);
            }
        }
        if faults.done() > 0 {
            faults.lift();
        }
        program.start_again().await;
    }
}

/// The disk in the end, where records end, and how often SQLite moved commits to the main file.
fn replay(files: &BTreeMap<String, Vec<u8>>, log: &[u8]) -> (Disk, Vec<usize>, usize) {
    let (mut disk, mut ends, mut checkpoints) = (Disk::with(files), Vec::new(), 0);
    let mut records = Log::new(log);
    while let Some(record) = records.next() {
        disk.apply(&record);
        ends.push(records.read);
        checkpoints += usize::from(record.is_checkpoint());
    }
    assert_eq!(records.read, log.len());
    (disk, ends, checkpoints)
}

/// The address of the database in a folder.
pub fn address_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join(MAIN_FILE).display())
}

/// One power loss.
struct Loss {
    seed: u64,
    chance: Random,
    at: usize,
}

impl Recording {
    /// Half of them at the very moment when a phone has its receipt, in the order of the log.
    fn losses(&self) -> Vec<Loss> {
        let receipts = self.ledger.moments();
        let loss = |seed| {
            let mut chance = Random(seed);
            let moments = match chance.once_in(2) {
                true => &receipts,
                false => &self.ends,
            };
            let at = moments[chance.below(moments.len())];
            Loss { seed, chance, at }
        };
        let mut losses: Vec<Loss> = seeds(DEFAULT_SEEDS).map(loss).collect();
        losses.sort_by_key(|loss| loss.at);
        losses
    }

    /// Opens what the disk has after a power loss, as a server that starts does.
    async fn survive(&self, disk: &Disk, loss: &mut Loss) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        write_files(&disk.after_power_loss(&mut loss.chance), folder.path());
        let store = Store::open(&address_in(folder.path()))
            .await
            .map_err(|error| error.to_string())?;
        let Database::Sqlite { readers, .. } = store.database() else {
            panic!("it is a SQLite database");
        };
        let integrity: String = sqlx::query_scalar("pragma integrity_check")
            .fetch_one(readers)
            .await
            .map_err(|error| error.to_string())?;
        let kept = match integrity.as_str() {
            "ok" => self.ledger.check(&store, loss.at).await,
            _ => Err(integrity),
        };
        if kept.is_ok() && loss.seed.is_multiple_of(REBUILD_EVERY) {
            check_projections(&store).await;
        }
        store.close().await;
        kept
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_power_goes_nothing_is_lost_that_a_phone_has_a_receipt_for() {
    let recording = record().await;
    let (mut disk, mut records) = (Disk::with(&recording.files), Log::new(&recording.log));
    let (mut bad, mut count) = (Vec::new(), 0);
    for mut loss in recording.losses() {
        while records.read < loss.at {
            disk.apply(&records.next().unwrap());
        }
        if let Err(cause) = recording.survive(&disk, &mut loss).await {
            bad.push(format!("seed {}: {cause}", loss.seed));
        }
        count += 1;
    }
    assert!(bad.is_empty(), "{} of {count}: {bad:#?}", bad.len());
}
