//! Where the project lies.

use std::env;
use std::path::PathBuf;

/// The folder of the workspace. Cargo tells a program that it runs where its package is.
pub fn root() -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) => PathBuf::from(package).join(".."),
        None => PathBuf::from("."),
    }
    .canonicalize()
    .unwrap_or_else(|_| PathBuf::from("."))
}

pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}
