//! The disk of a browser.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::Engine;

/// What a browser keeps on its disk: it survives the browser, killed or not, and lives as long as any browser on it.
#[derive(Clone)]
pub struct Profile {
    pub engine: Engine,
    folder: Arc<TempDir>,
}

impl Profile {
    /// Of Chromium, which the journeys run in.
    pub fn new() -> Profile {
        Profile::of(Engine::Chromium)
    }

    pub fn of(engine: Engine) -> Profile {
        Profile {
            engine,
            folder: Arc::new(tempfile::tempdir().expect("a folder for the browser")),
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The files on the disk that hold a word, as UTF-8 or as UTF-16, as a browser may write either.
    pub fn files_with(&self, word: &str) -> Vec<PathBuf> {
        let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let needles = [word.as_bytes(), &wide];
        let holds = |bytes: &[u8]| {
            needles
                .iter()
                .any(|needle| bytes.windows(needle.len()).any(|some| some == *needle))
        };
        let mut found = Vec::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)
                .expect("the browser's folder")
                .flatten()
            {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    // What went away while it was looked at holds nothing.
                    Ok(kind)
                        if kind.is_file()
                            && std::fs::read(entry.path()).is_ok_and(|bytes| holds(&bytes)) =>
                    {
                        found.push(entry.path());
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

impl Default for Profile {
    fn default() -> Self {
        Profile::new()
    }
}
