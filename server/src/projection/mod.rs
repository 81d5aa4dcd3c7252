//! Documents -> what the school reads: pupil logs, inboxes, patterns. Computed in the transaction that stores the document;
//! `rebuild` computes all of it anew and must get the same.

mod entry;
pub mod pattern;
pub mod rebuild;
mod report;

use shared::domain::SchoolId;
use uuid::Uuid;

use crate::store::log::{EntryRow, LogRow};
use crate::store::report::{ReportEntryRow, ReportRow};
use crate::store::{StoreError, Tx};

pub use entry::project_entry;
pub use report::{Lane, project_report};

/// What a set of documents reads as.
#[derive(Debug, Default)]
pub struct Projected {
    pub entries: Vec<EntryRow>,
    pub log: Vec<LogRow>,
    pub reports: Vec<ReportRow>,
    pub report_entries: Vec<ReportEntryRow>,
    pub withdrawn_reports: Vec<Uuid>,
    /// Reports that are the owner's.
    pub past_leadership: Vec<Uuid>,
}

impl Projected {
    /// Writes it in place of what the documents read as before; `existing` are those that were stored earlier.
    pub async fn store(
        &self,
        tx: &mut Tx,
        school: SchoolId,
        existing: &[Uuid],
    ) -> Result<(), StoreError> {
        let mut pupils = if existing.is_empty() {
            Vec::new()
        } else {
            tx.clear_log_of(school, existing).await?
        };
        tx.clear_report_entries(school, existing).await?;
        self.write(tx, school).await?;
        if !self.withdrawn_reports.is_empty() {
            tx.remove_reports(school, &self.withdrawn_reports).await?;
        }
        pupils.extend(
            self.log
                .iter()
                .filter(|line| line.is_sighting)
                .map(|line| line.pupil_id),
        );
        pupils.sort();
        pupils.dedup();
        pattern::recompute(tx, school, &pupils).await
    }

    async fn write(&self, tx: &mut Tx, school: SchoolId) -> Result<(), StoreError> {
        tx.put_entries(school, &self.entries).await?;
        tx.add_log_lines(school, &self.log).await?;
        tx.send_past_leadership(school, &self.past_leadership)
            .await?;
        tx.put_reports(school, &self.reports).await?;
        tx.put_report_entries(school, &self.report_entries).await
    }
}
