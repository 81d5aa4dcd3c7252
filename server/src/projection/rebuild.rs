//! All projections of a school, computed anew from its documents in one transaction.

use shared::document::DecodedChange;
use shared::domain::SchoolId;
use shared::sync::DocumentKind;
use shared::sync::gate::{self, Limits};
use uuid::Uuid;

use super::{Lane, Projected, pattern, project_entry, project_report};
use crate::store::change::ChangeRow;
use crate::store::{Store, StoreError, Tx};

/// Documents read at once.
const AT_ONCE: i64 = 2_000;

/// Throws the projections of every school away and computes them again; how many documents were read.
pub async fn rebuild(store: &Store, mut progress: impl FnMut(u64)) -> Result<u64, StoreError> {
    let mut done = 0;
    let schools = store.read().await?.schools().await?;
    for (school, _) in schools {
        let mut tx = store.write().await?;
        // Nobody writes documents of the school meanwhile.
        tx.lock_head(school).await?;
        tx.clear_projections(school).await?;
        while tx.encrypt_older(school, AT_ONCE).await? > 0 {}
        let mut after = Uuid::nil();
        loop {
            let ids = tx.document_ids_after(school, after, AT_ONCE).await?;
            let Some(last) = ids.last() else { break };
            after = *last;
            project(&mut tx, school, &ids).await?;
            done += ids.len() as u64;
            progress(done);
        }
        pattern::recompute_all(&mut tx, school).await?;
        tx.commit().await?;
    }
    Ok(done)
}

async fn project(tx: &mut Tx, school: SchoolId, ids: &[Uuid]) -> Result<(), StoreError> {
    let mut projected = Projected::default();
    let mut changes = std::collections::HashMap::<Uuid, Vec<DecodedChange>>::new();
    for row in tx.changes(school, ids).await? {
        changes
            .entry(row.document_id)
            .or_default()
            .push(decode(&row)?);
    }
    let erased = tx.erased_among(school, ids).await?;
    let lane = Lane::before(tx, school, ids).await?;
    for document in tx.documents(school, ids).await? {
        if document.erased_at_ms.is_some() || erased.contains(&document.id) {
            continue;
        }
        // No document is without a change: its key is not where it should be.
        let changes = changes
            .remove(&document.id)
            .ok_or(StoreError::NoContentKeys)?;
        let unreadable = |_| StoreError::Unreadable("document");
        match u8::try_from(document.kind)
            .ok()
            .and_then(DocumentKind::from_byte)
        {
            Some(DocumentKind::Entry) => {
                let locked_at = document.locked_heads();
                project_entry(&document, &changes, locked_at.as_deref(), &mut projected)
                    .map_err(unreadable)?;
            }
            Some(DocumentKind::Report) => {
                project_report(&document, &changes, &lane, &mut projected).map_err(unreadable)?
            }
            None => return Err(StoreError::Unreadable("document")),
        }
    }
    projected.write(tx, school).await
}

fn decode(row: &ChangeRow) -> Result<DecodedChange, StoreError> {
    let passed = gate::decode(&row.bytes, &Limits::default())
        .map_err(|_| StoreError::Unreadable("change"))?;
    DecodedChange::from_passed(&passed).map_err(|_| StoreError::Unreadable("change"))
}
