//! Every migration exists for both databases, under the same file name.

use std::collections::BTreeSet;

use super::source::Source;

const SQLITE: &str = "migrations/sqlite/";
const POSTGRES: &str = "migrations/postgres/";

pub fn check(sources: &[Source]) -> Vec<String> {
    let sqlite = names_below(sources, SQLITE);
    let postgres = names_below(sources, POSTGRES);
    let lacks = |folder: &str, name: &&str| format!("{folder}{name} is missing: its twin exists");
    let mut findings: Vec<String> = sqlite
        .difference(&postgres)
        .map(|name| lacks(POSTGRES, name))
        .collect();
    findings.extend(postgres.difference(&sqlite).map(|name| lacks(SQLITE, name)));
    findings
}

fn names_below<'a>(sources: &'a [Source], folder: &str) -> BTreeSet<&'a str> {
    sources
        .iter()
        .filter_map(|source| source.path.strip_prefix(folder))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_for_one_database_only_is_found() {
        let both = [
            Source::new("migrations/sqlite/0001_schools.sql", ""),
            Source::new("migrations/postgres/0001_schools.sql", ""),
        ];
        assert!(check(&both).is_empty());
        assert_eq!(
            check(&both[..1]),
            ["migrations/postgres/0001_schools.sql is missing: its twin exists"]
        );
        assert_eq!(
            check(&both[1..]),
            ["migrations/sqlite/0001_schools.sql is missing: its twin exists"]
        );
    }
}
