//! Debian's packages: are they there, and if not, install them or name the command that does.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::{self, announce, is_on_path};

pub fn is_debian() -> bool {
    is_on_path("apt-get")
}

/// Installs what is missing of `packages`, which are `what` to a person.
pub fn install(what: &str, packages: &[&str]) -> Result<()> {
    if are_installed(packages) {
        return Ok(());
    }
    let cure = format!(
        "apt-get update && apt-get install --no-install-recommends {}",
        packages.join(" ")
    );
    if !is_debian() {
        bail!(
            "{what} is missing. On Debian: {cure}\nElsewhere: install it by your system's own means"
        );
    }
    announce(&format!("installing {what}: {}", packages.join(" ")));
    apt_get(&["update", "-qq"])
        .and_then(|()| {
            apt_get(
                &[
                    &["install", "-y", "-qq", "--no-install-recommends"],
                    packages,
                ]
                .concat(),
            )
        })
        .with_context(|| format!("{what} is missing and could not be installed. As root: {cure}"))
}

fn are_installed(packages: &[&str]) -> bool {
    let asked = Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}\n"])
        .args(packages)
        .output();
    asked.is_ok_and(|answer| {
        answer.status.success()
            && String::from_utf8_lossy(&answer.stdout)
                .lines()
                .all(|state| state == "installed")
    })
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    command::run(
        Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null()),
    )
}
