//! `cargo xtask test`: the checks of the source, then the tests, then the journeys in a browser. What fails does not
//! keep the rest from running; the last line counts it all.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{self, announce};
use crate::postgres::{self, Postgres};
use crate::tally::Tally;
use crate::toolchain::{Toolchain, WASM_TARGET};
use crate::web::{self, Profile};
use crate::{project, setup, tidy};

/// One selection of packages for everything on the host: another selection has other features, and compiles the
/// dependencies anew. The client stays out, whose features are for the browser.
const HOST: [&str; 4] = [
    "--workspace",
    "--exclude",
    "friminutt-client",
    "--features=xtask/web",
];
const CLIENT: &str = "--package=friminutt-client";

pub fn test(arguments: &[String]) -> Result<()> {
    let is_fast = match arguments {
        [] => false,
        [word] if word == "--fast" => true,
        other => bail!("test takes --fast, not {}", other.join(" ")),
    };
    let toolchain = setup::toolchain()?;
    let mut tally = Tally::default();
    check_source(&toolchain, &mut tally);
    test_on_host(&toolchain, is_fast, &mut tally)?;
    tally.finish()
}

fn check_source(toolchain: &Toolchain, tally: &mut Tally) {
    tally.check("tidy", tidy::tidy);
    tally.check("cargo fmt --check", || {
        command::run(&mut toolchain.cargo(&["fmt", "--all", "--check"]))
    });
    let clippy = |selection: &[&str]| {
        let arguments = [&["clippy", "--quiet"], selection, &["--", "-D", "warnings"]].concat();
        command::run(&mut toolchain.cargo(&arguments))
    };
    tally.check("clippy on the host", || {
        clippy(&[&HOST[..], &["--all-targets"]].concat())
    });
    tally.check("clippy on the client", || {
        clippy(&[CLIENT, "--target", WASM_TARGET])
    });
}

fn test_on_host(toolchain: &Toolchain, is_fast: bool, tally: &mut Tally) -> Result<()> {
    if is_fast {
        // The server embeds this folder, whatever is in it.
        fs::create_dir_all(project::target().join("web"))?;
    } else if !tally.check("web", || web::build(toolchain, Profile::Shipped)) {
        return Ok(());
    }
    let build = [&["build"], &HOST[..], &["--bins", "--tests"]].concat();
    if !tally.check("build", || command::run(&mut toolchain.cargo(&build))) {
        return Ok(());
    }

    let postgres = Postgres::start()?;
    let with_database = |arguments: &[&str]| {
        let mut cargo = toolchain.cargo(&[&["test", "--no-fail-fast"], arguments].concat());
        cargo.env("FRIMINUTT_BIN", project::target().join("debug/friminutt"));
        cargo.env(postgres::URL_SETTING, postgres.url());
        cargo
    };
    let units = [&HOST[..], &["--lib", "--bins", "--test=integration"]].concat();
    tally.run_tests("unit and integration tests", with_database(&units));
    tally.run_tests("client tests", with_database(&[CLIENT, "--lib"]));
    if !is_fast {
        test_in_browser(
            tally,
            with_database(&[&HOST[..], &["--test=e2e", "--", "--test-threads=1"]].concat()),
        )?;
    }
    Ok(())
}

/// One journey at a time: each has a browser and a server, and there may be no more than two cores.
fn test_in_browser(tally: &mut Tally, mut journeys: Command) -> Result<()> {
    let browser = setup::browser()?;
    announce("driving Chromium");
    journeys.env("FRIMINUTT_AXE", browser.axe);
    tally.run_tests("journeys in a browser", journeys);
    Ok(())
}
