//! Taking up an invitation to an account.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::api::AcceptInvitation;

use crate::auth::{self, Browser};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::state::AppState;

/// Whatever session the browser had is ended.
pub async fn accept(
    State(state): State<AppState>,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<AcceptInvitation>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let opened = auth::accept_invitation(&state, &asked, &browser, now_ms).await?;
    super::session::end(&state, &headers, Some(opened.device)).await?;
    super::session::answer(&state, opened, &browser, now_ms).await
}
