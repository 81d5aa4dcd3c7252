//! Whether the server is well: for a balancer or a watchman.

use axum::extract::State;

use crate::error::Error;
use crate::state::AppState;

/// Answers when the database does.
pub async fn check(State(state): State<AppState>) -> Result<&'static str, Error> {
    state.store.read().await?.schools().await?;
    Ok("well\n")
}
