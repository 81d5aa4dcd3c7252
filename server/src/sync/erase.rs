//! Erasing documents everywhere: rows and projections in one transaction, which also tells phones to forget them; then their keys,
//! and with these every copy in a backup. A key that could not be destroyed is destroyed at the next start.

use std::collections::{BTreeMap, HashSet};

use shared::audit::{AuditEvent, join_hashes};
use shared::domain::{AuditAct, DeviceId, DocumentId, ErasureGround, SchoolId, StaffId};
use shared::sync::{Hex, Item};
use uuid::Uuid;

use super::live::Live;
use super::readmit::item_of;
use crate::keys::Keys;
use crate::projection::pattern;
use crate::store::erasure::Erasure;
use crate::store::feed::FeedRow;
use crate::store::{Store, StoreError, Tx};

/// Documents and items read at once.
const AT_ONCE: i64 = 500;

/// What is to be erased, and on whose word.
#[derive(Debug, Clone)]
pub struct Order {
    pub school: SchoolId,
    pub documents: Vec<Uuid>,
    /// On which device; none for a command.
    pub by: Option<(StaffId, DeviceId)>,
    pub ground: ErasureGround,
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error("there is no such document")]
    Unknown,
    #[error("a report builds on one of these entries")]
    ReportBuildsOnIt,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Erases all of them or none. `tx` is committed.
pub async fn erase(
    store: &Store,
    keys: &Keys,
    live: &Live,
    mut tx: Tx,
    order: &Order,
    now_ms: i64,
) -> Result<(), EraseError> {
    let school = order.school;
    // Nobody writes documents of the school meanwhile.
    let head = tx.lock_head(school).await?;
    let documents = tx.documents(school, &order.documents).await?;
    if documents.len() != order.documents.len()
        || documents.iter().any(|it| it.erased_at_ms.is_some())
    {
        return Err(EraseError::Unknown);
    }
    let building = tx.reports_on_entries(school, &order.documents).await?;
    // What had been erased before the backup came is erased again, whatever the backup has built on it.
    let is_again = order.ground == ErasureGround::Restored;
    if !is_again
        && building
            .iter()
            .any(|row| !order.documents.contains(&row.report_id))
    {
        return Err(EraseError::ReportBuildsOnIt);
    }
    let mut pupils = tx.clear_log_of(school, &order.documents).await?;
    let erasures: Vec<Erasure> = documents
        .iter()
        .map(|row| Erasure {
            document: row.id,
            kind: row.kind,
            at_ms: now_ms,
            by: order.by.map(|(staff, _)| staff),
            ground: order.ground.clone(),
        })
        .collect();
    record(&mut tx, order, now_ms).await?;
    tx.erase(school, &erasures).await?;
    pupils.sort();
    pupils.dedup();
    pattern::recompute(&mut tx, school, &pupils).await?;
    let head = forget_on_phones(&mut tx, school, &order.documents, head).await?;
    clear_quarantine(&mut tx, keys, school, &order.documents).await?;
    tx.announce(&live.announcement(&[(school, head)])).await?;
    tx.commit().await?;
    live.tell(school, head);
    destroy_keys(store, now_ms).await?;
    Ok(())
}

/// One row for each document, with the changes that go: they stand in the record, and this says why they are nowhere else.
async fn record(tx: &mut Tx, order: &Order, now_ms: i64) -> Result<(), StoreError> {
    let mut hashes: BTreeMap<Uuid, Vec<Hex<32>>> = BTreeMap::new();
    for (document, hash) in tx.change_hashes_of(order.school, &order.documents).await? {
        hashes.entry(document).or_default().push(hash);
    }
    for document in &order.documents {
        let of_document = hashes.remove(document).unwrap_or_default();
        let event = AuditEvent {
            staff: order.by.map(|(staff, _)| staff),
            device: order.by.map(|(_, device)| device),
            ..AuditEvent::unsigned(AuditAct::Erased, now_ms)
        };
        let detail = join_hashes(order.ground.as_str(), &of_document);
        let event = event.document(DocumentId(*document)).detail(detail);
        tx.record(order.school, event);
    }
    Ok(())
}

/// Moves the documents on in every feed they stand in, as gone; the new head.
async fn forget_on_phones(
    tx: &mut Tx,
    school: SchoolId,
    documents: &[Uuid],
    mut head: i64,
) -> Result<i64, StoreError> {
    let mut seqs: BTreeMap<Uuid, i64> = BTreeMap::new();
    for document in documents {
        head += 1;
        seqs.insert(*document, head);
    }
    let rows: Vec<FeedRow> = tx
        .feed_of_documents(school, documents)
        .await?
        .into_iter()
        .filter_map(|row| {
            let seq = *seqs.get(&row.document_id)?;
            Some(FeedRow {
                seq,
                is_gone: true,
                ..row
            })
        })
        .collect();
    tx.put_feed(school, &rows).await?;
    tx.set_head(school, head).await?;
    Ok(head)
}

/// Lets go of what was put aside of these documents: it says what they said.
async fn clear_quarantine(
    tx: &mut Tx,
    keys: &Keys,
    school: SchoolId,
    documents: &[Uuid],
) -> Result<(), StoreError> {
    let erased: HashSet<Uuid> = documents.iter().copied().collect();
    let mut after = String::new();
    loop {
        let rows = tx.quarantined_after(school, &after, None, AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after.clone_from(&last.item_hash);
        let is_of_them = |bytes: Vec<u8>| {
            Item::decode(&bytes).is_ok_and(|item| erased.contains(&item.document.0))
        };
        let gone: Vec<&str> = rows
            .iter()
            .filter(|row| item_of(keys, row).is_some_and(is_of_them))
            .map(|row| row.item_hash.as_str())
            .collect();
        tx.end_quarantine(school, &gone).await?;
    }
}

/// Destroys the keys of what was erased; whatever was left of it when a server ended is done now.
pub async fn destroy_keys(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    loop {
        let pending = store.read().await?.pending_erasures(AT_ONCE).await?;
        if pending.is_empty() {
            return Ok(());
        }
        let mut by_school: BTreeMap<SchoolId, Vec<Uuid>> = BTreeMap::new();
        for (school, document) in pending {
            by_school.entry(school).or_default().push(document);
        }
        for (school, documents) in by_school {
            store
                .content_keys()
                .destroy(school, &documents, now_ms)
                .await?;
            let mut tx = store.write().await?;
            tx.end_erasures(school, &documents).await?;
            tx.commit().await?;
        }
    }
}

/// After a backup was restored: erases once more what had been erased when the backup was not yet so old. Their number, and that of
/// documents that cannot be read since their keys are nowhere.
pub async fn erase_again(
    store: &Store,
    keys: &Keys,
    now_ms: i64,
) -> Result<(usize, usize), EraseError> {
    let (mut erased, mut without_key) = (0, 0);
    for (school, _) in store.read().await?.schools().await? {
        let mut after = Uuid::nil();
        loop {
            let mut tx = store.write().await?;
            let ids = tx.document_ids_after(school, after, AT_ONCE).await?;
            let Some(last) = ids.last() else { break };
            after = *last;
            let known = tx.documents(school, &ids).await?;
            let open: Vec<Uuid> = known
                .iter()
                .filter(|row| row.erased_at_ms.is_none())
                .map(|row| row.id)
                .collect();
            let documents = tx.erased_among(school, &open).await?;
            let readable = tx.readable_among(school, &open).await?;
            erased += documents.len();
            without_key += open.len() - documents.len() - readable.len();
            if documents.is_empty() {
                continue;
            }
            let order = Order {
                school,
                documents,
                by: None,
                ground: ErasureGround::Restored,
            };
            erase(store, keys, &Live::default(), tx, &order, now_ms).await?;
        }
    }
    Ok((erased, without_key))
}
