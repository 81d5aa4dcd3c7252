//! Patterns of late: for the leadership all, for whoever follows classes those of the own.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use shared::api::PatternLine;
use shared::domain::{AuditAct, ClassId, PupilId};
use uuid::Uuid;

use super::log_line::full_name;
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::state::AppState;

/// A pattern whose last entry is older has passed.
const RECENT_MS: i64 = 60 * 24 * 60 * 60 * 1000;

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<PatternLine>>, Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let who = who.as_of(&mut tx).await?;
    let patterns = tx.patterns_since(who.school, now_ms - RECENT_MS).await?;
    let ids: Vec<PupilId> = patterns.iter().map(|pattern| pattern.pupil).collect();
    let pupils: HashMap<Uuid, _> = tx
        .pupils_by_id(who.school, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let classes: HashMap<ClassId, String> = tx
        .classes(who.school)
        .await?
        .into_iter()
        .map(|class| (class.id, class.name))
        .collect();
    let raw: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let reported: HashMap<Uuid, i64> = tx
        .latest_reports_on(who.school, &raw)
        .await?
        .into_iter()
        .collect();
    let lines: Vec<PatternLine> = patterns
        .into_iter()
        .filter_map(|pattern| {
            let pupil = pupils.get(&pattern.pupil.0)?;
            let class = pupil.current_class();
            may(&who, Verb::Read, Resource::Patterns { class }).then(|| PatternLine {
                pupil_name: full_name(pupil),
                class_name: pupil
                    .shown_class()
                    .and_then(|class| classes.get(&class))
                    .cloned(),
                is_sharpened: pupil
                    .attention_until_ms
                    .is_some_and(|until_ms| until_ms > now_ms),
                is_reported: reported
                    .get(&pattern.pupil.0)
                    .is_some_and(|at_ms| *at_ms >= pattern.last_at_ms),
                pattern,
            })
        })
        .collect();
    tx.record(who.school, who.did(AuditAct::ReadPatterns, now_ms));
    tx.commit().await?;
    Ok(Json(lines))
}
