//! Every Rust file says first what lives in it.

use super::source::Source;

pub fn check(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.has_extension(&["rs"]) && !source.text.starts_with("//!"))
        .map(|source| {
            format!(
                "{} does not begin with a //! line that says what lives there",
                source.path
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_say_what_it_holds_is_found() {
        let silent = Source::new("shared/src/a.rs", "use std::fmt;\n");
        let speaking = Source::new("shared/src/b.rs", "//! Zones.\n");
        let findings = check(&[silent, speaking]);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].starts_with("shared/src/a.rs"));
    }
}
