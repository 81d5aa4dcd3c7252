//! The read log, for the one who answers for it.

use axum::Json;
use axum::extract::State;
use shared::api::Reading;

use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::error::Error;
use crate::state::AppState;

const NEWEST: i64 = 500;

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<Reading>>, Error> {
    if !may(&who, Verb::Read, Resource::Readings) {
        return Err(Error::Forbidden);
    }
    Ok(Json(
        state
            .store
            .read()
            .await?
            .readings(who.school, NEWEST)
            .await?,
    ))
}
