//! What a phone keeps of the school.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
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
    let (version, _) = tx
        .school_version(who.school)
        .await?
        .ok_or(Error::NotFound)?;
    let tag = format!("\"{version}-{}\"", who.staff);
    let cache = [
        (ETAG, tag.clone()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    let school = tx
        .school(who.school, &who.own_classes)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((cache, Json(school)).into_response())
}
