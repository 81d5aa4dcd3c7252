//! Untrusted bytes at every door that takes some. One table: the name of a target, what takes the bytes, and the inputs that the
//! real encoders write. A target panics when bytes do harm; `run` also counts time and memory. What it tries lies in
//! `tests/fuzz/corpus`, one folder a target; what once did harm is kept there in `found`.

mod change;
mod groups;
mod http;
mod json;
mod mutation;
mod roster;
pub mod run;
mod sealed;
mod session;
mod sync;
#[cfg(target_os = "linux")]
mod usage;
#[cfg(not(target_os = "linux"))]
#[path = "usage_elsewhere.rs"]
mod usage;

use std::path::PathBuf;

use shared::sync::{ItemHash, MAX_CHANGE_BYTES, MAX_REQUEST_BYTES};

/// What an input is called, and its bytes.
type Input = (&'static str, Vec<u8>);

/// One door.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Panics when the bytes do harm.
    take: fn(&[u8]),
    /// What the real encoders write, the same each time.
    encoded: fn() -> Vec<Input>,
    /// The door itself takes no more.
    max_bytes: usize,
}

const MAX_COOKIE_BYTES: usize = 8 * 1024;
const MAX_JSON_BYTES: usize = 64 * 1024;
/// So many a request, so that a run gets round; the largest file that is taken has sixteen times as many.
const MAX_ROSTER_BYTES: usize = server::roster::MAX_FILE_BYTES / 16;

pub const TARGETS: [Target; 14] = [
    target("gate", change::gate, change::changes, MAX_CHANGE_BYTES),
    target(
        "document",
        change::document,
        change::documents,
        MAX_REQUEST_BYTES,
    ),
    target("sealed", sealed::open, sealed::items, MAX_REQUEST_BYTES),
    target(
        "taken-in",
        sealed::take_in,
        sealed::files,
        MAX_REQUEST_BYTES,
    ),
    target("request", sync::request, sync::requests, MAX_REQUEST_BYTES),
    target("item", sync::item, sync::items, MAX_REQUEST_BYTES),
    target("answer", sync::answer, sync::answers, MAX_REQUEST_BYTES),
    target("asked", json::asked, json::requests, MAX_JSON_BYTES),
    target("told", json::told, json::answers, MAX_JSON_BYTES),
    target(
        "cookie",
        session::cookie,
        session::cookies,
        MAX_COOKIE_BYTES,
    ),
    target("lease", session::lease, session::leases, MAX_JSON_BYTES),
    target("roster", roster::roster, roster::files, MAX_ROSTER_BYTES),
    target("groups", groups::groups, groups::answers, MAX_JSON_BYTES),
    target("http", http::exchange, http::requests, MAX_JSON_BYTES),
];

const fn target(
    name: &'static str,
    take: fn(&[u8]),
    encoded: fn() -> Vec<Input>,
    max_bytes: usize,
) -> Target {
    Target {
        name,
        take,
        encoded,
        max_bytes,
    }
}

impl Target {
    /// By its name.
    pub fn named(name: &str) -> Option<Target> {
        TARGETS.into_iter().find(|target| target.name == name)
    }

    /// Writes what the encoders write into the corpus; what lies there under other names stays.
    pub fn write_corpus(&self) {
        std::fs::create_dir_all(self.folder()).expect("the folder of the corpus");
        for (name, bytes) in (self.encoded)() {
            std::fs::write(self.folder().join(name), bytes).expect("a file of the corpus");
        }
    }

    /// The committed inputs, and those that were found to do harm.
    fn corpus(&self) -> Vec<Vec<u8>> {
        let mut files: Vec<PathBuf> = [self.folder(), self.found()]
            .iter()
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flatten()
            .map(|file| file.expect("a file of the corpus").path())
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        assert!(
            !files.is_empty(),
            "no corpus of {}: cargo xtask fuzz corpus",
            self.name
        );
        let read = |path: &PathBuf| std::fs::read(path).expect("a file of the corpus");
        files.iter().map(read).collect()
    }

    /// Keeps an input that did harm, for every run from now on.
    fn keep(&self, input: &[u8]) -> PathBuf {
        let name = ItemHash::of(input).0;
        let path = self.found().join(&name[..16]);
        let written =
            std::fs::create_dir_all(self.found()).and_then(|()| std::fs::write(&path, input));
        written.unwrap_or_else(|cause| eprintln!("{} cannot be kept: {cause}", path.display()));
        path
    }

    fn folder(&self) -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "fuzz/corpus", self.name]
            .iter()
            .collect()
    }

    fn found(&self) -> PathBuf {
        self.folder().join("found")
    }
}
