//! What was erased, what may not be kept any longer, and the erasing of both one document and a list. Nothing here says what a
//! document said.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::{DueLine, Erase, Erasures};
use shared::domain::{AuditAct, DocumentId, ErasureGround, Retention, SchoolId, StaffId};
use shared::sync::DocumentKind;
use uuid::Uuid;

use super::reports::is_for;
use crate::access::{Resource, Verb, may};
use crate::auth::{SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::state::AppState;
use crate::store::erasure::DueRow;
use crate::store::{StoreError, Tx};
use crate::sync::erase::{EraseError, Order, erase};

/// Most documents that are listed, and erased, at once.
const MAX_DUE: i64 = 500;
/// Most lines of the record.
const MAX_ERASED: i64 = 500;

pub async fn list(State(state): State<AppState>, who: SignedIn) -> Result<Json<Erasures>, Error> {
    if !may(&who, Verb::Read, Resource::Erasures) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let retention = tx.settings(who.school).await?.retention;
    let due = due(&mut tx, who.school, retention, now_ms).await?;
    let names = tx.colleagues(who.school).await?;
    let due = due
        .into_iter()
        .map(|(kind, row)| DueLine {
            document: DocumentId(row.document_id),
            kind,
            author_name: names
                .iter()
                .find(|it| it.id == StaffId(row.author_id))
                .map(|it| it.name.clone())
                .unwrap_or_default(),
            at_ms: row.at_ms,
        })
        .collect();
    let erased = tx.erasures(who.school, MAX_ERASED).await?;
    tx.record(who.school, who.did(AuditAct::ReadErasures, now_ms));
    tx.commit().await?;
    Ok(Json(Erasures {
        retention,
        due,
        erased,
    }))
}

pub async fn create(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<Erase>,
) -> Result<StatusCode, Error> {
    if !may(&who, Verb::Create, Resource::Erasures) {
        return Err(Error::Forbidden);
    }
    let now_ms = clock::now_ms();
    stepped_up(&who, now_ms)?;
    let documents: Vec<Uuid> = asked
        .documents
        .iter()
        .map(|id| id.0)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if documents.is_empty() || documents.len() as i64 > MAX_DUE {
        return Err(Error::TooLarge("1 to 500 documents at once"));
    }
    let mut tx = state.store.write().await?;
    match &asked.ground {
        ErasureGround::RetentionEnded => {
            check_due(&mut tx, who.school, &documents, now_ms).await?;
        }
        ground if ErasureGround::CHOICES.contains(ground) => {}
        _ => return Err(Error::Malformed("there is no such ground")),
    }
    if is_kept_from(&mut tx, &who, &documents).await? {
        return Err(Error::NotFound);
    }
    let order = Order {
        school: who.school,
        documents,
        by: Some((who.staff, who.device)),
        ground: asked.ground,
    };
    let erased = erase(&state.store, &state.keys, &state.live, tx, &order, now_ms).await;
    erased.map_err(|error| match error {
        EraseError::Unknown => Error::NotFound,
        EraseError::ReportBuildsOnIt => Error::ReportBuildsOnIt,
        EraseError::Store(error) => Error::Store(error),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a report among them went past the leadership, or suspects the asker: for whom there is no such document.
async fn is_kept_from(tx: &mut Tx, who: &SignedIn, documents: &[Uuid]) -> Result<bool, Error> {
    if !tx.past_leadership(who.school, documents).await?.is_empty() {
        return Ok(true);
    }
    for id in tx.in_inbox(who.school, documents).await? {
        let row = tx.report(who.school, DocumentId(id)).await?;
        let row = row.ok_or(Error::NotFound)?;
        if !is_for(who, Verb::Read, &row, false)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Everything that may not be kept any longer, oldest first of each kind.
async fn due(
    tx: &mut Tx,
    school: SchoolId,
    retention: Retention,
    now_ms: i64,
) -> Result<Vec<(DocumentKind, DueRow)>, StoreError> {
    let mut due = Vec::new();
    if let Some(before_ms) = retention.reports_due_before_ms(now_ms) {
        let rows = tx.reports_due(school, before_ms, MAX_DUE).await?;
        due.extend(rows.into_iter().map(|row| (DocumentKind::Report, row)));
    }
    let room = MAX_DUE - due.len() as i64;
    if let Some(before_ms) = retention.entries_due_before_ms(now_ms)
        && room > 0
    {
        let rows = tx.entries_due(school, before_ms, room).await?;
        due.extend(rows.into_iter().map(|row| (DocumentKind::Entry, row)));
    }
    Ok(due)
}

/// The list was made some time ago: what is on it must still be due.
async fn check_due(
    tx: &mut Tx,
    school: SchoolId,
    documents: &[Uuid],
    now_ms: i64,
) -> Result<(), Error> {
    let retention = tx.settings(school).await?.retention;
    let due: BTreeSet<Uuid> = due(tx, school, retention, now_ms)
        .await?
        .into_iter()
        .map(|(_, row)| row.document_id)
        .collect();
    match documents.iter().all(|document| due.contains(document)) {
        true => Ok(()),
        false => Err(Error::Conflict("not all of it is due any more: load again")),
    }
}
