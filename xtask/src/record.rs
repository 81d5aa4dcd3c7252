//! `cargo xtask record-client`: keeps the client of a release, for the journey in which it meets later servers.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::{self, announce};
use crate::toolchain::Toolchain;
use crate::web::{self, Profile};
use crate::{project, setup};

const FOLDER: &str = "tests/releases";

/// Builds the client and records it, named by the day of the commit that it is made of and the version.
pub fn record(arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "record-client takes no arguments");
    web::build(&setup::toolchain()?, Profile::Shipped, Toolchain::cargo)?;
    let day = command::output(
        Command::new("git")
            .args(["show", "--no-patch", "--format=%cs", "HEAD"])
            .current_dir(project::root()),
    )?;
    let name = format!("{}-{}.bin", day.trim(), env!("CARGO_PKG_VERSION"));
    let file = project::root().join(FOLDER).join(name);
    announce(&format!("recording {}", file.display()));
    command::run(
        Command::new(project::target().join("debug/xtask-web"))
            .arg("record")
            .arg(project::target().join("web"))
            .arg(file)
            .current_dir(project::root()),
    )
}
