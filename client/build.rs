//! Makes the `i18n` module out of `locales/*.json`. A text that one language lacks, or has too many, fails the build.

use std::error::Error;
use std::path::PathBuf;

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").as_deref() == Ok("wasm") {
        // What takes the desk's pages out of the module must know what refers to what.
        println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
    }
    let config = Config::new("nb")?
        .add_locales(["nn", "en"])?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let locales = parse_locales(None, config)?;
    let warnings = locales.diag.warnings();
    for warning in warnings.iter() {
        println!("cargo::error={warning}");
    }
    for error in locales.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let module = leptos_i18n_codegen::gen_code(&locales, None, false, None, false)?;
    let path = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n.rs");
    std::fs::write(path, module.to_string())?;
    Ok(())
}
