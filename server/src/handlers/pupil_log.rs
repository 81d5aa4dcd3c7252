//! A pupil's log (*elevlogg*), in order of the time it happened. Opening it is recorded, in the transaction that reads it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::PupilLog;
use shared::domain::{AuditAct, PupilId};

use super::log_line::log_lines;
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::{Asked, Id};
use crate::state::AppState;
use crate::store::log::EntryRow;

/// Lines of one page.
const PAGE_LINES: i64 = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    before: Option<i64>,
}

pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Id(pupil): Id<PupilId>,
    Asked(page): Asked<Page>,
) -> Result<Json<PupilLog>, Error> {
    let mut tx = state.store.write().await?;
    let who = who.as_of(&mut tx).await?;
    let row = tx.pupil(who.school, pupil).await?.ok_or(Error::NotFound)?;
    let class = row.current_class();
    if !may(&who, Verb::Read, Resource::PupilLog { class }) {
        return Err(Error::NotFound);
    }
    let now_ms = clock::now_ms();
    let mut rows = tx
        .pupil_log(
            who.school,
            pupil,
            page.before.unwrap_or(i64::MAX),
            PAGE_LINES + 1,
        )
        .await?;
    let goes_on = rows.len() as i64 > PAGE_LINES;
    if goes_on {
        end_between_times(&mut rows);
    }
    let (lines, actors) = log_lines(&mut tx, who.school, &rows).await?;
    let class_name = tx
        .classes(who.school)
        .await?
        .into_iter()
        .find(|it| Some(it.id) == row.shown_class())
        .map(|it| it.name);
    let log = PupilLog {
        pupil: row.pupil(),
        class_name,
        has_left: row.left_at_ms.is_some(),
        is_protected: row.shown_as.is_some(),
        attention_until_ms: row.attention_until_ms.filter(|until_ms| *until_ms > now_ms),
        pattern: tx.pattern_of(who.school, pupil).await?,
        next_before_ms: rows
            .last()
            .filter(|_| goes_on)
            .map(|last| last.happened_at_ms),
        lines,
        actors,
    };
    let reading = who.did(AuditAct::ReadPupilLog, now_ms);
    tx.record(who.school, reading.pupil(Some(pupil)));
    tx.commit().await?;
    Ok(Json(log))
}

/// Drops the lines of the last moment: the next page begins before a time, so one moment's lines stay together. A page that is
/// all one moment stays as it is.
fn end_between_times(rows: &mut Vec<EntryRow>) {
    let Some(last_ms) = rows.last().map(|row| row.happened_at_ms) else {
        return;
    };
    let kept = rows.partition_point(|row| row.happened_at_ms > last_ms);
    if kept > 0 {
        rows.truncate(kept);
    }
}
