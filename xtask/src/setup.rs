//! Everything that a fresh machine lacks.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::announce;
use crate::toolchain::Toolchain;
use crate::{chromium, npm, postgres, pypi, wasm_target};

/// What the journeys in a browser need besides the product.
pub struct Browser {
    pub axe: PathBuf,
}

pub fn setup() -> Result<()> {
    toolchain()?;
    postgres::programs()?;
    openid_provider()?;
    mail_server()?;
    browser()?;
    announce("everything is there");
    Ok(())
}

pub fn toolchain() -> Result<Toolchain> {
    announce("looking for the wasm32 standard library");
    wasm_target::set_up()
}

pub fn browser() -> Result<Browser> {
    announce("looking for Chromium, its driver and axe-core");
    chromium::set_up()?;
    Ok(Browser { axe: npm::axe()? })
}

/// What mail is sent through in the tests.
pub fn mail_server() -> Result<PathBuf> {
    announce("looking for a mail server");
    pypi::mail_server()
}

/// What people sign in at in the tests.
pub fn openid_provider() -> Result<PathBuf> {
    announce("looking for an OpenID provider");
    npm::openid_provider()
}
