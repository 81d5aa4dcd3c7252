//! Scopes: the words under which documents come down to people. `own` is what one wrote; a shift is one recess on one day, and
//! whoever is on duty in it shares its entries that day. Derived from the duty plan and the time it happened, never from what a phone claims.

use shared::domain::{Duty, Recess, Shift, StaffId};

use crate::clock::LocalTime;

/// The word for what one wrote oneself, as clients know it.
pub const OWN: &str = "own";

/// A school's duty plan with its clock.
#[derive(Debug, Clone)]
pub struct Plan {
    pub recesses: Vec<Recess>,
    pub duties: Vec<Duty>,
}

impl Plan {
    /// The shift in which something happened, if it happened in a recess.
    pub fn shift_of(&self, happened_at_ms: i64) -> Option<Shift> {
        LocalTime::at(happened_at_ms)?.shift(&self.recesses)
    }

    /// Whether somebody had duty in the shift in which something happened.
    pub fn was_on_shift(&self, staff: StaffId, happened_at_ms: i64) -> bool {
        self.shares_shift(staff, happened_at_ms, happened_at_ms)
    }

    /// Whether something happened in a shift, on the day of `now_ms`, that somebody is on.
    pub fn shares_shift(&self, staff: StaffId, happened_at_ms: i64, now_ms: i64) -> bool {
        self.shift_of(happened_at_ms)
            .is_some_and(|shift| shifts_on_day(&self.duties, staff, now_ms).contains(&shift))
    }
}

/// The shifts that somebody is on by these duties, on the day of a moment.
pub fn shifts_on_day(duties: &[Duty], staff: StaffId, at_ms: i64) -> Vec<Shift> {
    let Some(day) = LocalTime::at(at_ms) else {
        return Vec::new();
    };
    let mine = duties
        .iter()
        .filter(|duty| duty.staff == staff && duty.weekday == day.weekday);
    let mut shifts: Vec<_> = mine
        .map(|duty| Shift {
            recess: duty.recess,
            date: day.date.clone(),
        })
        .collect();
    shifts.sort();
    shifts.dedup();
    shifts
}

/// The stored scope of what one person wrote.
pub fn own(staff: StaffId) -> String {
    format!("{OWN}:{staff}")
}

/// The scope of a shift.
pub fn shift(shift: &Shift) -> String {
    format!("shift:{}:{}", shift.recess, shift.date)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use shared::domain::ZoneId;
    use uuid::Uuid;

    use super::*;

    fn plan() -> Plan {
        let recess = |n: u128, starts_at_min, ends_at_min| Recess {
            id: Uuid::from_u128(n).into(),
            name: String::new(),
            starts_at_min,
            ends_at_min,
        };
        let duty = |staff: u128, recess: u128, weekday| Duty {
            staff: Uuid::from_u128(staff).into(),
            recess: Uuid::from_u128(recess).into(),
            zone: ZoneId(Uuid::nil()),
            weekday,
        };
        Plan {
            recesses: vec![recess(1, 0, 1440), recess(2, 690, 720)],
            duties: vec![duty(7, 2, 1), duty(8, 1, 1)],
        }
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn the_shortest_recess_that_covers_the_moment_is_its_shift() {
        let shift = |n: u128, date: &str| {
            Some(Shift {
                recess: Uuid::from_u128(n).into(),
                date: date.into(),
            })
        };
        assert_eq!(
            plan().shift_of(at("2026-11-23T10:40:00Z")),
            shift(2, "2026-11-23")
        );
        assert_eq!(
            plan().shift_of(at("2026-11-23T11:00:00Z")),
            shift(1, "2026-11-23")
        );
    }

    #[test]
    fn a_shift_is_shared_on_its_day_by_those_on_duty_only() {
        let (happened, later) = (at("2026-11-23T10:40:00Z"), at("2026-11-23T14:00:00Z"));
        let staff = |n: u128| StaffId(Uuid::from_u128(n));
        assert!(plan().shares_shift(staff(7), happened, later));
        assert!(!plan().shares_shift(staff(8), happened, later));
        assert!(!plan().shares_shift(staff(7), happened, at("2026-11-24T09:00:00Z")));
        assert!(!plan().shares_shift(staff(7), happened, at("2026-11-30T09:00:00Z")));
        assert!(
            plan().was_on_shift(staff(7), happened) && !plan().was_on_shift(staff(8), happened)
        );
    }

    #[test]
    fn the_local_day_counts_also_where_the_clocks_change() {
        assert_eq!(
            plan()
                .shift_of(at("2026-10-24T22:30:00Z"))
                .map(|shift| shift.date),
            Some("2026-10-25".into())
        );
        assert_eq!(
            plan()
                .shift_of(at("2026-10-25T23:30:00Z"))
                .map(|shift| shift.date),
            Some("2026-10-26".into())
        );
    }
}
