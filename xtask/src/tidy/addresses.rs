//! The shipped pages ask no third party for anything, and no file tells on whose machine it was written.

use super::source::Source;

const SHIPPED: [&str; 4] = [
    "client/styles/",
    "client/index.html",
    "client/start.js",
    "client/service_worker.js",
];
const REMOTE: [&str; 2] = ["http://", "https://"];
/// A name, not an address: nothing is fetched.
const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// Written in two halves, so that this file does not find itself.
const MACHINE_PATHS: [&str; 4] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let is_shipped = source.is_below(&SHIPPED);
        for (index, line) in source.text.lines().enumerate() {
            let place = format!("{}:{}", source.path, index + 1);
            if is_shipped
                && REMOTE
                    .iter()
                    .any(|remote| line.replace(SVG_NAMESPACE, "").contains(remote))
            {
                findings.push(format!(
                    "{place} names a remote address, which a phone without network cannot reach"
                ));
            }
            if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
                findings.push(format!("{place} names a path of one machine: {path}"));
            }
        }
    }
    findings
}

/// Only at the beginning of a path: a folder of ours may bear the same name.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_-.}/".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_address_in_a_style_sheet_is_found() {
        let remote = Source::new(
            "client/styles/a.css",
            "a { background: url(https://example.org/a.svg) }",
        );
        assert_eq!(check(&[remote]).len(), 1);
        let namespace = Source::new(
            "client/styles/a.css",
            "url(\"data:,xmlns='http://www.w3.org/2000/svg'\")",
        );
        assert!(check(&[namespace]).is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let path = concat!("see /ho", "me/kari/notes");
        assert_eq!(check(&[Source::new("README.md", path)]).len(), 1);
        let relative = concat!("see docs/ho", "me/notes");
        assert!(check(&[Source::new("README.md", relative)]).is_empty());
    }
}
