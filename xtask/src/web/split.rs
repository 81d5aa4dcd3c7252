//! Takes the desk's pages (`client/src/desk.rs`) out of the compiled client: what a phone in the yard needs stays in the main
//! module, and what only the desk reaches is fetched when a page of the desk is opened.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// The script that fetches the desk's module; the main module's script imports it.
pub const LOADER_NAME: &str = "desk.js";
/// As the loader calls the desk's module.
pub const DESK_WASM: &str = "split_desk.wasm";
const MAIN_WASM: &str = "main.wasm";

pub struct Split {
    /// Still to go through wasm-bindgen.
    pub main: Vec<u8>,
    pub desk: Vec<u8>,
    pub loader: String,
}

/// `main_script` is the script that wasm-bindgen will make, as the loader imports it; `folder` is for what lies between.
pub fn split(wasm: &Path, main_script: &str, folder: &Path) -> Result<Split> {
    let compiled = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let main = folder.join(MAIN_WASM);
    let main_script = format!("./{main_script}");
    let loader = format!("./{LOADER_NAME}");
    let mut options = Options::new(&compiled);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = &main_script;
    options.link_name = &loader;
    let split = transform(options).map_err(|failure| anyhow!("{failure:#}"))?;
    ensure!(
        split.split_modules == [folder.join(DESK_WASM)],
        "one module beside the main one is expected, not {:?}",
        split.split_modules
    );
    Ok(Split {
        main: fs::read(&main)?,
        desk: shortened(&fs::read(folder.join(DESK_WASM))?)?,
        loader: fs::read_to_string(folder.join(LOADER_NAME))?,
    })
}

/// The same module without the names of its functions, and with its numbers no longer than they need be: what links it leaves room.
fn shortened(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut config = walrus::ModuleConfig::new();
    config
        .generate_name_section(false)
        .generate_producers_section(false);
    let mut module = config
        .parse(wasm)
        .map_err(|failure| anyhow!("{failure:#}"))?;
    Ok(module.emit_wasm())
}
