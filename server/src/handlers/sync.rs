//! The sync: everything unsent up, everything new down, one request. What a receipt calls stored is on disk by then. What was
//! sealed goes up without a session too, and then nothing comes down.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use shared::domain::SchoolId;
use shared::sync::frame::Version;
use shared::sync::{MAX_ITEMS, Receipt, Receipts, SyncAnswer, SyncRequest, answer, frame};

use super::owner;
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::Raw;
use crate::state::AppState;
use crate::sync::feed;
use crate::sync::letter;
use crate::sync::open::{MAX_UNOPENED, Opened, open};
use crate::sync::prepare::Prepared;

/// Scopes that a request may name; a person has a handful.
const MAX_CURSORS: usize = 64;

pub async fn exchange(
    State(state): State<AppState>,
    who: Option<SignedIn>,
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
    let who = who.map(Arc::new);
    let (author_school, receipts) = store(&state, who.as_ref(), items).await?;
    let school = who.as_ref().map(|who| who.school).or(author_school);
    // Nobody is signed in and nothing that came says whose it is.
    let school = school.ok_or(Error::SignedOut)?;
    let receipts = Receipts { school, receipts };
    let is_theirs = |who: &&SignedIn| request.device.is_none_or(|device| device == who.device);
    let reader = who.as_deref().filter(is_theirs);
    let body = answered(&state, reader, &request, parts.version, receipts).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], body).into_response())
}

/// Stores what can be; the receipts in the order of the items, and the school of the first author.
async fn store(
    state: &AppState,
    who: Option<&Arc<SignedIn>>,
    items: &[&[u8]],
) -> Result<(Option<SchoolId>, Vec<Receipt>), Error> {
    if items.is_empty() {
        return Ok((None, Vec::new()));
    }
    let max_unopened = who.map_or(MAX_UNOPENED, |_| MAX_ITEMS);
    let now_ms = clock::now_ms();
    let opened = open(&state.store, &state.keys, who, items, max_unopened, now_ms).await?;
    let mut known: Vec<Prepared> = Vec::new();
    let mut receipts: Vec<Option<Receipt>> = Vec::new();
    let mut school = None;
    for opened in opened {
        match opened {
            Opened::Letter(letter) => {
                school = Some(letter.author.who.school);
                let receipt = letter::keep(&state.store, &state.keys, &letter, now_ms).await?;
                receipts.push(Some(receipt));
            }
            Opened::Known(prepared) => {
                known.push(*prepared);
                receipts.push(None);
            }
            Opened::Refused(item, outcome) => receipts.push(Some(Receipt { item, outcome })),
        }
    }
    let school = known
        .first()
        .map(|prepared| prepared.author.school)
        .or(school);
    let has_reports = known.iter().any(Prepared::is_report);
    let stored = match known.is_empty() {
        true => Vec::new(),
        false => state.ingest.store(known).await?,
    };
    if has_reports {
        // What cannot be sealed to the owner now is sealed at the next occasion.
        let forwarded = owner::forward(state, now_ms).await;
        forwarded.unwrap_or_else(|error| tracing::warn!(%error, "the owner is told later"));
    }
    let mut stored = stored.into_iter();
    let receipts = receipts
        .into_iter()
        .filter_map(|refused| refused.or_else(|| stored.next()))
        .collect();
    Ok((school, receipts))
}

async fn answered(
    state: &AppState,
    who: Option<&SignedIn>,
    request: &SyncRequest,
    version: Version,
    receipts: Receipts,
) -> Result<Vec<u8>, Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.read().await?;
    let school = tx.school_state(receipts.school).await?;
    let school = school.ok_or(Error::NotFound)?;
    let page = match who {
        Some(who) if request.wants_feed => {
            feed::pull(&mut tx, who, school.head, &request.cursors, now_ms).await?
        }
        _ => feed::Page::default(),
    };
    let mut head = SyncAnswer {
        is_signed_in: who.is_some(),
        key_id: state.keys.key_id(),
        epoch: school.epoch,
        receipts: Vec::new(),
        cursors: page.cursors,
        documents: page.documents,
        has_more: page.has_more,
        school_version: school.version,
        server_time_ms: now_ms,
    };
    let broken = |_| Error::Broken("the sync answer cannot be written");
    match version {
        Version::Two => answer::write(&head, &receipts, &page.changes, |bytes| {
            state.keys.sign_receipts(bytes)
        })
        .map_err(broken),
        Version::One => {
            head.receipts = receipts.receipts;
            let head = serde_json::to_vec(&head).map_err(broken)?;
            let changes = page.changes.iter().map(Vec::as_slice);
            let parts = std::iter::once(head.as_slice()).chain(changes);
            Ok(frame::write(Version::One, parts))
        }
    }
}
