//! Every text exists in all three languages. The compiler checks it too; this is quick, and names what is missing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::source::{self, Source};

const LOCALES: [&str; 3] = [
    "client/locales/nb.json",
    "client/locales/nn.json",
    "client/locales/en.json",
];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut keys_of = Vec::new();
    for path in LOCALES {
        match keys(sources, path) {
            Ok(keys) => keys_of.push((path, keys)),
            Err(finding) => findings.push(finding),
        }
    }
    let all: BTreeSet<String> = keys_of.iter().flat_map(|(_, keys)| keys.clone()).collect();
    for (path, keys) in &keys_of {
        findings.extend(
            all.difference(keys)
                .map(|key| format!("{path} lacks the text {key}")),
        );
    }
    findings
}

fn keys(sources: &[Source], path: &str) -> Result<BTreeSet<String>, String> {
    let source = source::find(sources, path).ok_or_else(|| format!("{path} is missing"))?;
    let texts: Value =
        serde_json::from_str(&source.text).map_err(|cause| format!("{path}: {cause}"))?;
    let mut keys = BTreeSet::new();
    collect("", &texts, &mut keys);
    Ok(keys)
}

fn collect(prefix: &str, texts: &Value, keys: &mut BTreeSet<String>) {
    match texts {
        Value::Object(fields) => {
            for (name, value) in fields {
                let separator = if prefix.is_empty() { "" } else { "." };
                collect(&format!("{prefix}{separator}{name}"), value, keys);
            }
        }
        _ => {
            keys.insert(prefix.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_one_language_lacks_is_found() {
        let whole = r#"{"log": {"saved": "Lagret", "undo": "Angre"}}"#;
        let sources = [
            Source::new(LOCALES[0], whole),
            Source::new(LOCALES[1], r#"{"log": {"saved": "Lagra"}}"#),
            Source::new(LOCALES[2], whole),
        ];
        assert_eq!(
            check(&sources),
            ["client/locales/nn.json lacks the text log.undo"]
        );
    }

    #[test]
    fn a_missing_or_broken_language_is_found() {
        let sources = [Source::new(LOCALES[0], "{}"), Source::new(LOCALES[1], "{")];
        let findings = check(&sources);
        assert!(
            findings[0].starts_with("client/locales/nn.json: "),
            "{findings:?}"
        );
        assert_eq!(findings[1], "client/locales/en.json is missing");
    }
}
