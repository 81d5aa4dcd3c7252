//! The server's clock and the school's local time: the only place that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::domain::{Recess, Shift};

/// Where the schools are; the rules come with the program and need nothing of the machine.
const SCHOOL_TIME_ZONE: &str = "Europe/Oslo";

/// Unix milliseconds, now.
pub fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

/// When the school's day ends that a moment falls in; none for a moment outside the years a calendar has.
pub fn midnight_after(ms: i64) -> Option<i64> {
    let zone = TimeZone::get(SCHOOL_TIME_ZONE).ok()?;
    let local = Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone());
    let midnight = local.date().tomorrow().ok()?.to_zoned(zone).ok()?;
    Some(midnight.timestamp().as_millisecond())
}

/// A moment as the school's own clock and calendar tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalTime {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Minutes after midnight by the clock on the wall.
    pub minute: i32,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: i32,
}

impl LocalTime {
    /// None for a moment outside the years a calendar has.
    pub fn at(ms: i64) -> Option<LocalTime> {
        let zone = TimeZone::get(SCHOOL_TIME_ZONE).ok()?;
        let local = Timestamp::from_millisecond(ms).ok()?.to_zoned(zone);
        Some(LocalTime {
            date: local.date().to_string(),
            minute: i32::from(local.hour()) * 60 + i32::from(local.minute()),
            weekday: i32::from(local.weekday().to_monday_one_offset()),
        })
    }

    /// The shift that a moment falls in, if the school has a recess then.
    pub fn shift(self, recesses: &[Recess]) -> Option<Shift> {
        let recess = Recess::at(recesses, self.minute)?.id;
        Some(Shift {
            recess,
            date: self.date,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_follows_summer_time() {
        let winter = LocalTime::at(1_768_471_200_000).unwrap();
        assert_eq!(
            winter,
            LocalTime {
                date: "2026-01-15".into(),
                minute: 11 * 60,
                weekday: 4
            }
        );
        let summer = LocalTime::at(1_781_517_600_000).unwrap();
        assert_eq!(
            summer,
            LocalTime {
                date: "2026-06-15".into(),
                minute: 12 * 60,
                weekday: 1
            }
        );
    }

    #[test]
    fn a_day_ends_at_midnight_also_when_the_clocks_are_turned() {
        const HOUR_MS: i64 = 60 * 60 * 1000;
        // 29 March 2026, 00:00 in Oslo: that day has 23 hours.
        let midnight = 1_774_738_800_000;
        assert_eq!(midnight_after(midnight), Some(midnight + 23 * HOUR_MS));
        assert_eq!(midnight_after(midnight - 1), Some(midnight));
        assert_eq!(midnight_after(i64::MAX), None);
    }

    #[test]
    fn a_moment_outside_the_calendar_has_no_local_time() {
        assert_eq!(LocalTime::at(i64::MAX), None);
    }
}
