//! `cargo xtask test`: the checks of the source, then the tests, then the journeys in a browser. What fails does not
//! keep the rest from running; the last line counts it all.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command;
use crate::postgres::{self, Postgres};
use crate::tally::Tally;
use crate::toolchain::Toolchain;
use crate::web::{self, HOST, Profile};
use crate::{project, setup, tidy};

const CLIENT: [&str; 2] = ["--package=friminutt-client", "--lib"];
const JOURNEYS: &str = "e2e";

pub fn test(arguments: &[String]) -> Result<ExitCode> {
    let is_fast = match arguments {
        [] => false,
        [word] if word == "--fast" => true,
        other => bail!("test takes --fast, not {}", other.join(" ")),
    };
    let mut tally = Tally::default();
    if let Some(toolchain) = tally.attempt("set-up", setup::toolchain) {
        check_source(&toolchain, &mut tally);
        if build(&toolchain, is_fast, &mut tally).is_some() {
            run_tests(&toolchain, is_fast, &mut tally);
        }
    }
    Ok(tally.finish())
}

fn check_source(toolchain: &Toolchain, tally: &mut Tally) {
    let run = |arguments: &[&str]| command::run(&mut toolchain.cargo(arguments));
    tally.attempt("tidy", tidy::tidy);
    tally.attempt("cargo fmt --check", || {
        run(&["fmt", "--all", "--check", "--", "-l"])
    });
}

fn build(toolchain: &Toolchain, is_fast: bool, tally: &mut Tally) -> Option<()> {
    if is_fast {
        // The server embeds this folder, whatever is in it.
        tally.attempt("web, as it is", || {
            Ok(fs::create_dir_all(project::target().join("web"))?)
        })?;
    } else {
        tally.attempt("web", || {
            web::build(toolchain, Profile::Shipped, Toolchain::linted)
        })?;
    }
    tally.attempt("build and clippy", || {
        command::run(&mut toolchain.linted(&everything()))
    })
}

/// Every program and every test of the host.
pub fn everything() -> Vec<&'static str> {
    [&["build"], &HOST[..], &["--lib", "--bins", "--tests"]].concat()
}

fn run_tests(toolchain: &Toolchain, is_fast: bool, tally: &mut Tally) {
    let Some(postgres) = tally.attempt("PostgreSQL", Postgres::start) else {
        return;
    };
    let Some(openid_provider) = tally.attempt("OpenID provider", setup::openid_provider) else {
        return;
    };
    let Some(mail_server) = tally.attempt("mail server", setup::mail_server) else {
        return;
    };
    let with_database = |arguments: &[&str]| -> Command {
        let mut cargo = toolchain.linted(&[&["test", "--no-fail-fast"], arguments].concat());
        cargo.env("FRIMINUTT_BIN", project::target().join("debug/friminutt"));
        cargo.env(postgres::URL_SETTING, postgres.url());
        cargo.env("FRIMINUTT_OIDC_PROVIDER", &openid_provider);
        cargo.env("FRIMINUTT_AIOSMTPD", &mail_server);
        cargo
    };

    let Some(programs) = tally.attempt("test programs", || test_programs(toolchain)) else {
        return;
    };
    let programs: Vec<&str> = programs.iter().map(String::as_str).collect();
    let selection = [&HOST[..], &["--lib", "--bins"], &programs].concat();
    tally.run_tests("unit and integration tests", with_database(&selection));
    tally.run_tests("unit tests of the client", with_database(&CLIENT));
    if is_fast {
        return;
    }
    if let Some(browser) = tally.attempt("browser", setup::browser) {
        let Some(program) = tally.attempt("journeys", || journeys_program(toolchain)) else {
            return;
        };
        let mut journeys = Command::new(program);
        // Two at a time: a journey waits more than it works.
        journeys
            .arg("--test-threads=2")
            .current_dir(project::root().join("tests"))
            .env("FRIMINUTT_BIN", project::target().join("debug/friminutt"))
            .env(postgres::URL_SETTING, postgres.url())
            .env("FRIMINUTT_AXE", browser.axe);
        tally.run_tests("journeys in a browser", journeys);
    }
}

/// Where the build put the journeys. Asked of the same selection as the build: another one, such as this program alone, has
/// other features and compiles the dependencies anew.
pub fn journeys_program(toolchain: &Toolchain) -> Result<String> {
    let selection = [everything(), vec!["--message-format=json"]].concat();
    let messages = command::output(&mut toolchain.linted(&selection))?;
    let is_journeys = |message: &Value| message["target"]["name"] == JOURNEYS;
    let programs = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = programs
        .filter(is_journeys)
        .find_map(|message| message["executable"].as_str().map(str::to_owned));
    program.context("the build made no program of the journeys")
}

/// A `--test=NAME` for every test program but the journeys: cargo can select all of them or each by its name.
fn test_programs(toolchain: &Toolchain) -> Result<Vec<String>> {
    let metadata =
        command::output(&mut toolchain.cargo(&["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    Ok(packages
        .iter()
        .filter(|package| package["name"] != "friminutt-client")
        .filter_map(|package| package["targets"].as_array())
        .flatten()
        .filter(|target| target["kind"][0] == "test" && target["name"] != JOURNEYS)
        .filter_map(|target| target["name"].as_str())
        .map(|name| format!("--test={name}"))
        .collect())
}
