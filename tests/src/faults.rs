//! Faults under the real program: the library of `tests/faults`, loaded before libc, with the sheet on which the tests order
//! what goes wrong and read what came of it. Linux only.

#[path = "../faults/src/shared.rs"]
mod shared;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use shared::{COUNT, DONE, FAULT, FOLDER_SETTING, FROM, LOG_SETTING, ORDERS_SETTING, WORDS};
pub use shared::{Event, Fault, HEAD_BYTES};

const LIBRARY: &str = "libfriminutt_faults.so";
const WORD_BYTES: usize = size_of::<u64>();
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What one program, started as often as need be, runs under.
pub struct Faults {
    folder: TempDir,
}

impl Faults {
    pub fn new() -> Faults {
        let folder = tempfile::tempdir().expect("a folder for the faults");
        let faults = Faults { folder };
        std::fs::write(faults.sheet(), [0; WORDS * WORD_BYTES]).expect("the sheet of orders");
        faults
    }

    /// Settings for the program; `folder` is where it keeps its data. With `keeps_log` all that happens to it is logged.
    pub fn settings(&self, folder: &Path, keeps_log: bool) -> Vec<(&'static str, OsString)> {
        let mut settings = vec![
            ("LD_PRELOAD", library().into_os_string()),
            (ORDERS_SETTING, self.sheet().into_os_string()),
            (FOLDER_SETTING, folder.into()),
        ];
        if keeps_log {
            settings.push((LOG_SETTING, self.log_file().into_os_string()));
        }
        settings
    }

    /// From the `from`th call on that the fault concerns, counted from 1.
    pub fn order(&self, fault: Fault, from: u64) {
        let mut words = [0; WORDS];
        (words[FAULT], words[FROM]) = (fault as u64, from);
        let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_ne_bytes).collect();
        let sheet = std::fs::File::options().write(true).open(self.sheet());
        sheet
            .and_then(|mut sheet| sheet.write_all(&bytes))
            .expect("the sheet of orders");
    }

    /// From now on nothing goes wrong.
    pub fn lift(&self) {
        self.order(Fault::None, 0);
    }

    /// Calls that the fault concerned since it was ordered.
    pub fn count(&self) -> u64 {
        self.word(COUNT)
    }

    /// Faults that happened since it was ordered.
    pub fn done(&self) -> u64 {
        self.word(DONE)
    }

    /// Waits until so many faults have happened.
    pub async fn have_happened(&self, faults: u64) {
        let started = Instant::now();
        while self.done() < faults {
            assert!(started.elapsed() < PATIENCE, "no fault happened");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// How long the log is by now.
    pub fn log_length(&self) -> usize {
        std::fs::metadata(self.log_file()).map_or(0, |file| file.len() as usize)
    }

    pub fn log(&self) -> Vec<u8> {
        std::fs::read(self.log_file()).expect("the log of the faults")
    }

    fn word(&self, at: usize) -> u64 {
        let sheet = std::fs::read(self.sheet()).expect("the sheet of orders");
        let word = &sheet[at * WORD_BYTES..][..WORD_BYTES];
        u64::from_ne_bytes(word.try_into().expect("eight bytes"))
    }

    fn sheet(&self) -> PathBuf {
        self.folder.path().join("orders")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Default for Faults {
    fn default() -> Self {
        Faults::new()
    }
}

/// It lies beside the program.
fn library() -> PathBuf {
    let path = crate::program::path().with_file_name(LIBRARY);
    assert!(
        path.is_file(),
        "{} is not there: build it (cargo build -p friminutt-faults)",
        path.display()
    );
    path
}
