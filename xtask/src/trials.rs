//! Starts the programs of the `tests` package that try for as long as one likes: phones on a bad network, and damaged bytes at every
//! door that takes some. They need neither a browser nor PostgreSQL.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::command::{self, announce};
use crate::web::HOST;
use crate::{project, setup};

/// What ships: many seeds in little time.
pub fn simulate(arguments: &[String]) -> Result<()> {
    let selection = [
        "--release",
        "--package=friminutt-server",
        "--package=friminutt-tests",
        "--bins",
    ];
    announce("building the simulation");
    empty_web()?;
    command::run(&mut setup::toolchain()?.cargo(&[&["build"], &selection[..]].concat()))?;
    start("release/simulate", arguments)
}

/// As the tests are built: a number that overflows panics there, and wraps in what ships.
pub fn fuzz(arguments: &[String]) -> Result<()> {
    announce("building the targets");
    empty_web()?;
    let selection = [&["build"], &HOST[..], &["--lib", "--bins"]].concat();
    command::run(&mut setup::toolchain()?.linted(&selection))?;
    start("debug/fuzz", arguments)
}

/// The server embeds this folder, whatever is in it.
fn empty_web() -> Result<()> {
    Ok(fs::create_dir_all(project::target().join("web"))?)
}

fn start(program: &str, arguments: &[String]) -> Result<()> {
    let program = project::target().join(program);
    command::run(
        Command::new(program)
            .args(arguments)
            .current_dir(project::root()),
    )
}
