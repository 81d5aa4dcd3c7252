//! The record held against the database: the rows among themselves, the last row against what is kept of it, and the changes that are
//! stored against those that rows tell of.

use std::collections::HashMap;

use shared::audit::{AuditRow, Finding, SignedHead, Verified, Verifier, changes_in, hashes_in};
use shared::domain::{AuditAct, SchoolId};
use shared::sync::Hex;

use crate::store::{Store, StoreError, Tx};

/// Rows and changes read at once.
const AT_ONCE: i64 = 2_000;

/// Verifies a school's record, as of one moment, against heads from outside.
pub async fn verify_school(
    store: &Store,
    school: SchoolId,
    heads: Vec<SignedHead>,
) -> Result<Verified, StoreError> {
    let mut tx = store.read().await?;
    let mut verifier = Verifier::new(school, heads);
    let mut told = Told::default();
    let mut after = i64::MIN;
    loop {
        let rows = tx.audit_after(school, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in &rows {
            verifier.take(row);
            told.take(row);
        }
    }
    let mut verified = verifier.finish();
    let head = tx.audit_head(school).await?;
    if head != verified.last {
        verified.findings.push(Finding::LastRowDiffers {
            last: verified.last.0,
            head: head.0,
        });
    }
    verified
        .findings
        .extend(told.held_against(&mut tx, school).await?);
    Ok(verified)
}

/// Changes that are stored, by what the rows tell, each as often as it is: two documents that are begun alike in the same
/// millisecond begin with the same change.
#[derive(Default)]
struct Told {
    stored: HashMap<Hex<32>, u32>,
}

impl Told {
    /// A detail that cannot be read was not written so: then the row itself is wrong.
    fn take(&mut self, row: &AuditRow) {
        match row.event.act {
            AuditAct::StoredChanges => {
                let changes = changes_in(&row.event.detail).unwrap_or_default();
                for change in changes {
                    *self.stored.entry(change.hash).or_default() += 1;
                }
            }
            AuditAct::Erased => {
                for hash in hashes_in(&row.event.detail).unwrap_or_default() {
                    self.take_one(&hash);
                }
            }
            _ => {}
        }
    }

    /// Whether there was one more.
    fn take_one(&mut self, hash: &Hex<32>) -> bool {
        let Some(count) = self.stored.get_mut(hash) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.stored.remove(hash);
        }
        true
    }

    async fn held_against(
        mut self,
        tx: &mut Tx,
        school: SchoolId,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        let mut after = i64::MIN;
        loop {
            let changes = tx.changes_by_after(school, after, AT_ONCE).await?;
            let Some((last, _)) = changes.last() else {
                break;
            };
            after = *last;
            for (_, change) in changes {
                if !self.take_one(&change.hash) {
                    findings.push(Finding::ChangeNotRecorded { hash: change.hash });
                }
            }
        }
        let mut gone: Vec<Hex<32>> = self.stored.into_keys().collect();
        gone.sort();
        findings.extend(gone.into_iter().map(|hash| Finding::ChangeGone { hash }));
        Ok(findings)
    }
}
