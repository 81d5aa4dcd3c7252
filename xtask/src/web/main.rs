//! `xtask-web`: from the compiled client to the folder that the server embeds, and from that to the record of a release. Called by
//! `cargo xtask web` and `cargo xtask record-client` only.
//! A binary of its own, since wasm-bindgen takes over a minute to compile and must be compiled by one toolchain only.

mod bindgen;
mod bundle;
mod compressed;
mod folder;
mod record;
mod release;
mod split;
mod styles;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use bundle::Bundle;
use compressed::{Compressor, Sizes};

/// What a phone must fetch before it can work offline, brotli, all files but the desk's. 600 KiB is the figure to reach; this is
/// where it stands, so that nothing large comes in unseen.
const MAX_YARD_BYTES: usize = 900 * 1024;
/// The desk's too.
const MAX_SHIPPED_BYTES: usize = 1090 * 1024;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if let [word, web, file] = arguments.as_slice()
        && word == Path::new("record")
    {
        return record::record(web, file);
    }
    let [wasm, client, target, profile] = arguments.as_slice() else {
        bail!(
            "usage: xtask-web WASM CLIENT_FOLDER TARGET_FOLDER client|client-dev (start it by `cargo xtask web`), or xtask-web \
             record WEB_FOLDER FILE (by `cargo xtask record-client`)"
        );
    };
    let is_release = profile == Path::new("client");

    let bundle = collect(wasm, client, &target.join("web-split"))?;
    let compressor = Compressor::new(target.join("web-compressed"), is_release)?;
    let (files, sizes) = compressor.add_compressed(bundle.into_files())?;
    folder::replace(&target.join("web"), &files)?;
    report(&sizes);
    for (what, bytes, most) in [
        ("what a phone must fetch", sizes.yard_brotli, MAX_YARD_BYTES),
        ("the shipped client", sizes.brotli, MAX_SHIPPED_BYTES),
    ] {
        ensure!(
            !is_release || bytes <= most,
            "{what} is {} KiB (brotli), {} KiB at most: look at what was added last",
            bytes / 1024,
            most / 1024
        );
    }
    Ok(())
}

fn collect(wasm: &Path, client: &Path, split: &Path) -> Result<Bundle> {
    let mut bundle = Bundle::default();
    bindgen::add(&mut bundle, wasm, split)?;
    bundle.add_hashed("start.js", &read(&client.join("start.js"))?)?;
    bundle.add_hashed("style.css", &styles::join(&client.join("styles"))?)?;
    bundle.add_folder(&client.join("static"))?;
    let index = bundle.with_hashed_names(&read(&client.join("index.html"))?);
    bundle.check_references("client/index.html", &index)?;
    bundle.add("index.html", index.into_bytes());
    let worker = release::service_worker(&bundle, &read(&client.join("service_worker.js"))?)?;
    bundle.add("service_worker.js", worker.into_bytes());
    Ok(bundle)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn report(sizes: &Sizes) {
    println!(
        "web: {} files, {} KiB, {} KiB brotli, {} KiB of it for a phone in the yard",
        sizes.files,
        sizes.raw / 1024,
        sizes.brotli.div_ceil(1024),
        sizes.yard_brotli.div_ceil(1024)
    );
}
