//! Firefox's driver, which Debian does not package: built once from the Rust registry into `target/geckodriver`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::command::{self, announce, is_on_path};
use crate::project;
use crate::toolchain::Toolchain;

const VERSION: &str = "=0.37.1";

/// The folder it is in; none when it is on the path.
pub fn set_up(toolchain: &Toolchain) -> Result<Option<PathBuf>> {
    if is_on_path("geckodriver") {
        return Ok(None);
    }
    let root = project::target().join("geckodriver");
    let folder = root.join("bin");
    if folder.join("geckodriver").exists() {
        return Ok(Some(folder));
    }
    announce("building geckodriver (some minutes, once)");
    // Not optimised: it waits for the browser most of the time.
    let install = [
        "install",
        "geckodriver",
        "--version",
        VERSION,
        "--locked",
        "--debug",
        "--quiet",
    ];
    command::run(toolchain.cargo(&install).arg("--root").arg(root))
        .context("geckodriver could not be built: is the Rust registry within reach?")?;
    Ok(Some(folder))
}
