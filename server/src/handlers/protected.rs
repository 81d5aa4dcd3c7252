//! Pupils at a hidden address: under which name they are shown. The roster's name, and the class, then leave the server no more.

use axum::extract::State;
use axum::http::StatusCode;
use shared::api::SetProtection;
use shared::domain::{AuditAct, PupilId, is_plain};

use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::state::AppState;

const MAX_NAME_CHARS: usize = 80;

pub async fn set(
    State(state): State<AppState>,
    who: SignedIn,
    Id(pupil): Id<PupilId>,
    Body(asked): Body<SetProtection>,
) -> Result<StatusCode, Error> {
    if !may(&who, Verb::Write, Resource::Protection) {
        return Err(Error::NotFound);
    }
    let shown_as = asked.shown_as.as_deref().map(str::trim);
    let is_name =
        |name: &str| !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS && is_plain(name);
    if !shown_as.is_none_or(is_name) {
        return Err(Error::Malformed("a name has 1 to 80 characters"));
    }
    let mut tx = state.store.write().await?;
    if !tx.set_shown_as(who.school, pupil, shown_as).await? {
        return Err(Error::NotFound);
    }
    let did = who.did(AuditAct::SetProtection, clock::now_ms());
    tx.record(who.school, did.pupil(Some(pupil)));
    tx.bump_school_version(who.school).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
