//! The sync: everything unsent up, everything new down, one request. What a receipt calls stored is on disk by then.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use shared::sync::{MAX_ITEMS, Receipt, SyncAnswer, SyncRequest, frame};

use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::Raw;
use crate::state::AppState;
use crate::sync::{feed, prepare};

/// Scopes that a request may name; a person has a handful.
const MAX_CURSORS: usize = 64;

pub async fn exchange(
    State(state): State<AppState>,
    who: SignedIn,
    Raw(body): Raw,
) -> Result<Response, Error> {
    let malformed = |_| Error::Malformed("the body is not a sync request that this server knows");
    let parts = frame::read(&body, MAX_ITEMS + 1).map_err(malformed)?;
    let (head, items) = parts
        .whole
        .split_first()
        .ok_or(Error::Malformed("the sync request has no head"))?;
    let request: SyncRequest = serde_json::from_slice(head)
        .map_err(|_| Error::Malformed("the head of the sync request cannot be read"))?;
    if request.cursors.len() > MAX_CURSORS {
        return Err(Error::TooLarge("the sync request names too many scopes"));
    }
    let receipts = store(&state, &who, items).await?;
    let (answer, changes) = answer(&state, &who, &request, receipts).await?;
    let head = serde_json::to_vec(&answer)
        .map_err(|_| Error::Broken("the sync answer cannot be written"))?;
    let body =
        frame::write(std::iter::once(head.as_slice()).chain(changes.iter().map(Vec::as_slice)));
    Ok(([(CONTENT_TYPE, "application/octet-stream")], body).into_response())
}

async fn store(state: &AppState, who: &SignedIn, items: &[&[u8]]) -> Result<Vec<Receipt>, Error> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let prepared = items
        .iter()
        .map(|bytes| prepare::prepare(bytes, who))
        .collect();
    Ok(state.ingest.store(who.clone(), prepared).await?)
}

async fn answer(
    state: &AppState,
    who: &SignedIn,
    request: &SyncRequest,
    receipts: Vec<Receipt>,
) -> Result<(SyncAnswer, Vec<Vec<u8>>), Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.read().await?;
    let (school_version, epoch) = tx
        .school_version(who.school)
        .await?
        .ok_or(Error::NotFound)?;
    let page = if request.wants_feed {
        feed::pull(&mut tx, who, &request.cursors, now_ms).await?
    } else {
        feed::Page::default()
    };
    let answer = SyncAnswer {
        epoch,
        receipts,
        cursors: page.cursors,
        documents: page.documents,
        has_more: page.has_more,
        school_version,
        server_time_ms: now_ms,
    };
    Ok((answer, page.changes))
}
