//! The roster's file, from bytes to a plan of what would change. What the plan writes, the same file finds unchanged.

use std::collections::BTreeMap;

use server::roster::{self, Plan, School};
use server::store::roster::PupilRow;
use uuid::Uuid;

use super::Input;
use crate::random::Random;

const SALT: [u8; 16] = [7; 16];
const NOW_MS: i64 = 1_800_000_000_000;

pub fn roster(bytes: &[u8]) {
    let file = roster::read(bytes, &SALT);
    let mut chance = Random(1);
    let mut plan = |school: &School| {
        roster::plan(&file, bytes, school, NOW_MS, &mut || chance.uuid_v7(NOW_MS))
    };
    let mut school = School::default();
    for _ in 0..2 {
        let first = plan(&school);
        take(&mut school, first);
    }
    let again = plan(&school).preview;
    assert!(again.new.is_empty() && again.changed.is_empty() && again.gone.is_empty());
}

/// As the import stores it.
fn take(school: &mut School, plan: Plan) {
    school.classes.extend(plan.new_classes);
    let pupils = school.pupils.drain(..).chain(plan.pupils);
    let rows: BTreeMap<Uuid, PupilRow> = pupils.map(|row| (row.id, row)).collect();
    school.pupils = rows.into_values().collect();
}

pub fn files() -> Vec<Input> {
    let parted = "Fornavn;Mellomnavn;Etternavn;Klasse;Trinn;Fødselsnummer\r\n\
        Kari;;Lunde;5A;5;01010012345\r\nOla;Bø;Åsen;5B;5;02020012345\r\n\"Nina;x\";;Dahl;10C;10;\r\n";
    let whole = "sep=,\n\"Navn\",\"Klasse\",\"Id\"\n\"Lunde, Kari\",\"1A\",\"a-1\"\n\"Ola Åsen\",\"1A\",\"a-2\"\n\"Ola Åsen\",\"2B\",\"a-3\"\n";
    let latin = parted.chars().map(|letter| letter as u32 as u8).collect();
    vec![
        ("parted", parted.into()),
        ("whole", whole.into()),
        ("windows-1252", latin),
        (
            "tabs",
            ["\u{feff}", &parted.replace(';', "\t")].concat().into(),
        ),
    ]
}
