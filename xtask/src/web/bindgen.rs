//! The JavaScript beside the client's wasm, made by wasm-bindgen, and both under hashed names.

use std::path::Path;

use anyhow::{Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::bundle::Bundle;

const NAME: &str = "client";
const WASM_NAME: &str = "client_bg.wasm";

pub fn add(bundle: &mut Bundle, wasm: &Path) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The library leaves out the wasm's default address unless told otherwise; the command puts it in.
        .omit_default_module_path(false)
        .generate_output()?;

    let hashed = bundle.add_hashed_bytes(WASM_NAME, output.wasm_mut().emit_wasm())?;
    let script = output.js();
    ensure!(
        script.contains(WASM_NAME),
        "wasm-bindgen's script no longer names {WASM_NAME}: see omit_default_module_path"
    );
    bundle.add_hashed("client.js", &script.replace(WASM_NAME, &hashed))?;
    add_snippets(bundle, &output);
    Ok(())
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
