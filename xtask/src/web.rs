//! Builds the client and hands it to `xtask-web`, which makes `target/web` of it.

use std::env;
use std::fs;
use std::path::PathBuf;
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
    let libraries = format!("target.{WASM_TARGET}.rustflags={:?}", unnamed_libraries());
    let made_here = format!("--remap-path-prefix={}=target", target.display());
    run(&mut cargo(
        toolchain,
        &[
            "rustc",
            "--package=friminutt-client",
            "--lib",
            "--target",
            WASM_TARGET,
            "--profile",
            profile.name(),
            "--config",
            &libraries,
            "--",
            &made_here,
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

/// What ships tells nobody in whose folders it was made, nor where from: where a library panics, its file is named from `crates` on.
fn unnamed_libraries() -> Vec<String> {
    let of_cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let of_cargo = of_cargo.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = of_cargo.unwrap_or_default().join("registry/src");
    // One folder for each registry; `xtask` itself was made of what lies there.
    let registries = fs::read_dir(sources).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = registries.map(|it| it.path()).collect();
    folders.sort();
    let unnamed = |folder: &PathBuf| format!("--remap-path-prefix={}=crates", folder.display());
    folders.iter().map(unnamed).collect()
}
