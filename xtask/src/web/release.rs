//! What the service worker must know of the release it belongs to: its version and the files it consists of.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::bindgen::is_the_desks;
use crate::bundle::{Bundle, short_hash};

const MARKER: &str = "const RELEASE = { version: \"dev\", files: [], desk: [] };";

/// The worker's script with the release in place of the marker. The version covers every file, the script too:
/// a browser installs a new release when this script differs by a byte.
pub fn service_worker(bundle: &Bundle, script: &str) -> Result<String> {
    ensure!(
        script.lines().filter(|line| *line == MARKER).count() == 1,
        "client/service_worker.js must have one line that reads exactly: {MARKER}"
    );
    let (desk, files): (Vec<&String>, Vec<&String>) =
        bundle.files().keys().partition(|path| is_the_desks(path));
    let urls = |paths: Vec<&String>| paths.into_iter().map(|path| url(path)).collect::<Vec<_>>();
    let version = version(bundle, script);
    let release = json!({ "version": version, "files": urls(files), "desk": urls(desk) });
    Ok(script.replace(MARKER, &format!("const RELEASE = {release};")))
}

fn url(path: &str) -> String {
    match path {
        "index.html" => "/".to_owned(),
        path => format!("/{path}"),
    }
}

fn version(bundle: &Bundle, script: &str) -> String {
    let mut everything = Vec::from(script);
    for (path, content) in bundle.files() {
        everything.extend(format!("\n{path} {}", short_hash(content)).into_bytes());
    }
    short_hash(&everything)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle_with(page: &str) -> Bundle {
        let mut bundle = Bundle::default();
        bundle.add("index.html", page.into());
        bundle.add("icon.svg", Vec::new());
        bundle
    }

    #[test]
    fn the_worker_gets_its_version_and_files() {
        let script = format!("\"use strict\";\n{MARKER}\nself.x = RELEASE;\n");
        let made = service_worker(&bundle_with("a"), &script).unwrap();
        assert!(made.contains(r#""files":["/icon.svg","/"]"#), "{made}");
        assert!(!made.contains("\"dev\""));
    }

    #[test]
    fn the_desk_is_no_part_of_what_a_phone_must_have() {
        let mut bundle = bundle_with("a");
        bundle.add("desk-0123456789abcdef.wasm", Vec::new());
        let made = service_worker(&bundle, MARKER).unwrap();
        assert!(
            made.contains(r#""desk":["/desk-0123456789abcdef.wasm"]"#),
            "{made}"
        );
        assert!(made.contains(r#""files":["/icon.svg","/"]"#), "{made}");
    }

    #[test]
    fn any_changed_file_is_a_new_version() {
        let script = format!("{MARKER}\n");
        let one = service_worker(&bundle_with("one"), &script).unwrap();
        let two = service_worker(&bundle_with("two"), &script).unwrap();
        assert_ne!(one, two);
    }

    #[test]
    fn a_worker_without_the_marker_is_refused() {
        assert!(service_worker(&bundle_with("a"), "const RELEASE = {};").is_err());
    }
}
