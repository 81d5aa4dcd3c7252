//! The record of a school that was there before it: the readings that were recorded until then, and what was stored, are taken in.

use shared::audit::{AuditEvent, ChangeBy, join_changes};
use shared::domain::{AuditAct, SchoolId};

use crate::store::{Store, StoreError, Tx};

/// Changes told of in one row.
const AT_ONCE: i64 = 2_000;

/// Begins the record where there is none yet and something to tell.
pub async fn begin_record(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    let schools = store.read().await?.places().await?;
    for (school, _) in schools {
        if store.read().await?.audit_head(school).await?.0 > 0 {
            continue;
        }
        let mut tx = store.write().await?;
        // Held first: a process that begins at the same time, or stores what comes in, waits, and then finds it begun.
        tx.lock_head(school).await?;
        let readings = tx.take_old_readings(school).await?;
        if tx.audit_head(school).await?.0 == 0 {
            tell(&mut tx, school, readings, now_ms).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn tell(
    tx: &mut Tx,
    school: SchoolId,
    readings: Vec<AuditEvent>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut stored = Vec::new();
    let mut after = i64::MIN;
    loop {
        let changes = tx.changes_by_after(school, after, AT_ONCE).await?;
        let Some((last, _)) = changes.last() else {
            break;
        };
        after = *last;
        let changes: Vec<ChangeBy> = changes.into_iter().map(|(_, change)| change).collect();
        let event = AuditEvent::unsigned(AuditAct::StoredChanges, now_ms);
        stored.push(event.detail(join_changes(&changes)));
    }
    if readings.is_empty() && stored.is_empty() {
        return Ok(());
    }
    tx.record(school, AuditEvent::unsigned(AuditAct::BeganRecord, now_ms));
    let all = readings.into_iter().chain(stored);
    all.for_each(|event| tx.record(school, event));
    Ok(())
}

#[cfg(test)]
mod tests {
    use shared::domain::SchoolId;
    use uuid::Uuid;

    use super::*;
    use crate::audit::verify::verify_school;
    use crate::store::change::ChangeRow;
    use crate::store::fixture;
    use crate::store::on_both::on_both;

    async fn acts(store: &Store, school: SchoolId) -> Vec<AuditAct> {
        let mut tx = store.read().await.unwrap();
        let rows = tx.audit_after(school, 0, 100).await.unwrap();
        rows.into_iter().map(|row| row.event.act).collect()
    }

    on_both! {
        async fn two_documents_that_begin_with_the_same_change_are_both_told_of(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            fixture::change(&mut tx, &yard, Uuid::from_u128(1), b"x").await;
            tx.put_documents(yard.school, &[fixture::document(2, 1)]).await.unwrap();
            let first = tx.changes(yard.school, &[Uuid::from_u128(1)]).await.unwrap().remove(0);
            let twin = ChangeRow { document_id: Uuid::from_u128(2), seq: 2, ..first };
            tx.add_changes(yard.school, &[twin]).await.unwrap();
            tx.commit().await.unwrap();
            begin_record(&store, 5).await.unwrap();
            assert_eq!(verify_school(&store, yard.school, Vec::new()).await.unwrap().findings, []);
        }

        async fn what_was_stored_before_is_told_once_and_a_new_school_has_nothing_to_tell(store: Store) {
            let (yard, new) = (fixture::school(&store).await, fixture::school(&store).await);
            let mut tx = store.write().await.unwrap();
            fixture::change(&mut tx, &yard, Uuid::from_u128(1), b"x").await;
            tx.commit().await.unwrap();
            assert_ne!(verify_school(&store, yard.school, Vec::new()).await.unwrap().findings, []);
            for _ in 0..2 {
                begin_record(&store, 5).await.unwrap();
            }
            assert_eq!(acts(&store, yard.school).await, [AuditAct::BeganRecord, AuditAct::StoredChanges]);
            assert_eq!(verify_school(&store, yard.school, Vec::new()).await.unwrap().findings, []);
            assert!(acts(&store, new.school).await.is_empty());
        }
    }
}
