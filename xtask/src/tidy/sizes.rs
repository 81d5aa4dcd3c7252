//! A file is about one noun. What is longer stands here with its length, which may only fall.

use super::source::Source;

const MAX_LINES: usize = 500;
const EXCEPTIONS: &[(&str, usize)] = &[];

pub fn check(sources: &[Source]) -> Vec<String> {
    check_against(sources, EXCEPTIONS)
}

fn check_against(sources: &[Source], exceptions: &[(&str, usize)]) -> Vec<String> {
    let code = sources
        .iter()
        .filter(|source| source.has_extension(&["rs", "js", "css"]));
    let mut findings: Vec<String> = code
        .filter_map(|source| finding(source, exceptions))
        .collect();
    for (path, _) in exceptions {
        if !sources.iter().any(|source| source.path == *path) {
            findings.push(format!(
                "xtask/src/tidy/sizes.rs excepts {path}, which is gone: take it out"
            ));
        }
    }
    findings
}

fn finding(source: &Source, exceptions: &[(&str, usize)]) -> Option<String> {
    let path = &source.path;
    let lines = source.text.lines().count();
    let excepted = exceptions
        .iter()
        .find(|(excepted, _)| excepted == path)
        .map(|(_, lines)| *lines);
    match excepted {
        None if lines > MAX_LINES => Some(format!(
            "{path} has {lines} lines, {MAX_LINES} at most: split it"
        )),
        Some(_) if lines <= MAX_LINES => Some(format!(
            "{path} is short again: take it out of xtask/src/tidy/sizes.rs"
        )),
        Some(limit) if lines > limit => Some(format!(
            "{path} has grown from {limit} to {lines} lines: split it"
        )),
        Some(limit) if lines < limit => Some(format!(
            "{path} has {lines} lines: lower {limit} in xtask/src/tidy/sizes.rs"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of(lines: usize) -> Source {
        Source::new("server/src/a.rs", &"\n".repeat(lines))
    }

    #[test]
    fn only_long_files_are_found() {
        assert!(check_against(&[file_of(MAX_LINES)], &[]).is_empty());
        assert_eq!(check_against(&[file_of(MAX_LINES + 1)], &[]).len(), 1);
    }

    #[test]
    fn an_excepted_length_may_only_fall() {
        let exceptions = [("server/src/a.rs", 700)];
        assert!(check_against(&[file_of(700)], &exceptions).is_empty());
        assert!(check_against(&[file_of(701)], &exceptions)[0].contains("grown"));
        assert!(check_against(&[file_of(699)], &exceptions)[0].contains("lower 700"));
        assert!(check_against(&[file_of(400)], &exceptions)[0].contains("take it out"));
        assert!(check_against(&[], &exceptions)[0].contains("gone"));
    }
}
