//! Builds the client and hands it to `xtask-web`, which makes `target/web` of it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{announce, run};
use crate::project;
use crate::setup;
use crate::toolchain::{Toolchain, WASM_TARGET};

/// One selection of packages for everything on the host: another selection has other features, and compiles the
/// dependencies anew. The client stays out, whose features are for the browser; its unit tests are run by themselves.
pub const HOST: [&str; 4] = [
    "--workspace",
    "--exclude",
    "friminutt-client",
    "--features=xtask/web",
];

/// How the client is compiled: the names of profiles in the workspace's `Cargo.toml`.
#[derive(Clone, Copy)]
pub enum Profile {
    Shipped,
    Dev,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Shipped => "client",
            Self::Dev => "client-dev",
        }
    }
}

pub fn web(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let profile = match words.as_slice() {
        [] | ["--profile", "client"] => Profile::Shipped,
        ["--profile", "client-dev"] => Profile::Dev,
        other => bail!(
            "web takes --profile client or --profile client-dev, not {}",
            other.join(" ")
        ),
    };
    build(&setup::toolchain()?, profile, Toolchain::cargo)
}

/// `cargo` is how cargo is called: plainly, or with clippy.
pub fn build(
    toolchain: &Toolchain,
    profile: Profile,
    cargo: fn(&Toolchain, &[&str]) -> Command,
) -> Result<()> {
    let target = project::target();
    announce(&format!("building the client ({})", profile.name()));
    run(&mut cargo(
        toolchain,
        &[
            "build",
            "--package=friminutt-client",
            "--lib",
            "--target",
            WASM_TARGET,
            "--profile",
            profile.name(),
        ],
    ))?;
    announce("making target/web");
    let wasm = target
        .join(WASM_TARGET)
        .join(profile.name())
        .join("client.wasm");
    let maker = [&["build"], &HOST[..], &["--bin=xtask-web"]].concat();
    run(&mut cargo(toolchain, &maker))?;
    run(Command::new(target.join("debug/xtask-web"))
        .arg(wasm)
        .arg(project::root().join("client"))
        .arg(target)
        .arg(profile.name()))
}
