//! What was put aside, for the administrator: who sent it, when and why, and nothing of what it says.

use axum::Json;
use axum::extract::State;
use shared::api::PutAside;
use shared::sync::ItemHash;

use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::error::Error;
use crate::state::AppState;

/// Most lines of the list.
const MAX_LINES: i64 = 500;

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<PutAside>>, Error> {
    if !may(&who, Verb::Read, Resource::Quarantine) {
        return Err(Error::Forbidden);
    }
    let lines = state
        .store
        .read()
        .await?
        .quarantine(who.school, MAX_LINES)
        .await?;
    let lines = lines.into_iter().map(|line| PutAside {
        item: ItemHash(line.item_hash),
        staff_name: line.staff_name,
        device_name: line.device_name,
        reason: line.reason,
        received_at_ms: line.received_at_ms,
    });
    Ok(Json(lines.collect()))
}
