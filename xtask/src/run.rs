//! Starts the product with an invented school in it, from nothing, and leaves its address and log-ins in view.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, announce};
use crate::toolchain::Toolchain;
use crate::web::{self, Profile};
use crate::{project, setup};

#[derive(Default)]
struct Options {
    port: Option<u16>,
    database: Option<String>,
    is_fresh: bool,
}

pub fn run(arguments: &[String]) -> Result<()> {
    let options = parse(arguments)?;
    let toolchain = setup::toolchain()?;
    web::build(&toolchain, Profile::Shipped, Toolchain::cargo)?;
    announce("building the server");
    command::run(&mut toolchain.cargo(&["build", "--release", "--package=friminutt-server"]))?;

    let data = project::target().join("demo");
    if options.is_fresh && data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("cannot empty {}", data.display()))?;
    }
    announce("starting Friminutt (Ctrl-C ends it)");
    let mut server = Command::new(project::target().join("release/friminutt"));
    server.args(["serve", "--demo", "--data"]).arg(&data);
    if let Some(port) = options.port {
        server.args(["--listen", &format!("127.0.0.1:{port}")]);
    }
    if let Some(database) = options.database {
        server.args(["--database", &database]);
    }
    command::run(&mut server)
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--port" => {
                let port = words.next().context("--port takes a number")?;
                options.port = Some(
                    port.parse()
                        .with_context(|| format!("{port} is not a port"))?,
                );
            }
            "--database" => {
                options.database = Some(words.next().context("--database takes a URL")?.clone())
            }
            "--fresh" => options.is_fresh = true,
            other => {
                bail!("run does not know {other}; it takes --port N, --database URL and --fresh")
            }
        }
    }
    Ok(options)
}
