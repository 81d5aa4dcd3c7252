//! `cargo xtask tidy`: holds the source text against the rules of the house, in a second and without compiling.
//! Each check is a function from the project's files to what is wrong with them.

mod addresses;
mod glossary;
mod headers;
mod imports;
mod manifests;
mod migrations;
mod sizes;
mod source;
mod texts;

use anyhow::{Result, bail};
use source::Source;

use crate::project;

type Check = fn(&[Source]) -> Vec<String>;

const CHECKS: [Check; 8] = [
    addresses::check,
    glossary::check,
    headers::check,
    imports::check,
    manifests::check,
    migrations::check,
    sizes::check,
    texts::check,
];

pub fn tidy() -> Result<()> {
    let sources = source::read(&project::root())?;
    let findings: Vec<String> = CHECKS.iter().flat_map(|check| check(&sources)).collect();
    for finding in &findings {
        eprintln!("tidy: {finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => bail!("tidy found {count} to mend"),
    }
}
