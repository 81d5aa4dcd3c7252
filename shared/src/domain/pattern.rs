//! Patterns (*mønster*): an explained rule over the pupil log that was met, never a score of a child.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{DocumentId, PupilId, StaffId};

const MS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

/// So many entries, written by so many adults, within so many days, in which one pupil is exposed or alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternRule {
    pub entries: u32,
    pub adults: u32,
    pub days: u32,
}

/// One entry in which a pupil is exposed or alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub entry: DocumentId,
    pub author: StaffId,
    pub happened_at_ms: i64,
}

/// A rule that was met, with all it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    pub pupil: PupilId,
    pub rule: PatternRule,
    /// Oldest first.
    pub entries: Vec<DocumentId>,
    pub adults: u32,
    pub first_at_ms: i64,
    pub last_at_ms: i64,
}

impl PatternRule {
    /// The latest period in which the rule is met: a function of the sightings alone, whatever order they came in.
    pub fn latest(self, pupil: PupilId, mut sightings: Vec<Sighting>) -> Option<Pattern> {
        sightings.sort_by_key(|s| (s.happened_at_ms, s.entry));
        sightings.dedup_by_key(|s| s.entry);
        (0..sightings.len())
            .rev()
            .find_map(|last| self.ending_at(pupil, &sightings[..=last]))
    }

    fn ending_at(self, pupil: PupilId, sightings: &[Sighting]) -> Option<Pattern> {
        let last_at_ms = sightings.last()?.happened_at_ms;
        let from_ms = last_at_ms - i64::from(self.days) * MS_PER_DAY;
        let start = sightings.partition_point(|s| s.happened_at_ms < from_ms);
        let period = &sightings[start..];
        let adults = period
            .iter()
            .map(|s| s.author)
            .collect::<BTreeSet<_>>()
            .len();
        let is_met = period.len() >= self.entries as usize && adults >= self.adults as usize;
        is_met.then(|| Pattern {
            pupil,
            rule: self,
            entries: period.iter().map(|s| s.entry).collect(),
            adults: adults as u32,
            first_at_ms: period[0].happened_at_ms,
            last_at_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const RULE: PatternRule = PatternRule {
        entries: 3,
        adults: 2,
        days: 14,
    };

    fn sighting(n: u128, author: u128, day: i64) -> Sighting {
        Sighting {
            entry: Uuid::from_u128(n).into(),
            author: Uuid::from_u128(author).into(),
            happened_at_ms: day * MS_PER_DAY,
        }
    }

    fn latest(sightings: Vec<Sighting>) -> Option<Pattern> {
        RULE.latest(Uuid::from_u128(9).into(), sightings)
    }

    #[test]
    fn three_entries_by_two_adults_within_fourteen_days_meet_the_rule() {
        let found = latest(vec![
            sighting(3, 1, 14),
            sighting(1, 1, 0),
            sighting(2, 2, 7),
        ])
        .unwrap();
        assert_eq!(
            (found.entries.len(), found.adults, found.first_at_ms),
            (3, 2, 0)
        );
    }

    #[test]
    fn one_adult_alone_or_a_longer_period_does_not() {
        assert_eq!(
            latest(vec![
                sighting(1, 1, 0),
                sighting(2, 1, 1),
                sighting(3, 1, 2)
            ]),
            None
        );
        assert_eq!(
            latest(vec![
                sighting(1, 1, 0),
                sighting(2, 2, 1),
                sighting(3, 1, 15)
            ]),
            None
        );
    }

    #[test]
    fn the_same_entry_counts_once_and_an_older_period_is_found() {
        assert_eq!(
            latest(vec![
                sighting(1, 1, 0),
                sighting(1, 2, 0),
                sighting(2, 2, 0)
            ]),
            None
        );
        let found = latest(vec![
            sighting(1, 1, 0),
            sighting(2, 2, 1),
            sighting(3, 1, 2),
            sighting(4, 1, 90),
        ])
        .unwrap();
        assert_eq!(found.last_at_ms, 2 * MS_PER_DAY);
    }
}
