//! Sharpened attention on a pupil: until when, never why.

use axum::extract::State;
use axum::http::StatusCode;
use shared::api::SetAttention;
use shared::domain::{AuditAct, PupilId};

use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::projection::pattern;
use crate::state::AppState;

/// Attention is taken up again on purpose, once a school year at least.
const LONGEST_MS: i64 = 366 * 24 * 60 * 60 * 1000;

pub async fn set(
    State(state): State<AppState>,
    who: SignedIn,
    Id(pupil): Id<PupilId>,
    Body(asked): Body<SetAttention>,
) -> Result<StatusCode, Error> {
    let mut tx = state.store.write().await?;
    let who = who.as_of(&mut tx).await?;
    let row = tx.pupil(who.school, pupil).await?.ok_or(Error::NotFound)?;
    if !may(
        &who,
        Verb::Write,
        Resource::Attention {
            class: row.current_class(),
        },
    ) {
        return Err(Error::NotFound);
    }
    let now_ms = clock::now_ms();
    if asked
        .until_ms
        .is_some_and(|until_ms| until_ms <= now_ms || until_ms - now_ms > LONGEST_MS)
    {
        return Err(Error::Malformed(
            "the end must be in the future, at most a year away",
        ));
    }
    tx.set_attention(who.school, pupil, asked.until_ms, who.staff)
        .await?;
    let what = if asked.until_ms.is_some() {
        "set"
    } else {
        "ended"
    };
    let act = who.did(AuditAct::SetAttention, now_ms);
    tx.record(who.school, act.pupil(Some(pupil)).detail(what));
    pattern::recompute(&mut tx, who.school, &[pupil.0]).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
