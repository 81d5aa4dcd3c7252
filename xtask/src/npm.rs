//! Packages from npm that the tests use, fetched into `target/npm` and never into the project: axe-core, which looks for barriers on
//! every page, and an OpenID provider to sign in at.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::{self, announce, is_on_path};
use crate::{debian, project};

/// The path of axe's script.
pub fn axe() -> Result<PathBuf> {
    fetch("axe-core@4.14.1", "axe-core/axe.min.js")
}

/// The path of the OpenID provider's library.
pub fn openid_provider() -> Result<PathBuf> {
    if !is_on_path("node") {
        debian::install("Node", &["nodejs"])?;
    }
    fetch("oidc-provider@8.8.1", "oidc-provider/lib/index.js")
}

fn fetch(package: &str, file: &str) -> Result<PathBuf> {
    let folder = project::target().join("npm");
    let script = folder.join("node_modules").join(file);
    if script.exists() {
        return Ok(script);
    }
    if !is_on_path("npm") {
        debian::install("npm", &["npm"])?;
    }
    announce(&format!("npm install {package}"));
    fs::create_dir_all(&folder)?;
    command::run(
        Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--silent",
                "--prefix",
            ])
            .arg(&folder)
            .arg(package)
            .stdin(Stdio::null()),
    )
    .with_context(|| {
        format!("{package} could not be fetched: is the npm registry within reach?")
    })?;
    ensure!(script.exists(), "{package} has no {}", script.display());
    Ok(script)
}
