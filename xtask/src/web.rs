//! Builds the client and hands it to `xtask-web`, which makes `target/web` of it.

use anyhow::{Result, bail};

use crate::command::{announce, run};
use crate::project;
use crate::setup;
use crate::toolchain::{Toolchain, WASM_TARGET};

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
    build(&setup::toolchain()?, profile)
}

pub fn build(toolchain: &Toolchain, profile: Profile) -> Result<()> {
    let target = project::target();
    announce(&format!("building the client ({})", profile.name()));
    run(&mut toolchain.cargo(&[
        "build",
        "--package=friminutt-client",
        "--lib",
        "--target",
        WASM_TARGET,
        "--profile",
        profile.name(),
    ]))?;
    announce("making target/web");
    let wasm = target
        .join(WASM_TARGET)
        .join(profile.name())
        .join("client.wasm");
    run(toolchain
        .cargo(&[
            "run",
            "--quiet",
            "--package=xtask",
            "--features=web",
            "--bin=xtask-web",
            "--",
        ])
        .arg(wasm)
        .arg(project::root().join("client"))
        .arg(target)
        .arg(profile.name()))
}
