//! axe-core, which looks for barriers on every page: fetched from npm into `target/npm`, never into the project.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::{self, announce, is_on_path};
use crate::{debian, project};

const AXE: &str = "axe-core@4.14.1";

/// The path of axe's script.
pub fn axe() -> Result<PathBuf> {
    let folder = project::target().join("npm");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.exists() {
        return Ok(script);
    }
    if !is_on_path("npm") {
        debian::install("npm", &["npm"])?;
    }
    announce(&format!("npm install {AXE}"));
    fs::create_dir_all(&folder)?;
    command::run(
        Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--silent",
                "--prefix",
            ])
            .arg(&folder)
            .arg(AXE)
            .stdin(Stdio::null()),
    )
    .with_context(|| format!("{AXE} could not be fetched: is the npm registry within reach?"))?;
    ensure!(script.exists(), "{AXE} has no {}", script.display());
    Ok(script)
}
