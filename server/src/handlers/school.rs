//! What a phone keeps of the school.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::error::Error;
use crate::state::AppState;

/// The tag names the version and who asks, since own classes differ; a phone that has this very answer gets no body.
pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !may(&who, Verb::Read, Resource::School) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.read().await?;
    // As of the moment that the version is of.
    let who = SignedIn {
        own_classes: tx.followed_classes(who.school, who.staff).await?,
        ..who
    };
    let state = tx.school_state(who.school).await?;
    let version = state.ok_or(Error::NotFound)?.version;
    let tag = format!("\"{version}-{}\"", who.staff);
    let headed = [(ETAG, tag.clone())];
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, headed).into_response());
    }
    let mut school = tx
        .school(who.school, who.followed_classes())
        .await?
        .ok_or(Error::NotFound)?;
    if !may(&who, Verb::Read, Resource::Colleagues) {
        school.duties.clear();
        school.staff.retain(|colleague| colleague.id == who.staff);
    }
    Ok((headed, Json(school)).into_response())
}
