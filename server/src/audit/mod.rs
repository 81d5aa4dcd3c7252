//! The record around its rows: begun at schools that were there before it, exported, and held against the database. What a row is and
//! how it is verified is in `shared::audit`; rows are added by `store::audit`.

pub mod begin;
pub mod export;
pub mod verify;

use shared::audit::AuditEvent;

use crate::store::{Store, StoreError};

/// Records at every school what a command does to all of them.
pub async fn record_everywhere(store: &Store, event: &AuditEvent) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    for (school, _) in tx.places().await? {
        tx.record(school, event.clone());
    }
    tx.commit().await
}
