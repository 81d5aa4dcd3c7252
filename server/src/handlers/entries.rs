//! One entry with every earlier wording. Opening it is recorded.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use shared::api::EntryDetail;
use shared::audit::AuditEvent;
use shared::document::{DecodedChange, read_revisions};
use shared::domain::{AuditAct, DocumentId, PupilId, SchoolId, StaffId};
use shared::sync::gate::{self, Limits};

use super::log_line::{actor_names, classes_of, log_lines, read};
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::Id;
use crate::state::AppState;
use crate::store::Tx;
use crate::sync::scope::Plan;

pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<Json<EntryDetail>, Error> {
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let who = who.as_of(&mut tx).await?;
    let rows = tx.entries(who.school, &[id.0]).await?;
    let row = rows.first().ok_or(Error::NotFound)?;
    let entry = read(row)?;
    let plan = Plan {
        recesses: tx.recesses(who.school).await?,
        duties: tx.duties_of(who.school, who.staff).await?,
    };
    let resource = Resource::Entry {
        author: Some(StaffId(row.author_id)),
        is_on_its_shift: plan.shares_shift(who.staff, entry.happened_at_ms, now_ms),
        classes: &classes_of(&mut tx, who.school, &entry).await?,
    };
    if !may(&who, Verb::Read, resource) {
        return Err(Error::NotFound);
    }
    let document = tx
        .documents(who.school, &[id.0])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let revisions = read_revisions(
        &changes_of(&mut tx, who.school, id).await?,
        document.locked_heads().as_deref(),
    );
    let (mut lines, _) = log_lines(&mut tx, who.school, &rows).await?;
    let writers: BTreeSet<_> = revisions.iter().map(|revision| revision.by).collect();
    let actors = actor_names(&mut tx, who.school, writers).await?;
    let reading = who.did(AuditAct::ReadEntry, now_ms).document(id);
    record_about(
        &mut tx,
        who.school,
        &reading,
        entry.known_pupils().into_keys(),
    );
    tx.commit().await?;
    let line = lines.pop().ok_or(Error::NotFound)?;
    Ok(Json(EntryDetail {
        line,
        revisions,
        actors,
    }))
}

/// Records a reading once for each pupil whom it was about, so that it stands in the reading record of each; once when for none.
pub(super) fn record_about(
    tx: &mut Tx,
    school: SchoolId,
    reading: &AuditEvent,
    pupils: impl Iterator<Item = PupilId>,
) {
    let pupils: BTreeSet<PupilId> = pupils.collect();
    if pupils.is_empty() {
        tx.record(school, reading.clone());
    }
    for pupil in pupils {
        tx.record(school, reading.clone().pupil(Some(pupil)));
    }
}

/// All changes of a document, oldest first.
pub(super) async fn changes_of(
    tx: &mut Tx,
    school: SchoolId,
    id: DocumentId,
) -> Result<Vec<DecodedChange>, Error> {
    let unreadable = || Error::Broken("a stored change cannot be read");
    let decode = |bytes: &[u8]| {
        let passed = gate::decode(bytes, &Limits::default()).map_err(|_| unreadable())?;
        DecodedChange::from_passed(&passed).map_err(|_| unreadable())
    };
    tx.changes(school, &[id.0])
        .await?
        .iter()
        .map(|row| decode(&row.bytes))
        .collect()
}
