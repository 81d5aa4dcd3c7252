//! A released client as one file, for the journey in which it meets a later server (`tests/src/release.rs` reads it): of each file
//! that was made, not compressed, a line with its length and path and then its bytes; all of it brotli.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::bundle::Bundle;
use crate::compressed::{BROTLI_BEST, brotli_of};

/// Writes what is in a folder of the web build into a file.
pub fn record(web: &Path, file: &Path) -> Result<()> {
    let mut bundle = Bundle::default();
    bundle.add_folder(web)?;
    let files = without_compressed(bundle.into_files());
    ensure!(
        files.contains_key("index.html"),
        "{} holds no client",
        web.display()
    );
    name_no_machine(&files, &places())?;
    let recorded = brotli_of(&joined(&files), BROTLI_BEST)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, recorded).with_context(|| format!("cannot write {}", file.display()))
}

fn without_compressed(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let is_made_of_another = |path: &str| {
        let plain = path.strip_suffix(".br").or(path.strip_suffix(".gz"));
        plain.is_some_and(|plain| files.contains_key(plain))
    };
    let all = files.clone().into_iter();
    all.filter(|(path, _)| !is_made_of_another(path)).collect()
}

fn joined(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut all = Vec::new();
    for (path, content) in files {
        all.extend(format!("{} {path}\n", content.len()).into_bytes());
        all.extend(content);
    }
    all
}

/// Where this machine keeps what the client is made of, and where it has it from.
fn places() -> Vec<PathBuf> {
    let home = env::home_dir();
    let of_cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let of_cargo = of_cargo.or_else(|| Some(home.as_ref()?.join(".cargo")));
    let sources = of_cargo.clone().unwrap_or_default().join("registry/src");
    let registries = fs::read_dir(sources).into_iter().flatten().flatten();
    let registries = registries.map(|it| PathBuf::from(it.file_name()));
    let folders = [home, of_cargo, env::current_dir().ok()];
    folders.into_iter().flatten().chain(registries).collect()
}

/// What is kept for ever tells nobody where it was made.
fn name_no_machine(files: &BTreeMap<String, Vec<u8>>, places: &[PathBuf]) -> Result<()> {
    for place in places.iter().filter(|place| place.parent().is_some()) {
        let name = format!("{}/", place.display());
        for (path, content) in files {
            let is_named = content
                .windows(name.len())
                .any(|some| some == name.as_bytes());
            ensure!(
                !is_named,
                "{path} names {name}: build it with cargo xtask web"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        let owned = all.iter().map(|(path, it)| ((*path).into(), (*it).into()));
        owned.collect()
    }

    #[test]
    fn what_is_made_of_another_file_is_left_out() {
        let all = files(&[
            ("a.js", "a"),
            ("a.js.br", ""),
            ("a.js.gz", ""),
            ("b.br", "b"),
        ]);
        let plain = without_compressed(all);
        assert_eq!(plain, files(&[("a.js", "a"), ("b.br", "b")]));
        assert_eq!(joined(&plain), b"1 a.js\na1 b.br\nb");
    }

    #[test]
    fn a_client_that_names_a_place_of_the_machine_is_refused() {
        let places = [PathBuf::from("/srv/kari"), PathBuf::from("/")];
        let named = files(&[("a.wasm", "x/srv/kari/.cargo/y")]);
        assert!(name_no_machine(&named, &places).is_err());
        let clean = files(&[("a.wasm", "crates/srv/ola/srv/karianne")]);
        assert!(name_no_machine(&clean, &places).is_ok());
    }
}
