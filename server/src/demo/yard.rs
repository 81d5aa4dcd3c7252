//! The invented school's yard and duty plan. Every day of the week has the same recesses, and one of them lasts all day: it is
//! always somebody's shift when things are tried out.

use shared::domain::{Duty, Recess, Zone};

use super::id;
use super::people::STAFF;

const ZONES: [&str; 6] = [
    "Ballbingen",
    "Huskene",
    "Bak gymsalen",
    "Klatrestativet",
    "Porten",
    "Korridoren",
];
const RECESSES: [(&str, i32, i32); 4] = [
    ("Hele dagen", 0, 24 * 60),
    ("Første friminutt", 9 * 60 + 45, 10 * 60),
    ("Storefri", 11 * 60 + 15, 11 * 60 + 45),
    ("Siste friminutt", 13 * 60, 13 * 60 + 15),
];
const DAYS_OF_WEEK: i32 = 7;
/// The first so many of the staff are out in every recess.
const OUTSIDE: usize = 6;

pub(super) fn zones() -> Vec<Zone> {
    ZONES
        .iter()
        .map(|name| Zone {
            id: id(name, 0).into(),
            name: (*name).into(),
        })
        .collect()
}

pub(super) fn recesses() -> Vec<Recess> {
    let recess = |(name, starts_at_min, ends_at_min): &(&str, i32, i32)| Recess {
        id: id(name, 0).into(),
        name: (*name).into(),
        starts_at_min: *starts_at_min,
        ends_at_min: *ends_at_min,
    };
    RECESSES.iter().map(recess).collect()
}

/// Everybody moves on one zone a day.
pub(super) fn duties() -> Vec<Duty> {
    let mut duties = Vec::new();
    for weekday in 1..=DAYS_OF_WEEK {
        for (recess, _, _) in RECESSES {
            for (at, person) in STAFF.iter().take(OUTSIDE).enumerate() {
                let zone = ZONES[(at + weekday as usize) % ZONES.len()];
                duties.push(Duty {
                    staff: person.id(),
                    recess: id(recess, 0).into(),
                    zone: id(zone, 0).into(),
                    weekday,
                });
            }
        }
    }
    duties
}
