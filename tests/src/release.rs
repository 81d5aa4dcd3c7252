//! Released clients, as servers handed them out: `cargo xtask record-client` keeps each in one file of `releases/`, of every file a
//! line with its length and path and then its bytes, all of it brotli.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use server::assets::{content_type, is_page};

const FOLDER: &str = "releases";
const SHELL: &str = "index.html";
const WORKER: &str = "service_worker.js";
/// What stands before the version in the worker's script.
pub const VERSION: &str = "const RELEASE = {\"version\":\"";

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    /// Its day and version.
    pub name: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Release {
    /// All that were recorded, the oldest first; for as long as the tests run.
    pub fn all() -> Vec<&'static Release> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
        let entries = fs::read_dir(folder).expect("the folder of the released clients");
        let mut files: Vec<_> = entries.map(|it| it.expect("a file").path()).collect();
        files.sort();
        assert!(!files.is_empty(), "no released client is recorded");
        let kept = |release| &*Box::leak(Box::new(release));
        files.iter().map(|file| kept(Release::read(file))).collect()
    }

    fn read(file: &Path) -> Release {
        let (mut recorded, mut all) = (File::open(file).expect("a released client"), Vec::new());
        brotli_decompressor::BrotliDecompress(&mut recorded, &mut all).expect("brotli");
        let (mut files, mut rest) = (BTreeMap::new(), all.as_slice());
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = str::from_utf8(&rest[..end]).expect("a line of text");
            let (length, path) = line.split_once(' ').expect("a length and a path");
            let length = length.parse().expect("a length");
            let (content, after) = rest[end + 1..].split_at(length);
            files.insert(path.to_owned(), content.to_owned());
            rest = after;
        }
        let name = file.file_stem().expect("a name").to_string_lossy();
        Release {
            name: name.into_owned(),
            files,
        }
    }

    /// What it answers to a path from the root: the kind of the content, and the content. None when it has no such file.
    pub fn answer(&self, path: &str) -> Option<(&'static str, &[u8])> {
        let path = path.split('?').next().unwrap_or_default();
        let path = path.trim_start_matches('/');
        let name = if is_page(path) { SHELL } else { path };
        let content = self.files.get(name)?;
        Some((content_type(name), content))
    }

    /// The name of the browser's cache that holds it.
    pub fn cache(&self) -> String {
        let worker = String::from_utf8_lossy(&self.files[WORKER]);
        let version = worker.split(VERSION).nth(1).expect("it has a version");
        let version = version.split('"').next().unwrap_or_default();
        format!("friminutt-{version}")
    }
}
