//! Whether rows are a school's whole record as it was written: each row after the one before it, none missing, none twice, and where
//! a head kept outside says what row it vouches for, that very row. Takes one row at a time, in the order they lie in.

use std::collections::BTreeMap;

use super::{AuditRow, BEGINNING, SignedHead};
use crate::domain::{AuditAct, SchoolId};
use crate::sync::Hex;

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// These rows are not as they were written: edited, or other rows were put in their place.
    Edited {
        from: i64,
        to: i64,
    },
    Missing {
        from: i64,
        to: i64,
    },
    /// The row stands after a later one.
    OutOfPlace {
        seq: i64,
    },
    Twice {
        seq: i64,
    },
    /// The record ends before the row that a head vouches for.
    Cut {
        last: i64,
        head: i64,
    },
    /// Rows after the one that the last head vouches for.
    NotVouchedFor {
        from: i64,
        to: i64,
    },
    /// Row `head` is not the one that was vouched for at `at_ms`: it, or something before it, was written anew.
    Rewritten {
        head: i64,
        at_ms: i64,
    },
    /// As `Cut` or `Rewritten`, and the record itself says at row `row` that a backup was restored after the head was signed.
    Restored {
        row: i64,
        at_ms: i64,
        head: i64,
    },
    HeadOfOtherSchool {
        school: SchoolId,
    },
    HeadNotSigned {
        head: i64,
    },
    /// Signed, but not with the key that was asked for.
    OtherKey {
        key: Hex<32>,
    },
    /// The file's first line is not there or says what cannot be.
    NoHeader,
    /// The file does not end with its signed head.
    NoHead,
    Unreadable {
        line: usize,
    },
    /// A change is stored that no row tells of.
    ChangeNotRecorded {
        hash: Hex<32>,
    },
    /// A row tells of a change that is neither stored nor erased.
    ChangeGone {
        hash: Hex<32>,
    },
    /// What the database has as the last row is another than the last row.
    LastRowDiffers {
        last: i64,
        head: i64,
    },
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub rows: u64,
    /// The last row's number and hash.
    pub last: (i64, Hex<32>),
    pub findings: Vec<Finding>,
}

/// Rows go in, findings come out.
#[derive(Debug)]
pub struct Verifier {
    school: SchoolId,
    rows: u64,
    last: (i64, Hex<32>),
    /// Rows that were jumped over and may come yet: from, to.
    missing: BTreeMap<i64, i64>,
    findings: Vec<Finding>,
    heads: Vec<(SignedHead, Option<Hex<32>>)>,
    /// Where the record says that a backup was restored.
    restored: Vec<(i64, i64)>,
}

impl Verifier {
    /// Of a school's record, which must fit these heads; each is known to be signed by whom it should.
    pub fn new(school: SchoolId, heads: Vec<SignedHead>) -> Verifier {
        let mut verifier = Verifier {
            school,
            rows: 0,
            last: (0, BEGINNING),
            missing: BTreeMap::new(),
            findings: Vec::new(),
            heads: Vec::new(),
            restored: Vec::new(),
        };
        heads
            .into_iter()
            .for_each(|head| verifier.hold_to(head, None));
        verifier
    }

    fn hold_to(&mut self, head: SignedHead, found: Option<Hex<32>>) {
        match head.school == self.school {
            true => self.heads.push((head, found)),
            false => self.findings.push(Finding::HeadOfOtherSchool {
                school: head.school,
            }),
        }
    }

    /// After the last row: the head that was made of it.
    pub fn ends_with(&mut self, head: SignedHead) {
        let (last, hash) = self.last;
        if head.seq < last {
            self.findings.push(Finding::NotVouchedFor {
                from: head.seq + 1,
                to: last,
            });
        } else {
            self.hold_to(head, (last > 0).then_some(hash));
        }
    }

    pub fn take(&mut self, row: &AuditRow) {
        self.rows += 1;
        let next = self.last.0.saturating_add(1);
        if row.seq < next {
            self.take_late(row.seq);
            return;
        }
        if row.seq > next {
            // What the row was written after is not here: the next one holds it to its word.
            self.missing.insert(next, row.seq - 1);
        } else if !row.follows(&self.last.1, self.school) {
            self.edited(row.seq);
        }
        self.last = (row.seq, row.hash);
        if row.event.act == AuditAct::RestoredBackup {
            self.restored.push((row.seq, row.event.at_ms));
        }
        let vouched = self.heads.iter_mut().filter(|(it, _)| it.seq == row.seq);
        vouched.for_each(|(_, found)| *found = Some(row.hash));
    }

    /// A row whose place has been passed.
    fn take_late(&mut self, seq: i64) {
        let gap = self.missing.range(..=seq).next_back();
        let Some((from, to)) = gap
            .map(|(from, to)| (*from, *to))
            .filter(|(_, to)| seq <= *to)
        else {
            self.findings.push(Finding::Twice { seq });
            return;
        };
        self.findings.push(Finding::OutOfPlace { seq });
        self.missing.remove(&from);
        let left = [(from, seq - 1), (seq + 1, to)];
        self.missing
            .extend(left.into_iter().filter(|(from, to)| from <= to));
    }

    fn edited(&mut self, seq: i64) {
        match self.findings.last_mut() {
            Some(Finding::Edited { to, .. }) if *to == seq - 1 => *to = seq,
            _ => self.findings.push(Finding::Edited { from: seq, to: seq }),
        }
    }

    pub fn finish(mut self) -> Verified {
        let missing = self.missing.iter();
        let missing = missing.map(|(from, to)| Finding::Missing {
            from: *from,
            to: *to,
        });
        self.findings.extend(missing);
        let of_heads: Vec<Finding> = self
            .heads
            .iter()
            .filter_map(|(head, found)| self.judge(head, *found))
            .collect();
        self.findings.extend(of_heads);
        Verified {
            rows: self.rows,
            last: self.last,
            findings: self.findings,
        }
    }

    fn judge(&self, head: &SignedHead, found: Option<Hex<32>>) -> Option<Finding> {
        let found = if head.seq == 0 {
            Some(BEGINNING)
        } else {
            found
        };
        if found == Some(head.hash) && head.seq <= self.last.0 {
            return None;
        }
        let mut restored = self.restored.iter();
        if let Some((row, at_ms)) = restored.find(|(_, at_ms)| *at_ms >= head.at_ms) {
            return Some(Finding::Restored {
                row: *row,
                at_ms: *at_ms,
                head: head.seq,
            });
        }
        Some(match found {
            _ if self.last.0 < head.seq => Finding::Cut {
                last: self.last.0,
                head: head.seq,
            },
            // The row itself is told as missing.
            None => return None,
            Some(_) => Finding::Rewritten {
                head: head.seq,
                at_ms: head.at_ms,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::audit::AuditEvent;

    const SCHOOL: SchoolId = SchoolId(Uuid::from_u128(1));
    const SEED: [u8; 32] = [3; 32];

    fn chain(school: SchoolId, acts: &[AuditAct]) -> Vec<AuditRow> {
        let mut last = BEGINNING;
        let row = |(seq, act): (i64, &AuditAct)| {
            let event = AuditEvent::unsigned(act.clone(), seq);
            let row = AuditRow::after(&last, school, seq, event);
            last = row.hash;
            row
        };
        (1..).zip(acts).map(row).collect()
    }

    fn ten() -> Vec<AuditRow> {
        chain(SCHOOL, &vec![AuditAct::ReadEntry; 10])
    }

    fn head(rows: &[AuditRow], at_ms: i64) -> SignedHead {
        let last = rows
            .last()
            .map_or((0, BEGINNING), |row| (row.seq, row.hash));
        SignedHead::sign(SCHOOL, last, at_ms, &SEED)
    }

    fn findings(rows: &[AuditRow], heads: Vec<SignedHead>) -> Vec<Finding> {
        let mut verifier = Verifier::new(SCHOOL, heads);
        rows.iter().for_each(|row| verifier.take(row));
        verifier.finish().findings
    }

    #[test]
    fn a_whole_record_and_its_own_heads_are_fine() {
        let rows = ten();
        let heads = [0, 1, 7, 10]
            .map(|count| head(&rows[..count], 100))
            .to_vec();
        assert_eq!(findings(&rows, heads), []);
        assert_eq!(findings(&[], vec![head(&[], 1)]), []);
    }

    #[test]
    fn an_edit_of_any_row_is_told_at_that_row() {
        for at in 0..10 {
            let mut rows = ten();
            rows[at].event.detail = "x".into();
            let seq = at as i64 + 1;
            assert_eq!(
                findings(&rows, vec![]),
                [Finding::Edited { from: seq, to: seq }]
            );
        }
        // With its hash made to fit, the row after it tells; the last row's head does.
        let mut rows = ten();
        rows[4] = AuditRow::after(
            &rows[3].hash,
            SCHOOL,
            5,
            AuditEvent::unsigned(AuditAct::SignedIn, 5),
        );
        assert_eq!(
            findings(&rows, vec![]),
            [Finding::Edited { from: 6, to: 6 }]
        );
    }

    #[test]
    fn missing_moved_doubled_and_foreign_rows_are_told() {
        let mut rows = ten();
        rows.drain(3..5);
        assert_eq!(
            findings(&rows, vec![]),
            [Finding::Missing { from: 4, to: 5 }]
        );
        let mut rows = ten();
        rows.swap(3, 5);
        let moved = findings(&rows, vec![]);
        assert!(
            moved.contains(&Finding::OutOfPlace { seq: 4 })
                && moved.contains(&Finding::OutOfPlace { seq: 5 }),
            "{moved:?}"
        );
        let mut rows = ten();
        rows.insert(4, rows[2].clone());
        assert_eq!(findings(&rows, vec![]), [Finding::Twice { seq: 3 }]);
        let mut rows = ten();
        rows[6] = chain(SchoolId(Uuid::from_u128(2)), &vec![AuditAct::ReadEntry; 10])[6].clone();
        assert_eq!(
            findings(&rows, vec![]),
            [Finding::Edited { from: 7, to: 8 }]
        );
    }

    #[test]
    fn a_cut_tail_and_a_rewritten_record_are_told_against_a_head_from_outside() {
        let kept = head(&ten(), 100);
        assert_eq!(
            findings(&ten()[..8], vec![kept.clone()]),
            [Finding::Cut { last: 8, head: 10 }]
        );
        let mut acts = vec![AuditAct::ReadEntry; 12];
        acts[1] = AuditAct::SignedIn;
        let rewritten = chain(SCHOOL, &acts);
        assert_eq!(findings(&rewritten, vec![]), [], "alone it looks whole");
        assert_eq!(
            findings(&rewritten, vec![kept]),
            [Finding::Rewritten {
                head: 10,
                at_ms: 100
            }]
        );
    }

    #[test]
    fn a_restored_backup_is_told_as_such_when_the_record_says_so_itself() {
        let kept = head(&ten(), 5);
        let mut acts = vec![AuditAct::ReadEntry; 6];
        acts.push(AuditAct::RestoredBackup);
        let told = Finding::Restored {
            row: 7,
            at_ms: 7,
            head: 10,
        };
        assert_eq!(
            findings(&chain(SCHOOL, &acts), vec![kept.clone()]),
            std::slice::from_ref(&told)
        );
        acts.extend(vec![AuditAct::ReadEntry; 6]);
        assert_eq!(findings(&chain(SCHOOL, &acts), vec![kept]), [told]);
    }

    #[test]
    fn a_head_of_another_school_holds_nothing_to_its_word() {
        let school = SchoolId(Uuid::from_u128(2));
        let other = SignedHead::sign(school, (1, BEGINNING), 1, &SEED);
        assert_eq!(
            findings(&ten(), vec![other]),
            [Finding::HeadOfOtherSchool { school }]
        );
    }
}
