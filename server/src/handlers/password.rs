//! One's own password: whether there is one, and choosing another.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::api::{ChangePassword, OwnPassword};

use super::session;
use crate::access::{Resource, Verb, may};
use crate::auth::{Browser, SignedIn, password_change};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::state::AppState;

pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<OwnPassword>, Error> {
    if !may(&who, Verb::Read, Resource::Password { owner: who.staff }) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.read().await?;
    let hash = tx.password_hash(who.school, who.staff).await?;
    Ok(Json(OwnPassword {
        is_set: hash.is_some(),
    }))
}

/// The session goes on under a new token.
pub async fn change(
    State(state): State<AppState>,
    who: SignedIn,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<ChangePassword>,
) -> Result<Response, Error> {
    if !may(&who, Verb::Write, Resource::Password { owner: who.staff }) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    let token = state.cookie.read(&headers).ok_or(Error::SignedOut)?;
    let opened = password_change::change(&state, &who, &token, &asked, now_ms).await?;
    session::answer(&state, opened, &browser, now_ms).await
}
