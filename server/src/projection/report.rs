//! A report -> the principal's inbox. Nothing of it is there before its reporter sends it.

use std::collections::{BTreeSet, HashMap, HashSet};

use shared::document::{DecodedChange, SchemaError, read_report};
use shared::domain::{DocumentId, Report, SchoolId, Seriousness, StaffId};
use uuid::Uuid;

use super::Projected;
use crate::store::change::DocumentRow;
use crate::store::report::{ReportEntryRow, ReportRow};
use crate::store::{StoreError, Tx};

/// What decides whether a report goes past the leadership. Decided once, when it comes: who leads the school changes.
#[derive(Debug, Default)]
pub struct Lane {
    leaders: BTreeSet<StaffId>,
    /// Went past it before.
    past: HashSet<Uuid>,
    /// Came to the inbox before, suspecting these.
    in_inbox: HashMap<Uuid, BTreeSet<StaffId>>,
}

impl Lane {
    /// For reports that are being stored.
    pub async fn now(tx: &mut Tx, school: SchoolId, reports: &[Uuid]) -> Result<Lane, StoreError> {
        if reports.is_empty() {
            return Ok(Lane::default());
        }
        let mut in_inbox = HashMap::new();
        for id in tx.in_inbox(school, reports).await? {
            let row = tx.report(school, DocumentId(id)).await?;
            let before = row.and_then(|row| serde_json::from_slice::<Report>(&row.content).ok());
            in_inbox.extend(before.map(|report| (id, report.suspected)));
        }
        Ok(Lane {
            leaders: tx.leaders(school).await?,
            in_inbox,
            ..Lane::before(tx, school, reports).await?
        })
    }

    /// For reports that were decided on before.
    pub async fn before(
        tx: &mut Tx,
        school: SchoolId,
        reports: &[Uuid],
    ) -> Result<Lane, StoreError> {
        Ok(Lane {
            past: tx
                .past_leadership(school, reports)
                .await?
                .into_iter()
                .collect(),
            ..Lane::default()
        })
    }

    fn goes_past(&self, report: &Report) -> bool {
        let id = report.id.0;
        let mut leaders = self.leaders.clone();
        if let Some(before) = self.in_inbox.get(&id) {
            // Whoever came to lead since sees nothing of it by name; whom the reporter names now counts.
            leaders.retain(|leader| !before.contains(leader));
        }
        self.past.contains(&id) || report.is_past_leadership(&leaders)
    }
}

/// Adds what the report reads as; one that suspects somebody in the leadership is the owner's and nobody's here.
pub fn project_report(
    row: &DocumentRow,
    changes: &[DecodedChange],
    lane: &Lane,
    into: &mut Projected,
) -> Result<(), SchemaError> {
    let report = read_report(DocumentId(row.id), changes)?;
    if report.is_withdrawn || !report.is_sent {
        into.withdrawn_reports.push(row.id);
        return Ok(());
    }
    if lane.goes_past(&report) {
        into.withdrawn_reports.push(row.id);
        into.past_leadership.push(row.id);
        return Ok(());
    }
    into.report_entries
        .extend(report.entries.iter().map(|(entry, heads)| ReportEntryRow {
            report_id: row.id,
            entry_id: entry.0,
            heads: heads.join(","),
        }));
    into.reports.push(ReportRow {
        document_id: row.id,
        author_id: row.author_id,
        pupil_id: report.pupil.map(|pupil| pupil.0),
        recorded_at_ms: report.recorded_at_ms,
        received_at_ms: row.received_at_ms,
        is_serious: report.seriousness == Some(Seriousness::Serious),
        missing_points: report.missing().len() as i32,
        suspects_employee: report.suspects_employee(),
        told_by_id: report.told_by.map(|staff| staff.0),
        content: serde_json::to_vec(&report).unwrap_or_default(),
    });
    Ok(())
}
