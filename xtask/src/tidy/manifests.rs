//! Dependencies point one way: client -> shared <- server; `tests` may use all, `xtask` none. And every crate takes the
//! workspace's lints.

use super::source::Source;

/// Crates of the workspace, by the names that a manifest may use for them.
const OURS: [(&str, [&str; 2]); 4] = [
    ("shared", ["shared", "friminutt-shared"]),
    ("server", ["server", "friminutt-server"]),
    ("client", ["client", "friminutt-client"]),
    ("tests", ["tests", "friminutt-tests"]),
];
/// Which of them each crate may depend on.
const ALLOWED: [(&str, &[&str]); 5] = [
    ("shared/Cargo.toml", &[]),
    ("server/Cargo.toml", &["shared"]),
    ("client/Cargo.toml", &["shared"]),
    ("tests/Cargo.toml", &["shared", "server", "client"]),
    ("xtask/Cargo.toml", &[]),
];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, allowed) in ALLOWED {
        let Some(manifest) = sources.iter().find(|source| source.path == path) else {
            findings.push(format!("{path} is missing"));
            continue;
        };
        for (name, _) in OURS
            .iter()
            .filter(|(_, names)| depends_on(&manifest.text, names))
        {
            if !allowed.contains(name) {
                findings.push(format!(
                    "{path} must not depend on {name}: client -> shared <- server"
                ));
            }
        }
        if !manifest.text.contains("[lints]\nworkspace = true") {
            findings.push(format!("{path} must say [lints] workspace = true"));
        }
    }
    findings
}

fn depends_on(manifest: &str, names: &[&str]) -> bool {
    let mut is_dependencies = false;
    manifest.lines().any(|line| {
        if let Some(section) = line.strip_prefix('[') {
            is_dependencies = section.contains("dependencies");
        }
        let key = line.split(['=', '.']).next().unwrap_or_default().trim();
        is_dependencies && names.contains(&key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(client: &str) -> Vec<Source> {
        let lints = "[lints]\nworkspace = true\n";
        ALLOWED
            .iter()
            .map(|(path, _)| match *path {
                "client/Cargo.toml" => Source::new(path, &format!("{lints}{client}")),
                path => Source::new(path, lints),
            })
            .collect()
    }

    #[test]
    fn a_client_that_depends_on_the_server_is_found() {
        assert!(check(&workspace("[dependencies]\nshared.workspace = true\n")).is_empty());
        let findings = check(&workspace(
            "[dependencies]\nfriminutt-server = { path = \"../server\" }\n",
        ));
        assert_eq!(
            findings,
            ["client/Cargo.toml must not depend on server: client -> shared <- server"]
        );
    }

    #[test]
    fn a_feature_by_the_same_name_is_no_dependency() {
        assert!(check(&workspace("[features]\nserver = []\n")).is_empty());
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        let mut sources = workspace("");
        sources[0].text.clear();
        assert_eq!(
            check(&sources),
            ["shared/Cargo.toml must say [lints] workspace = true"]
        );
    }
}
