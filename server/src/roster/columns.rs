//! Which column holds what, by the names that school systems give them.

use shared::api::{RosterProblem, RosterProblemCode};

const GIVEN: &[&str] = &[
    "fornavn",
    "fornamn",
    "elevfornavn",
    "elevensfornavn",
    "firstname",
    "givenname",
];
const MIDDLE: &[&str] = &["mellomnavn", "mellomnamn", "middlename"];
const FAMILY: &[&str] = &[
    "etternavn",
    "etternamn",
    "elevetternavn",
    "elevensetternavn",
    "lastname",
    "familyname",
];
/// One column with the whole name, as `Etternavn, Fornavn` or `Fornavn Etternavn`.
const WHOLE: &[&str] = &["navn", "namn", "elev", "elevnavn", "elevensnavn", "name"];
const CLASS: &[&str] = &[
    "klasse",
    "klassenavn",
    "gruppe",
    "gruppenavn",
    "basisgruppe",
    "hovedgruppe",
    "kontaktlærergruppe",
    "class",
];
const GRADE: &[&str] = &[
    "trinn",
    "årstrinn",
    "klassetrinn",
    "steg",
    "årssteg",
    "grade",
];
const ID: &[&str] = &[
    "elevid",
    "elevnummer",
    "elevnr",
    "id",
    "eksternid",
    "externalid",
    "fødselsnummer",
    "fødselsnr",
    "personnummer",
    "fnr",
];

/// A column and the name that the file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub at: usize,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameColumns {
    Parted {
        given: Column,
        middle: Option<Column>,
        family: Column,
    },
    Whole(Column),
}

/// What was found in the head of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    pub name: NameColumns,
    pub class: Option<Column>,
    pub grade: Option<Column>,
    pub id: Option<Column>,
}

/// Finds the columns, or tells which is missing. Columns of no use here are passed over.
pub fn find<'a>(
    head: impl IntoIterator<Item = &'a str>,
    line: u32,
) -> Result<Columns, RosterProblem> {
    let cells: Vec<(String, &str)> = head
        .into_iter()
        .map(|cell| (key(cell), cell.trim()))
        .collect();
    let column = |names: &[&str]| {
        let at = cells
            .iter()
            .position(|(key, _)| names.contains(&key.as_str()))?;
        Some(Column {
            at,
            name: cells[at].1.chars().take(super::MAX_CLASS_CHARS).collect(),
        })
    };
    let missing = |name: &str| RosterProblem {
        line,
        code: RosterProblemCode::MissingColumn,
        column: name.to_owned(),
    };
    let name = match (column(GIVEN), column(FAMILY), column(WHOLE)) {
        (Some(given), Some(family), _) => NameColumns::Parted {
            given,
            middle: column(MIDDLE),
            family,
        },
        (None, None, Some(whole)) => NameColumns::Whole(whole),
        (None, _, _) => return Err(missing("Fornavn")),
        (_, None, _) => return Err(missing("Etternavn")),
    };
    match (column(CLASS), column(GRADE)) {
        (None, None) => Err(missing("Klasse")),
        (class, grade) => Ok(Columns {
            name,
            class,
            grade,
            id: column(ID),
        }),
    }
}

/// `Elev-ID`, `elev_id` and `ELEV ID` are the same.
fn key(cell: &str) -> String {
    cell.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(super::MAX_NAME_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(found: Option<Column>) -> Option<usize> {
        found.map(|column| column.at)
    }

    #[test]
    fn each_systems_head_is_understood() {
        let heads: [(&[&str], [Option<usize>; 3]); 4] = [
            (
                &["Elev-ID", "Etternavn", "Fornavn", "Basisgruppe", "Trinn"],
                [Some(3), Some(4), Some(0)],
            ),
            (&["FORNAVN", "ETTERNAVN", "KLASSE"], [Some(2), None, None]),
            (&["Namn", "Årssteg", "Gruppe"], [Some(2), Some(1), None]),
            (
                &[
                    "Fødselsnummer",
                    "Fornamn",
                    "Mellomnamn",
                    "Etternamn",
                    "Klasse",
                    "Adresse",
                ],
                [Some(4), None, Some(0)],
            ),
        ];
        for (head, expected) in heads {
            let found = find(head.iter().copied(), 1).unwrap();
            assert_eq!(
                [at(found.class), at(found.grade), at(found.id)],
                expected,
                "{head:?}"
            );
        }
    }

    #[test]
    fn a_missing_column_is_named() {
        let missing = |head: &[&str]| find(head.iter().copied(), 2).unwrap_err().column;
        assert_eq!(missing(&["Etternavn", "Klasse"]), "Fornavn");
        assert_eq!(missing(&["Fornavn", "Klasse"]), "Etternavn");
        assert_eq!(missing(&["Fornavn", "Etternavn", "Adresse"]), "Klasse");
    }
}
