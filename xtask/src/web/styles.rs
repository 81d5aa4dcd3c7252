//! The style sheets, joined into one in the order of their file names.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

pub fn join(folder: &Path) -> Result<String> {
    let mut sheets: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    sheets.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    sheets.sort();

    let mut joined = String::new();
    for sheet in sheets {
        let text = fs::read_to_string(&sheet)?;
        refuse_remote(&text).with_context(|| sheet.display().to_string())?;
        joined.push_str(&text);
        joined.push('\n');
    }
    Ok(joined)
}

/// A phone in the yard has no network, and a third party has no business knowing who opened the page.
fn refuse_remote(text: &str) -> Result<()> {
    let text = text.replace("http://www.w3.org/2000/svg", "");
    for remote in [
        "http://", "https://", "url(//", "url(\"//", "url('//", "@import",
    ] {
        ensure!(
            !text.contains(remote),
            "a shipped style sheet must not contain {remote}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_addresses_are_refused_and_the_svg_namespace_is_not() {
        assert!(refuse_remote("a { background: url(/icons/a.svg) }").is_ok());
        assert!(
            refuse_remote("url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>\")")
                .is_ok()
        );
        assert!(refuse_remote("url(https://example.org/a.woff2)").is_err());
        assert!(refuse_remote("url(//example.org/a.woff2)").is_err());
        assert!(refuse_remote("@import 'other.css';").is_err());
    }
}
