//! Erasure (*sletting*) and retention (*oppbevaring*): when what was written may not be kept any more (GDPR art. 5 and 17, the archive
//! act). What is erased is gone everywhere; that it was, by whom and why, stays.

use serde::{Deserialize, Serialize};

use super::code::codes;

codes! {
    /// Why a document is erased.
    pub enum ErasureGround {
        /// The school's own time for it has run out.
        RetentionEnded = "retention_ended",
        /// The pupil or the guardians have asked for it and are right (GDPR art. 17).
        Request = "request",
        /// A court or an authority has ordered it.
        Order = "order",
        /// Should never have been written: the wrong pupil, or what may not be logged.
        Mistake = "mistake",
        /// Was erased before, and came back with a backup.
        Restored = "restored",
    }
}

impl ErasureGround {
    /// What a person may choose for one document.
    pub const CHOICES: [ErasureGround; 3] = [
        ErasureGround::Mistake,
        ErasureGround::Request,
        ErasureGround::Order,
    ];
}

/// For how long a school keeps what is written, by kind, in years after it happened or came in. None keeps it until a person
/// erases it: no time is set before the school sets it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// None has to be said: a form that does not know of it changes nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    pub entry_years: Option<u32>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub report_years: Option<u32>,
}

/// Longest time a school can set; a pupil's whole time at school and the limitation period after it fit well within.
pub const MAX_RETENTION_YEARS: u32 = 100;
/// A year of 365.25 days, in milliseconds.
const YEAR_MS: i64 = 31_557_600_000;

impl Retention {
    /// Entries that happened before this are due.
    pub fn entries_due_before_ms(&self, now_ms: i64) -> Option<i64> {
        self.entry_years.map(|years| before(now_ms, years))
    }

    /// Reports that came before this are due.
    pub fn reports_due_before_ms(&self, now_ms: i64) -> Option<i64> {
        self.report_years.map(|years| before(now_ms, years))
    }

    /// Each time is at least a year: nothing of this school year goes by itself.
    pub fn is_sound(&self) -> bool {
        let is_sound = |years: u32| (1..=MAX_RETENTION_YEARS).contains(&years);
        [self.entry_years, self.report_years]
            .into_iter()
            .flatten()
            .all(is_sound)
    }
}

fn before(now_ms: i64, years: u32) -> i64 {
    now_ms.saturating_sub(i64::from(years).saturating_mul(YEAR_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_due_before_the_school_sets_a_time() {
        let none = Retention::default();
        assert_eq!(none.entries_due_before_ms(i64::MAX), None);
        assert_eq!(none.reports_due_before_ms(i64::MAX), None);
        assert!(none.is_sound());
    }

    #[test]
    fn a_time_is_counted_back_from_now_and_is_a_year_at_least() {
        let two = Retention {
            entry_years: Some(2),
            report_years: None,
        };
        assert_eq!(two.entries_due_before_ms(3 * YEAR_MS), Some(YEAR_MS));
        assert_eq!(two.reports_due_before_ms(3 * YEAR_MS), None);
        let of = |years| Retention {
            report_years: Some(years),
            ..two
        };
        assert!(!of(0).is_sound() && of(1).is_sound());
        assert!(of(MAX_RETENTION_YEARS).is_sound() && !of(MAX_RETENTION_YEARS + 1).is_sound());
        assert!(of(u32::MAX).reports_due_before_ms(i64::MIN).is_some());
    }
}
