//! Files as school systems write them, as bytes. Everybody in them is invented.

use proptest::prelude::*;

use super::*;

const SALT: &[u8] = b"salt";

fn line(given: &str, family: &str, class: &str, grade: i32) -> Line {
    Line {
        given_name: given.into(),
        family_name: family.into(),
        class: class.into(),
        grade,
        external_id: None,
    }
}

fn problems(bytes: &[u8]) -> Vec<(u32, RosterProblemCode, String)> {
    read(bytes, SALT)
        .problems
        .into_iter()
        .map(|p| (p.line, p.code, p.column))
        .collect()
}

#[test]
fn semicolons_windows_1252_quotes_and_two_surnames() {
    let bytes = b"Fornavn;Etternavn;Klasse\r\n\"\xc5se\";\"\xd8stby Lien\";5A\r\nP\xe5l-\xc6rlend;B\xf8e;\"5 b\"\r\n\r\n";
    let file = read(bytes, SALT);
    assert_eq!(file.encoding, "windows-1252");
    assert_eq!(
        file.lines,
        [
            line("Åse", "Østby Lien", "5A", 5),
            line("Pål-Ærlend", "Bøe", "5B", 5)
        ]
    );
    assert!(file.problems.is_empty());
}

#[test]
fn a_problem_is_told_by_the_line_of_the_file_whatever_ends_the_lines_and_whatever_is_blank() {
    for end in ["\n", "\r\n"] {
        let rows = [
            "",
            "Fornavn;Etternavn;Klasse",
            "Ola;Nordmann;5A",
            "",
            "Kari;;5A",
            "Per;;5A",
        ];
        let lines: Vec<u32> = problems(rows.join(end).as_bytes())
            .into_iter()
            .map(|(line, ..)| line)
            .collect();
        assert_eq!(lines, [5, 6], "{end:?}");
    }
}

#[test]
fn utf8_with_a_mark_ids_and_grades_in_a_column_of_their_own() {
    let text = "\u{feff}Elev-ID;Etternavn;Fornavn;Mellomnavn;Basisgruppe;Trinn\n17;Nguyễn;Ngọc Ánh;;A;3. trinn\n18;Utsi;Máret;Elle;Revene;1\n";
    let file = read(text.as_bytes(), SALT);
    let with_id = |line, id: &str| Line {
        external_id: Some(id.into()),
        ..line
    };
    assert_eq!(file.encoding, "utf-8");
    assert_eq!(
        file.lines,
        [
            with_id(line("Ngọc Ánh", "Nguyễn", "3A", 3), "17"),
            with_id(line("Máret Elle", "Utsi", "Revene", 1), "18")
        ]
    );
}

#[test]
fn commas_tabs_and_a_separator_line_are_taken_too() {
    let expected = [line("Bo", "Li", "7C", 7)];
    for text in [
        "Fornavn,Etternavn,Klasse\nBo,Li,7C",
        "Fornavn\tEtternavn\tKlasse\nBo\tLi\t7C\n",
        "sep=;\r\nNavn;Klasse\r\n\"Li, Bo\";7c\r\n",
        "Navn;Klasse\nBo Li;7C\n",
    ] {
        assert_eq!(read(text.as_bytes(), SALT).lines, expected, "{text}");
    }
}

#[test]
fn letters_put_together_from_parts_are_the_same_name() {
    let file = read(
        "Fornavn;Etternavn;Klasse\nA\u{30a}se;Bø\u{a0} Li;2A\n".as_bytes(),
        SALT,
    );
    assert_eq!(file.lines, [line("Åse", "Bø Li", "2A", 2)]);
}

#[test]
fn a_birth_number_is_not_kept() {
    let read_id = |id: &str, salt: &[u8]| {
        read(
            format!("Fnr;Fornavn;Etternavn;Klasse\n{id};Bo;Li;1A\n").as_bytes(),
            salt,
        )
        .lines[0]
            .external_id
            .clone()
            .unwrap()
    };
    let kept = read_id("01011599999", SALT);
    assert!(kept.len() == 64 && !kept.contains("01011599999"));
    assert_eq!(kept, read_id("010115 99999", SALT));
    assert_ne!(kept, read_id("01011599999", b"another school"));
    assert_eq!(read_id("E-204", SALT), "E-204");
}

#[test]
fn each_line_that_cannot_be_taken_is_told_with_its_number_and_column() {
    use RosterProblemCode::{ControlCharacter, DuplicateId, MissingValue, TooLong, UnknownGrade};
    let long = "x".repeat(MAX_NAME_CHARS + 1);
    let text = format!(
        "ID;Fornavn;Etternavn;Klasse\n1;Bo;Li;1A\n1;Bo;Lo;1A\n2;;Lo;1A\n3;Bo;Lo;\n4;Bo;Lo;Revene\n5;Bo;{long};1A\n6;B\u{7}o;Lo;1A\n7;Bo\n8;Bo;Lo;11A\n"
    );
    let told = [
        (3, DuplicateId, "ID"),
        (4, MissingValue, "Fornavn"),
        (5, MissingValue, "Klasse"),
        (6, UnknownGrade, "Klasse"),
        (7, TooLong, "Etternavn"),
        (8, ControlCharacter, "Fornavn"),
        (9, MissingValue, "Etternavn"),
        (10, UnknownGrade, "Klasse"),
    ];
    assert_eq!(
        problems(text.as_bytes()),
        told.map(|(line, code, column)| (line, code, column.to_owned()))
    );
}

#[test]
fn a_quote_that_is_not_closed_is_told_where_it_was_opened() {
    let told = problems(b"Fornavn;Etternavn;Klasse\nBo;Li;1A\n\"Bo;Lo;1A\nBo;Lu;1A\n");
    assert_eq!(told[0].0, 3);
    assert_eq!(told[0].1, RosterProblemCode::BrokenQuote);
}

#[test]
fn what_is_no_roster_is_told_as_such() {
    use RosterProblemCode::{Empty, MissingColumn, NotText, TooManyLines};
    let code = |bytes: &[u8]| problems(bytes)[0].1;
    assert_eq!(code(b""), Empty);
    assert_eq!(code(b"\n;;\n"), Empty);
    assert_eq!(code(b"Fornavn;Etternavn;Klasse\n"), Empty);
    assert_eq!(code(b"PK\x03\x04\0\0"), NotText);
    assert_eq!(code(b"Dato;Sum\n1;2\n"), MissingColumn);
    let many = format!(
        "Fornavn;Etternavn;Klasse\n{}",
        "Bo;Li;1A\n".repeat(MAX_LINES + 1)
    );
    assert_eq!(code(many.as_bytes()), TooManyLines);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read(&bytes, SALT);
    }

    #[test]
    fn no_cells_make_the_reader_panic(cells in "(Fornavn|Etternavn|Klasse|ID|[;,\"\t\n\r]|[0-9]{1,12}|[\\PC]){0,80}") {
        read(format!("Fornavn;Etternavn;Klasse;ID\n{cells}").as_bytes(), SALT);
        read(cells.as_bytes(), SALT);
    }
}
