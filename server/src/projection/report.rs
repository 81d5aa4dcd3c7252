//! A report -> the principal's inbox. Nothing of it is there before its reporter sends it.

use shared::document::{DecodedChange, SchemaError, read_report};
use shared::domain::{DocumentId, Seriousness};

use super::Projected;
use crate::store::change::DocumentRow;
use crate::store::report::{ReportEntryRow, ReportRow};

/// Adds what the report reads as.
pub fn project_report(
    row: &DocumentRow,
    changes: &[DecodedChange],
    into: &mut Projected,
) -> Result<(), SchemaError> {
    let report = read_report(DocumentId(row.id), changes)?;
    if report.is_withdrawn || !report.is_sent {
        into.withdrawn_reports.push(row.id);
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
        content: serde_json::to_vec(&report).unwrap_or_default(),
    });
    Ok(())
}
