//! The shipped files by their paths, and the names that carry a hash of what is in them (`start-0123456789abcdef.js`).
//! Sources refer to each other by the plain name from the root (`"/start.js"`), which is replaced by the hashed one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// Enough to tell releases apart; nobody chooses these names to collide.
const HASH_DIGITS: usize = 16;

#[derive(Default)]
pub struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
    hashed_names: BTreeMap<String, String>,
}

impl Bundle {
    pub fn add(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(path.to_owned(), content);
    }

    /// Adds a text that may name earlier files, under a name with its hash.
    pub fn add_hashed(&mut self, name: &str, text: &str) -> Result<String> {
        let text = self.with_hashed_names(text);
        self.add_hashed_bytes(name, text.into_bytes())
    }

    pub fn add_hashed_bytes(&mut self, name: &str, content: Vec<u8>) -> Result<String> {
        let hashed = self.give_name(name, &short_hash(&content))?;
        self.add(&hashed, content);
        Ok(hashed)
    }

    /// Adds scripts that import each other (`from "./client.js"`): one hash of all stands in every name, since none can be first.
    pub fn add_hashed_together<const COUNT: usize>(
        &mut self,
        scripts: [(&str, String); COUNT],
    ) -> Result<()> {
        let everything: String = scripts.iter().map(|(_, script)| script.as_str()).collect();
        let hash = short_hash(everything.as_bytes());
        // Not any mention: the module's own imports are called by the plain name.
        let from = |name: &str| format!("from \"./{name}\"");
        let mut names = Vec::new();
        for (name, _) in &scripts {
            names.push((from(name), self.give_name(name, &hash)?));
        }
        for ((_, script), (_, own_name)) in scripts.iter().zip(&names) {
            let script = names
                .iter()
                .fold(script.clone(), |script, (plain, hashed)| {
                    script.replace(plain, &from(hashed))
                });
            self.add(own_name, script.into_bytes());
        }
        Ok(())
    }

    fn give_name(&mut self, name: &str, hash: &str) -> Result<String> {
        let (stem, extension) = name
            .rsplit_once('.')
            .context("a shipped file needs an extension")?;
        let hashed = format!("{stem}-{hash}.{extension}");
        self.hashed_names.insert(name.to_owned(), hashed.clone());
        Ok(hashed)
    }

    /// Adds every file below `folder`, by its path from there.
    pub fn add_folder(&mut self, folder: &Path) -> Result<()> {
        self.add_folder_at(folder, "")
    }

    fn add_folder_at(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in
            fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.add_folder_at(&entry.path(), &format!("{path}/"))?;
            } else {
                self.add(&path, fs::read(entry.path())?);
            }
        }
        Ok(())
    }

    pub fn with_hashed_names(&self, text: &str) -> String {
        self.hashed_names
            .iter()
            .fold(text.to_owned(), |text, (plain, hashed)| {
                text.replace(&format!("\"/{plain}\""), &format!("\"/{hashed}\""))
            })
    }

    /// Every `="/path"` of an HTML text must be a shipped file: a missing one would be answered with the page itself.
    pub fn check_references(&self, name: &str, html: &str) -> Result<()> {
        for reference in html
            .split("=\"/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            ensure!(
                reference.is_empty() || self.files.contains_key(reference),
                "{name} refers to /{reference}, which is neither built nor in client/static"
            );
        }
        Ok(())
    }

    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.files
    }
}

pub fn short_hash(content: &[u8]) -> String {
    let mut hash = hex(&Sha256::digest(content));
    hash.truncate(HASH_DIGITS);
    hash
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_gets_the_name_that_carries_the_hash() {
        let mut bundle = Bundle::default();
        let hashed = bundle.add_hashed("client.js", "export {}").unwrap();
        assert!(hashed.starts_with("client-") && hashed.len() == "client-.js".len() + HASH_DIGITS);
        assert_eq!(
            bundle.with_hashed_names("import \"/client.js\";"),
            format!("import \"/{hashed}\";")
        );
    }

    #[test]
    fn a_change_below_reaches_the_names_above() {
        let name_of_start = |client: &str| {
            let mut bundle = Bundle::default();
            bundle.add_hashed("client.js", client).unwrap();
            bundle
                .add_hashed("start.js", "import \"/client.js\";")
                .unwrap()
        };
        assert_ne!(name_of_start("one"), name_of_start("two"));
    }

    #[test]
    fn scripts_that_import_each_other_change_their_names_together() {
        let files_with = |one: &str| {
            let mut bundle = Bundle::default();
            let two = "import { one } from \"./one.js\";".to_owned();
            let one = format!("import * as two from \"./two.js\"; ({{\"./two.js\": two}}); {one}");
            bundle
                .add_hashed_together([("one.js", one), ("two.js", two)])
                .unwrap();
            bundle.into_files()
        };
        let (before, after) = (files_with("1"), files_with("2"));
        assert!(before.keys().all(|name| !after.contains_key(name)));
        let [one, two]: [&String; 2] = before.keys().collect::<Vec<_>>().try_into().unwrap();
        let script = |name: &String| String::from_utf8_lossy(&before[name]).into_owned();
        assert_eq!(script(two), format!("import {{ one }} from \"./{one}\";"));
        assert!(script(one).contains(&format!("from \"./{two}\"; ({{\"./two.js\": two}})")));
    }

    #[test]
    fn a_page_that_names_a_missing_file_is_refused() {
        let mut bundle = Bundle::default();
        bundle.add("icon.svg", Vec::new());
        assert!(
            bundle
                .check_references("index.html", "<a href=\"/\"><img src=\"/icon.svg\">")
                .is_ok()
        );
        let refusal = bundle
            .check_references("index.html", "<img src=\"/gone.svg\">")
            .unwrap_err();
        assert!(refusal.to_string().contains("/gone.svg"));
    }
}
