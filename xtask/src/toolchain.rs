//! The Rust toolchain that builds the product: one that has the wasm32 standard library. The one that started
//! `cargo xtask` may be another. Everything is built by this one, the host's crates too, so that nothing is built twice.

use std::env;
use std::process::Command;

use crate::project;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

#[derive(Clone, Debug, PartialEq)]
pub struct Toolchain {
    /// A rustup toolchain by name, or none for whatever is active.
    rustup_name: Option<&'static str>,
}

impl Toolchain {
    pub const ACTIVE: Self = Self { rustup_name: None };

    pub const fn named(name: &'static str) -> Self {
        Self {
            rustup_name: Some(name),
        }
    }

    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = self.program("cargo");
        cargo.args(arguments).current_dir(project::root());
        if env::var_os("CI").is_some() {
            cargo.env("CARGO_INCREMENTAL", "0");
        }
        cargo
    }

    /// Builds or runs with clippy as the compiler of our own crates, every warning an error. What is built so is what is tested, and
    /// the dependencies are compiled once: clippy by itself would compile all of them another time.
    pub fn linted(&self, arguments: &[&str]) -> Command {
        let mut cargo = self.cargo(arguments);
        cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
        // As `cargo clippy -- -D warnings` says it to its driver.
        cargo.env(
            "CLIPPY_ARGS",
            ["-D", "warnings", ""].join("__CLIPPY_HACKERY__"),
        );
        cargo
    }

    pub fn rustc(&self) -> Command {
        self.program("rustc")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        // What the outer cargo says of xtask must not reach the inner one.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text == "CARGO"
                || text.starts_with("CARGO_PKG_")
                || text.starts_with("CARGO_MANIFEST_")
            {
                command.env_remove(&name);
            }
        }
        if let Some(name) = self.rustup_name {
            command.env("RUSTUP_TOOLCHAIN", name);
        }
        command
    }
}
