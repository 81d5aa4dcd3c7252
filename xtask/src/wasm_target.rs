//! Finds or makes the standard library for wasm32: what is there, then rustup's, then Debian's, whose source package is
//! compiled once. `FRIMINUTT_WASM_STD` chooses. A library counts when a small program compiles and links with it.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{self, announce, is_on_path};
use crate::debian;
use crate::toolchain::{Toolchain, WASM_TARGET};

const SETTING: &str = "FRIMINUTT_WASM_STD";
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);
const DEBIAN: &str = "debian-web";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";
const DEBIAN_VENDORED: &str = "/usr/lib/rustlib/src/rust/library/vendor";
const DEBIAN_PACKAGES: [&str; 7] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
    "rust-web-clippy",
    "rustfmt-web",
];
const PROBE: &str = "#[unsafe(no_mangle)] pub extern \"C\" fn sum(n: usize) -> usize { vec![1u8; n].iter().map(|&x| x as usize).sum() }";

pub fn set_up() -> Result<Toolchain> {
    match env::var(SETTING).as_deref() {
        Ok("debian") => by_debian(),
        Ok("rustup") => by_rustup(),
        Ok("auto") | Err(_) => by_any(),
        Ok(other) => bail!("{SETTING}={other} is not one of auto, rustup, debian"),
    }
}

fn by_any() -> Result<Toolchain> {
    if works(Toolchain::ACTIVE.rustc()) {
        return Ok(Toolchain::ACTIVE);
    }
    let by_rustup = by_rustup();
    match by_rustup {
        Err(cause) if debian::is_debian() => {
            announce(&format!(
                "rustup cannot ({cause:#}): Debian's packages instead"
            ));
            by_debian()
        }
        result => result,
    }
}

fn by_rustup() -> Result<Toolchain> {
    let cure = format!("run: rustup target add {WASM_TARGET}");
    if works(Toolchain::ACTIVE.rustc()) {
        return Ok(Toolchain::ACTIVE);
    }
    ensure!(
        is_on_path("rustup"),
        "the wasm32 standard library is missing, and there is no rustup to fetch it: install rustup, then {cure}"
    );
    announce(&format!("rustup target add {WASM_TARGET}"));
    command::run_within(
        Command::new("rustup").args(["target", "add", WASM_TARGET]),
        RUSTUP_LIMIT,
    )
    .context(cure)?;
    ensure!(
        works(Toolchain::ACTIVE.rustc()),
        "the wasm32 standard library is there and does not link: {SETTING}=debian may help"
    );
    Ok(Toolchain::ACTIVE)
}

fn by_debian() -> Result<Toolchain> {
    debian::install("Debian's Rust for the web", &DEBIAN_PACKAGES)?;
    // Also false after Debian has upgraded the compiler: then the library is compiled anew.
    if !works(Command::new(DEBIAN_RUSTC)) {
        compile_debian_library()?;
        ensure!(
            works(Command::new(DEBIAN_RUSTC)),
            "the wasm32 standard library was compiled and does not link"
        );
    }
    if !is_on_path("rustup") {
        return Ok(Toolchain::ACTIVE);
    }
    let toolchains = command::output(Command::new("rustup").args(["toolchain", "list"]))?;
    if !toolchains.lines().any(|line| line.starts_with(DEBIAN)) {
        command::run(Command::new("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
    }
    Ok(Toolchain::named(DEBIAN))
}

/// Does this compiler compile and link a library for wasm32 that uses std?
fn works(rustc: Command) -> bool {
    link_probe(rustc).unwrap_or(false)
}

/// In a folder of its own: two compilers at once would tread on each other's files, and a good library would look bad.
fn link_probe(mut rustc: Command) -> Result<bool> {
    let folder = own_folder("wasm-probe");
    fs::create_dir_all(&folder)?;
    let mut child = rustc
        .args([
            "--edition",
            "2024",
            "--target",
            WASM_TARGET,
            "--crate-type",
            "cdylib",
        ])
        .args(["-C", "lto=fat", "-C", "embed-bitcode=yes", "-"])
        .arg("-o")
        .arg(folder.join("probe.wasm"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    child
        .stdin
        .take()
        .context("no stdin")?
        .write_all(PROBE.as_bytes())?;
    let status = child.wait()?;
    fs::remove_dir_all(&folder)?;
    Ok(status.success())
}

fn own_folder(purpose: &str) -> PathBuf {
    env::temp_dir().join(format!("friminutt-{purpose}-{}", std::process::id()))
}

fn compile_debian_library() -> Result<()> {
    announce("compiling the wasm32 standard library from Debian's source (once, about a minute)");
    let folder = own_folder("wasm-std");
    let result = compile_in(&folder).and_then(|compiled| put_in_place(&compiled));
    // Nothing depends on it any more, and /tmp is emptied anyway.
    let _ = fs::remove_dir_all(&folder);
    result.with_context(|| {
        format!("the library could not be put into {DEBIAN_LIBRARY} (it takes root)")
    })
}

/// An empty crate whose dependencies are the standard library; the result is the folder of what it depended on.
fn compile_in(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"wasm_std\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    let mut cargo = Command::new(DEBIAN_CARGO);
    for foreign in [
        "RUSTUP_TOOLCHAIN",
        "RUSTC_WRAPPER",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO",
    ] {
        cargo.env_remove(foreign);
    }
    cargo
        .current_dir(folder)
        .env("RUSTC", DEBIAN_RUSTC)
        // Building std is not stable; Debian's compiler is the one that its source belongs to.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_HOME", folder.join("home"))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .args([
            "build",
            "--quiet",
            "--offline",
            "--release",
            "--target",
            WASM_TARGET,
        ])
        .arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test")
        .args(["--config", "source.crates-io.replace-with=\"std-vendor\""])
        .args([
            "--config",
            &format!("source.std-vendor.directory=\"{DEBIAN_VENDORED}\""),
        ]);
    command::run(&mut cargo)?;
    Ok(folder.join("target").join(WASM_TARGET).join("release/deps"))
}

/// Copied beside, then renamed: a compiler at work beside us finds the old library or the new one.
fn put_in_place(compiled: &Path) -> Result<()> {
    let library = Path::new(DEBIAN_LIBRARY);
    let new = library.with_extension(format!("new-{}", std::process::id()));
    let old = library.with_extension(format!("old-{}", std::process::id()));
    fs::create_dir_all(&new)?;
    for entry in fs::read_dir(compiled)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_library = name.ends_with(".rlib") || name.ends_with(".rmeta");
        if is_library && !name.starts_with("libwasm_std-") {
            fs::copy(&path, new.join(&name))?;
        }
    }
    if library.exists() {
        fs::rename(library, &old)?;
        fs::rename(&new, library)?;
        return Ok(fs::remove_dir_all(&old)?);
    }
    Ok(fs::rename(&new, library)?)
}
