//! An entry -> its row and a line in the log of every pupil it names.

use shared::document::{DecodedChange, SchemaError, read_entry};
use shared::domain::{DocumentId, Part};

use super::Projected;
use crate::store::change::DocumentRow;
use crate::store::log::{EntryRow, LogRow};

/// Adds what the entry reads as; one that was withdrawn keeps its row and stands in no log.
pub fn project_entry(
    row: &DocumentRow,
    changes: &[DecodedChange],
    locked_at: Option<&[String]>,
    into: &mut Projected,
) -> Result<i64, SchemaError> {
    let entry = read_entry(DocumentId(row.id), changes, locked_at)?;
    if !entry.is_withdrawn {
        into.log.extend(
            entry
                .known_pupils()
                .into_iter()
                .map(|(pupil, part)| LogRow {
                    pupil_id: pupil.0,
                    document_id: row.id,
                    author_id: row.author_id,
                    happened_at_ms: entry.happened_at_ms,
                    is_sighting: matches!(part, Some(Part::Alone | Part::Exposed)),
                }),
        );
    }
    into.entries.push(EntryRow {
        document_id: row.id,
        author_id: row.author_id,
        happened_at_ms: entry.happened_at_ms,
        received_at_ms: row.received_at_ms,
        amendments: changes.len() as i32 - 1,
        is_locked: locked_at.is_some(),
        content: serde_json::to_vec(&entry).unwrap_or_default(),
    });
    Ok(entry.happened_at_ms)
}
