//! `cargo xtask`: everything one does with the project, from setting it up to proving it. Depends on no crate of it.

mod bench;
mod chromium;
mod command;
mod debian;
mod engines;
mod geckodriver;
mod npm;
mod postgres;
mod project;
mod pypi;
mod record;
mod run;
mod setup;
mod tally;
mod test;
mod tidy;
mod toolchain;
mod trials;
mod wasm_target;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  run   [--port N] [--database URL] [--fresh]
               set up, build and start Friminutt with an invented school; --fresh begins anew
  test  [--fast]
               set up and check everything; --fast leaves out the browser and what ships
  web   [--profile client|client-dev]
               build the client into target/web; client-dev is quick to build and large
  record-client
               keep the client of a release, for the journey in which it meets later servers
  tidy         hold the source text against the rules of the house
  bench [ARGUMENTS]
               measure the bell, on both databases; the arguments are the bench's own (try --help)
  browser-bench [DOCUMENTS]
               measure the tap and the start in a slowed browser, with so many documents on the phone
  fuzz  [TARGET|all [SECONDS [SEED]]]
               damaged bytes at every door that takes untrusted ones, a minute each; what does harm is kept in tests/fuzz/corpus.
               fuzz corpus writes what the encoders write anew
  simulate [SEEDS [FIRST]]
               phones on a bad network, 10,000 seeds or so many
  screenshots [ARGUMENTS]
               photograph every page, phone and desk
  engines [firefox|webkit]
               run the journeys that hold in every engine in these two, and get the browsers first
  setup        only set up what the other commands need

Settings, from the environment:
  FRIMINUTT_WASM_STD=auto|rustup|debian   where the wasm32 standard library comes from (auto)
  FRIMINUTT_TEST_POSTGRES=URL             test against this database and start none
  FRIMINUTT_TEST_FSYNC=on|off             whether the database that is started syncs to disk (on)
  CI=…                                    build for one use: no incremental files
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    dispatch(&arguments).unwrap_or_else(|failure| {
        eprintln!("\nxtask: {failure:#}");
        ExitCode::FAILURE
    })
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = arguments.split_first() else {
        bail!("which command?\n\n{HELP}");
    };
    let is_passed_on = matches!(
        command.as_str(),
        "bench" | "browser-bench" | "screenshots" | "fuzz" | "simulate"
    );
    if !is_passed_on
        && rest
            .iter()
            .any(|word| matches!(word.as_str(), "--help" | "-h"))
    {
        return help();
    }
    match command.as_str() {
        "run" => run::run(rest)?,
        "test" => return test::test(rest),
        "web" => web::web(rest)?,
        "record-client" => record::record(rest)?,
        "tidy" => tidy::tidy()?,
        "bench" => bench::bench(rest)?,
        "browser-bench" => bench::browser_bench(rest)?,
        "screenshots" => bench::screenshots(rest)?,
        "fuzz" => trials::fuzz(rest)?,
        "simulate" => trials::simulate(rest)?,
        "engines" => return engines::engines(rest),
        "setup" => setup::setup()?,
        "help" | "--help" | "-h" => return help(),
        other => bail!("there is no command {other}\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn help() -> Result<ExitCode> {
    print!("{HELP}");
    Ok(ExitCode::SUCCESS)
}
