//! Power loss while generations are added to the file of secrets: whatever the disk has then, all that was ever sealed to secrets
//! that a command had said to be there is opened, and the next generation can be added.

use std::collections::BTreeMap;
use std::path::Path;

use friminutt_tests::disk::{Disk, Log, write_files};
use friminutt_tests::faults::Faults;
use friminutt_tests::program::Program;
use friminutt_tests::random::Random;
use friminutt_tests::server::SECRETS_FILE;
use server::keys::{Keys, Share};
use shared::domain::DeviceId;
use shared::sync::sealing::{Sealed, seal};
use uuid::Uuid;

use crate::power::address_in;

const LOSSES: u64 = 400;
/// The file then fills more than one sector of the disk.
const ROTATIONS: usize = 5;
const ITEM: &[u8] = b"sealed";

struct Recording {
    files: BTreeMap<String, Vec<u8>>,
    log: Vec<u8>,
    /// What was sealed to each generation, from where in the log on.
    sealed: Vec<(usize, Vec<u8>)>,
    first: Keys,
}

fn device() -> DeviceId {
    Uuid::from_u128(9).into()
}

fn seal_to_newest(secrets: &Path) -> Vec<u8> {
    let keys = Keys::open(secrets).unwrap().sealing_keys(device());
    let mut chance = Random(u64::from(keys.key_id));
    let fill = |bytes: &mut [u8]| bytes.fill_with(|| chance.below(256) as u8);
    seal(ITEM, device(), &keys, fill).unwrap()
}

async fn record() -> Recording {
    // In another folder: where SQLite begins a file it syncs the folder, and the secrets must not need it.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut program = Program::on(&address_in(elsewhere.path()));
    std::fs::remove_file(program.secrets()).unwrap();
    program.start().await;
    program.kill().await;
    let secrets = program.secrets();
    let content = std::fs::read(&secrets).unwrap();
    let files = BTreeMap::from([(SECRETS_FILE.to_owned(), content)]);
    let faults = Faults::new();
    let program = program.under(&faults, true);
    let first = Keys::open(&secrets).unwrap();
    let mut sealed = vec![(0, seal_to_newest(&secrets))];
    for _ in 0..ROTATIONS {
        program.run(&["rotate-key"]).await;
        sealed.push((faults.log_length(), seal_to_newest(&secrets)));
    }
    Recording {
        files,
        log: faults.log(),
        sealed,
        first,
    }
}

impl Recording {
    /// The secrets that the disk has are as good as those that were there.
    fn check(&self, secrets: &Path, at: usize) -> Result<(), String> {
        let keys = Keys::open(secrets).map_err(|error| error.to_string())?;
        let said = self.sealed.iter().filter(|(from, _)| *from <= at);
        for (generation, (_, item)) in (1..).zip(said) {
            let opened = keys.open_item(&Sealed::read(item).unwrap());
            if opened.as_deref().ok() != Some(ITEM) {
                return Err(format!("nothing opens what generation {generation} sealed"));
            }
        }
        let share = |keys: &Keys| keys.share(Share::SignIn, device());
        match (keys.fingerprint(), share(&keys)) == (self.first.fingerprint(), share(&self.first)) {
            true => Ok(()),
            false => Err("they sign as somebody else".into()),
        }
    }

    fn survive(&self, disk: &Disk, seed: u64, at: usize) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join(SECRETS_FILE);
        write_files(&disk.after_power_loss(&mut Random(seed)), folder.path());
        self.check(&secrets, at)?;
        Keys::add_generation(&secrets).map_err(|error| error.to_string())?;
        self.check(&secrets, at)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_power_goes_while_a_generation_is_added_everything_sealed_is_still_opened() {
    let recording = record().await;
    let (mut ends, mut of_secrets) = (Vec::new(), Vec::new());
    let mut records = Log::new(&recording.log);
    while let Some(record) = records.next() {
        ends.push(records.read);
        if record.name.starts_with(SECRETS_FILE) {
            of_secrets.push(records.read);
        }
    }
    assert!(of_secrets.len() > ROTATIONS, "the log has the secrets");
    let said: Vec<usize> = recording.sealed.iter().map(|(at, _)| *at).collect();
    let mut bad = Vec::new();
    for seed in crate::seeds(LOSSES) {
        let mut chance = Random(seed);
        // When a command has just said that it is done, when the secrets were just touched, or any time.
        let moments = [&said, &of_secrets, &ends][chance.below(3)];
        let at = moments[chance.below(moments.len())];
        let (mut disk, mut records) = (Disk::with(&recording.files), Log::new(&recording.log));
        while records.read < at {
            disk.apply(&records.next().unwrap());
        }
        if let Err(cause) = recording.survive(&disk, seed, at) {
            bad.push(format!("seed {seed}: {cause}"));
        }
    }
    assert!(bad.is_empty(), "{} of {LOSSES}: {bad:#?}", bad.len());
}
