//! Starts the programs of the `tests` package that are no tests, with what they need around them.

use anyhow::Result;

use crate::command::{self, announce};
use crate::postgres::{self, Postgres};
use crate::toolchain::Toolchain;
use crate::web::{self, Profile};
use crate::{project, setup};

pub fn bench(arguments: &[String]) -> Result<()> {
    start("bench", arguments)
}

pub fn browser_bench(arguments: &[String]) -> Result<()> {
    start("browser_bench", arguments)
}

pub fn screenshots(arguments: &[String]) -> Result<()> {
    start("screenshots", arguments)
}

/// All run what ships: the figures are the product's, and so are the pictures.
fn start(program: &str, arguments: &[String]) -> Result<()> {
    let toolchain = setup::toolchain()?;
    let browser = setup::browser()?;
    web::build(&toolchain, Profile::Shipped, Toolchain::cargo)?;
    announce(&format!("building the server and {program}"));
    command::run(&mut toolchain.cargo(&[
        "build",
        "--release",
        "--package=friminutt-server",
        "--package=friminutt-tests",
        "--bins",
    ]))?;
    let postgres = Postgres::start()?;
    let release = project::target().join("release");
    command::run(
        std::process::Command::new(release.join(program))
            .args(arguments)
            .current_dir(project::root())
            .env("FRIMINUTT_BIN", release.join("friminutt"))
            .env("FRIMINUTT_AXE", browser.axe)
            .env(postgres::URL_SETTING, postgres.url()),
    )
}
