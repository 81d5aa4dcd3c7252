//! The client's modules and the JavaScript beside them, made by wasm-bindgen and the splitter, all under hashed names.

use std::path::Path;

use anyhow::{Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::bundle::Bundle;
use crate::split::{self, LOADER_NAME};

const NAME: &str = "client";
const SCRIPT_NAME: &str = "client.js";
const WASM_NAME: &str = "client_bg.wasm";
const DESK_NAME: &str = "desk.wasm";

/// `folder` is for what lies between; what is not part of a phone's release is told by `is_the_desks`.
pub fn add(bundle: &mut Bundle, wasm: &Path, folder: &Path) -> Result<()> {
    let split = split::split(wasm, SCRIPT_NAME, folder)?;
    let desk = bundle.add_hashed_bytes(DESK_NAME, split.desk)?;
    let mut output = Bindgen::new()
        .input_bytes(NAME, split.main)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The desk's module is linked by the table of functions.
        .keep_lld_exports(true)
        // The library leaves out the wasm's default address unless told otherwise; the command puts it in.
        .omit_default_module_path(false)
        .generate_output()?;

    let main = bundle.add_hashed_bytes(WASM_NAME, output.wasm_mut().emit_wasm())?;
    bundle.add_hashed_together([
        (SCRIPT_NAME, renamed(output.js(), WASM_NAME, &main)?),
        (
            LOADER_NAME,
            renamed(&split.loader, split::DESK_WASM, &desk)?,
        ),
    ])?;
    add_snippets(bundle, &output);
    Ok(())
}

/// Whether a file is fetched only when a page of the desk is opened.
pub fn is_the_desks(path: &str) -> bool {
    path.starts_with("desk-") && path.ends_with(".wasm")
}

fn renamed(script: &str, plain: &str, hashed: &str) -> Result<String> {
    ensure!(
        script.contains(plain),
        "the script no longer names {plain}: see omit_default_module_path and the splitter's names"
    );
    Ok(script.replace(plain, hashed))
}

/// JavaScript that crates bring along: its path already carries a hash of the crate, and the script above imports it.
fn add_snippets(bundle: &mut Bundle, output: &wasm_bindgen_cli_support::Output) {
    for (crate_name, inline) in output.snippets() {
        for (number, script) in inline.iter().enumerate() {
            bundle.add(
                &format!("snippets/{crate_name}/inline{number}.js"),
                script.clone().into_bytes(),
            );
        }
    }
    for (path, script) in output.local_modules() {
        bundle.add(&format!("snippets/{path}"), script.clone().into_bytes());
    }
}
