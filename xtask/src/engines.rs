//! The journeys that hold in every engine, in the two that the ordinary run leaves out: getting and building their drivers takes
//! minutes.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::command;
use crate::debian;
use crate::project;
use crate::setup;
use crate::tally::Tally;
use crate::test;
use crate::toolchain::Toolchain;
use crate::web::{self, Profile};
use crate::{geckodriver, npm};

/// The tests that run in any engine (`tests/e2e/engines.rs` and `markup.rs`).
const JOURNEYS: [&str; 2] = ["engines::", "markup::"];
const ALL: [&str; 2] = ["firefox", "webkit"];

pub fn engines(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let chosen = match words.as_slice() {
        [] => ALL.to_vec(),
        [engine] if ALL.contains(engine) => vec![*engine],
        other => bail!("engines takes firefox or webkit, not {}", other.join(" ")),
    };
    let toolchain = setup::toolchain()?;
    let axe = npm::axe()?;
    web::build(&toolchain, Profile::Shipped, Toolchain::linted)?;
    command::run(&mut toolchain.linted(&test::everything()))?;
    let program = test::journeys_program(&toolchain)?;
    let mut tally = Tally::default();
    for engine in chosen {
        let Some(path) = tally.attempt(engine, || set_up(engine, &toolchain)) else {
            continue;
        };
        let mut journeys = Command::new(&program);
        journeys
            .args(JOURNEYS)
            .arg("--test-threads=1")
            .current_dir(project::root().join("tests"))
            .env("FRIMINUTT_BIN", project::target().join("debug/friminutt"))
            .env("FRIMINUTT_AXE", &axe)
            .env("FRIMINUTT_ENGINE", engine)
            .env("PATH", path);
        tally.run_tests(&format!("journeys in {engine}"), journeys);
    }
    Ok(tally.finish())
}

/// Gets a browser and its driver; the path on which both are found.
fn set_up(engine: &str, toolchain: &Toolchain) -> Result<String> {
    let mut folders: Vec<PathBuf> = Vec::new();
    if engine == "firefox" {
        if !command::is_on_path("firefox-esr") && !command::is_on_path("firefox") {
            debian::install("Firefox", &["firefox-esr"])?;
        }
        folders.extend(geckodriver::set_up(toolchain)?);
    } else if !command::is_on_path("WebKitWebDriver") || !command::is_on_path("Xvfb") {
        let packages = ["webkit2gtk-driver", "xvfb", "xauth"];
        debian::install("WebKitGTK with its driver, and a screen", &packages)?;
    }
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    Ok(env::join_paths(folders)?.to_string_lossy().into_owned())
}
