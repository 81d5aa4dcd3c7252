//! Patterns of pupils: the school's rule over all lines in which a pupil is exposed or alone. A function of what is stored, so
//! it comes out the same whatever order the entries came in.

use std::collections::HashMap;

use shared::domain::{
    DocumentId, PatternRule, PupilId, SchoolId, SchoolSettings, Sighting, StaffId,
};
use uuid::Uuid;

use crate::store::log::LogRow;
use crate::store::{StoreError, Tx};

/// Computes the patterns of these pupils anew.
pub async fn recompute(tx: &mut Tx, school: SchoolId, pupils: &[Uuid]) -> Result<(), StoreError> {
    if pupils.is_empty() {
        return Ok(());
    }
    let settings = tx.settings(school).await?;
    let mut sightings: HashMap<Uuid, Vec<Sighting>> = HashMap::new();
    for line in tx.sightings(school, pupils).await? {
        sightings
            .entry(line.pupil_id)
            .or_default()
            .push(sighting(&line));
    }
    let ids: Vec<PupilId> = pupils.iter().map(|id| PupilId(*id)).collect();
    let attention: HashMap<Uuid, Option<i64>> = tx
        .pupils_by_id(school, &ids)
        .await?
        .iter()
        .map(|pupil| (pupil.id, pupil.attention_until_ms))
        .collect();
    let pattern = |(pupil, seen): (Uuid, Vec<Sighting>)| {
        // An entry may name an id that is no pupil of the school's.
        let rule = rule_for(&settings, *attention.get(&pupil)?, &seen);
        rule.latest(PupilId(pupil), seen)
    };
    let patterns: Vec<_> = sightings.into_iter().filter_map(pattern).collect();
    tx.replace_patterns(school, pupils, &patterns).await
}

/// Computes every pupil's pattern anew: after the school has changed the figures.
pub async fn recompute_all(tx: &mut Tx, school: SchoolId) -> Result<(), StoreError> {
    let pupils: Vec<Uuid> = tx
        .roster(school)
        .await?
        .iter()
        .map(|pupil| pupil.id)
        .collect();
    recompute(tx, school, &pupils).await
}

/// The lower threshold applies to a pupil whose sharpened attention had not ended when the latest entry happened.
fn rule_for(
    settings: &SchoolSettings,
    attention_until_ms: Option<i64>,
    seen: &[Sighting],
) -> PatternRule {
    let latest_ms = seen.iter().map(|s| s.happened_at_ms).max();
    if attention_until_ms >= latest_ms && attention_until_ms.is_some() {
        settings.sharpened_pattern
    } else {
        settings.pattern
    }
}

fn sighting(line: &LogRow) -> Sighting {
    Sighting {
        entry: DocumentId(line.document_id),
        author: StaffId(line.author_id),
        happened_at_ms: line.happened_at_ms,
    }
}
