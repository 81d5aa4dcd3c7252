//! The project's own text files, and the ways the checks look at them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const FOREIGN_FOLDERS: [&str; 3] = [".git", "target", "node_modules"];

pub struct Source {
    /// From the root, with `/` between folders.
    pub path: String,
    pub text: String,
}

impl Source {
    #[cfg(test)]
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    pub fn is_below(&self, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| self.path.starts_with(prefix))
    }

    /// The numbered lines of Rust code without comments, up to the unit tests at the end of the file.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self
            .text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line));
        numbered
            .take_while(|(_, line)| *line != "#[cfg(test)]")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// A file of tests only, which may use what the code beside it may not.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }
}

pub fn find<'a>(sources: &'a [Source], path: &str) -> Option<&'a Source> {
    sources.iter().find(|source| source.path == path)
}

pub fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    read_folder(root, "", &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn read_folder(folder: &Path, prefix: &str, sources: &mut Vec<Source>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            if !FOREIGN_FOLDERS.contains(&name.as_str()) {
                read_folder(&entry.path(), &format!("{path}/"), sources)?;
            }
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            // What is no UTF-8 is no text: pictures, and rosters in other encodings.
            sources.push(Source { path, text });
        }
    }
    Ok(())
}
