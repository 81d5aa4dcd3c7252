//! The record held against the database: the rows among themselves, the last row against what is kept of it, and the changes that are
//! stored against those that rows tell of.

use std::collections::HashSet;

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

/// Changes that are stored, by what the rows tell.
#[derive(Default)]
struct Told {
    stored: HashSet<Hex<32>>,
}

impl Told {
    /// A detail that cannot be read was not written so: then the row itself is wrong.
    fn take(&mut self, row: &AuditRow) {
        match row.event.act {
            AuditAct::StoredChanges => {
                let changes = changes_in(&row.event.detail).unwrap_or_default();
                let hashes = changes.into_iter().map(|change| change.hash);
                self.stored.extend(hashes);
            }
            AuditAct::Erased => {
                for hash in hashes_in(&row.event.detail).unwrap_or_default() {
                    self.stored.remove(&hash);
                }
            }
            _ => {}
        }
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
            let unknown = changes
                .iter()
                .filter(|(_, change)| !self.stored.remove(&change.hash));
            findings.extend(
                unknown.map(|(_, change)| Finding::ChangeNotRecorded { hash: change.hash }),
            );
        }
        let mut gone: Vec<Hex<32>> = self.stored.into_iter().collect();
        gone.sort();
        findings.extend(gone.into_iter().map(|hash| Finding::ChangeGone { hash }));
        Ok(findings)
    }
}
