//! One word per idea: the glossary's code names and the public types of `shared/src/domain` are the same set.
//! A row whose last cell is "later" names what does not exist yet.

use super::source::{self, Source};

const GLOSSARY: &str = "GLOSSARY.md";
const DOMAIN: &str = "shared/src/domain";
const CODE_NAME: &str = "code name";
const LATER: &str = "later";

pub fn check(sources: &[Source]) -> Vec<String> {
    let Some(glossary) = source::find(sources, GLOSSARY) else {
        return vec![format!("{GLOSSARY} is missing")];
    };
    let types: Vec<Type> = sources
        .iter()
        .filter(|source| source.is_below(&[DOMAIN]) && source.has_extension(&["rs"]))
        .flat_map(types_of)
        .collect();
    let mentioned = quoted(&glossary.text);
    let unexplained = types
        .iter()
        .filter(|found| !mentioned.iter().any(|code| type_name(code) == found.name))
        .map(|found| {
            format!(
                "{GLOSSARY} does not explain `{}` of {}",
                found.name, found.source.path
            )
        });
    let missing = code_names(&glossary.text).into_iter().filter(|code| !exists(code, &types)).map(|code| {
        format!("{GLOSSARY} names `{code}`, which is no public type of {DOMAIN}: build it, or end its row with \"{LATER}\"")
    });
    unexplained.chain(missing).collect()
}

struct Type<'a> {
    name: &'a str,
    source: &'a Source,
}

fn types_of(source: &Source) -> Vec<Type<'_>> {
    source
        .code()
        .filter_map(|(_, line)| {
            // Indented: the macros of the domain take whole type declarations.
            let line = line.trim_start();
            line.strip_prefix("pub struct ")
                .or_else(|| line.strip_prefix("pub enum "))
        })
        .map(|rest| Type {
            name: first_word(rest),
            source,
        })
        // `$name` in the macros themselves.
        .filter(|found| !found.name.is_empty())
        .collect()
}

/// What stands in backticks, in the order of the text.
fn quoted(text: &str) -> Vec<&str> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect()
}

/// The code names of the rows that are not for later.
fn code_names(text: &str) -> Vec<&str> {
    let mut column = None;
    let mut names = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = match line
            .trim()
            .strip_prefix('|')
            .and_then(|row| row.strip_suffix('|'))
        {
            Some(row) => row.split('|').map(str::trim).collect(),
            None => {
                column = None;
                continue;
            }
        };
        match column {
            None => column = cells.iter().position(|cell| *cell == CODE_NAME),
            Some(column) if cells.last() != Some(&LATER) => {
                names.extend(cells.get(column).copied().map(quoted).unwrap_or_default());
            }
            Some(_) => {}
        }
    }
    names
}

/// `Type` exists, or `Type::Variant` or `Type::{One, Two}` with words that stand in the type's file.
fn exists(code: &str, types: &[Type]) -> bool {
    let Some(found) = types.iter().find(|found| found.name == type_name(code)) else {
        return false;
    };
    let variants = code.split_once("::").map_or("", |(_, variants)| variants);
    variants
        .split(|letter: char| !is_word(letter))
        .filter(|variant| !variant.is_empty())
        .all(|variant| {
            found
                .source
                .text
                .split(|letter: char| !is_word(letter))
                .any(|word| word == variant)
        })
}

fn type_name(code: &str) -> &str {
    first_word(code)
}

fn first_word(text: &str) -> &str {
    text.split(|letter: char| !is_word(letter))
        .next()
        .unwrap_or_default()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "| norsk | code name | meaning | when |\n|---|---|---|---|\n";

    fn findings(rows: &str, code: &str) -> Vec<String> {
        check(&[
            Source::new(GLOSSARY, &format!("{HEAD}{rows}")),
            Source::new("shared/src/domain/entry.rs", code),
        ])
    }

    #[test]
    fn a_type_that_the_glossary_does_not_explain_is_found() {
        let code = "pub struct Entry {\n}\npub enum Part {\n    Alone,\n}\nstruct Hidden;\n";
        let found = findings("| loggføring | `Entry` | one situation | |\n", code);
        assert_eq!(
            found,
            ["GLOSSARY.md does not explain `Part` of shared/src/domain/entry.rs"]
        );
    }

    #[test]
    fn a_variant_explains_its_type_and_must_exist() {
        let code = "pub enum Part {\n    Alone,\n    Exposed,\n}\n";
        assert!(findings("| alene | `Part::Alone` | alone | |\n", code).is_empty());
        assert!(findings("| alene | `Part::{Alone, Exposed}` | both | |\n", code).is_empty());
        assert_eq!(
            findings("| offer | `Part::Victim` | no | |\n", code).len(),
            1
        );
    }

    #[test]
    fn a_row_may_be_for_later() {
        assert_eq!(findings("| sak | `Case` | a case | now |\n", "").len(), 1);
        assert!(findings("| sak | `Case` | a case | later |\n", "").is_empty());
    }

    #[test]
    fn words_in_backticks_outside_the_table_explain_and_demand_nothing() {
        assert!(findings("\nSee `Entry` and `not_a_type`.\n", "pub struct Entry;\n").is_empty());
    }
}
