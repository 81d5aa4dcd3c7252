//! Packages from PyPI that the tests use, fetched into `target/python` and never into the project: a mail server.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::{self, announce, is_on_path};
use crate::{debian, project};

const MAIL_SERVER: &str = "aiosmtpd==1.4.6";

/// The folder in which Python finds the mail server.
pub fn mail_server() -> Result<PathBuf> {
    if !is_on_path("python3") {
        debian::install("Python", &["python3"])?;
    }
    let folder = project::target().join("python");
    let package = folder.join("aiosmtpd");
    if package.exists() {
        return Ok(folder);
    }
    let has_pip = Command::new("python3")
        .args(["-m", "pip", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !has_pip.is_ok_and(|status| status.success()) {
        debian::install("pip", &["python3-pip"])?;
    }
    announce(&format!("pip install {MAIL_SERVER}"));
    command::run(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--root-user-action=ignore",
            ])
            .args(["--disable-pip-version-check", "--target"])
            .arg(&folder)
            .arg(MAIL_SERVER)
            .stdin(Stdio::null()),
    )
    .with_context(|| format!("{MAIL_SERVER} could not be fetched: is PyPI within reach?"))?;
    ensure!(
        package.exists(),
        "{MAIL_SERVER} has no {}",
        package.display()
    );
    Ok(folder)
}
