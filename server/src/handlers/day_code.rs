//! Signing in with a substitute's code for the day.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::api::TakeDayCode;

use crate::auth::{Browser, day_code};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::state::AppState;

/// Whatever session the browser had is ended.
pub async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<TakeDayCode>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let opened = day_code::take(&state, &asked, &browser, now_ms).await?;
    super::session::end(&state, &headers, Some(opened.device)).await?;
    super::session::answer(&state, opened, &browser, now_ms).await
}
