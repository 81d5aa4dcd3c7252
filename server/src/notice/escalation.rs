//! A report that nobody has opened is told to the deputy after the time that the school sets. Its reporter sees it among the receipts,
//! and it is recorded, but for one that suspects an employee. Where no deputy may receive it nothing happens.

use std::time::Duration;

use shared::audit::AuditEvent;
use shared::domain::{AuditAct, SchoolId, StaffId};

use super::waiting::{Unopened, people, tell, unopened};
use crate::clock;
use crate::state::AppState;
use crate::store::{Store, StoreError, Tx};
use crate::sync::Live;
use crate::sync::feed::tell_reporter;

const LOOK_EVERY: Duration = Duration::from_secs(60);
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Escalates for as long as the server runs.
pub async fn keep_escalating(state: AppState) {
    loop {
        if let Err(error) = escalate(&state.store, &state.live, clock::now_ms()).await {
            tracing::warn!(%error, "what nobody has opened could not be looked through");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Escalates what is due, at every school; each report once, however many processes do it.
pub async fn escalate(store: &Store, live: &Live, now_ms: i64) -> Result<(), StoreError> {
    // An hour is the shortest time that a school can set.
    let mut tx = store.read().await?;
    let schools = tx.schools_with_unopened(now_ms - HOUR_MS).await?;
    drop(tx);
    for school in schools {
        // One school's trouble is not the others'.
        if let Err(error) = escalate_what_is_due(store, live, school, now_ms).await {
            tracing::error!(%error, "what nobody has opened could not be told to the deputy");
        }
    }
    Ok(())
}

async fn escalate_what_is_due(
    store: &Store,
    live: &Live,
    school: SchoolId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut tx = store.read().await?;
    let is_any = !due(&mut tx, school, now_ms).await?.is_empty();
    drop(tx);
    match is_any {
        true => escalate_at(store, live, school, now_ms).await,
        false => Ok(()),
    }
}

async fn escalate_at(
    store: &Store,
    live: &Live,
    school: SchoolId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    let mut head = tx.lock_head(school).await?;
    for (report, deputies) in due(&mut tx, school, now_ms).await? {
        if !tx.mark_escalated(school, report.id, now_ms).await? {
            continue;
        }
        // Whoever it suspects may be among those that see the record: its receipts alone tell then.
        if !report.suspects_employee {
            let act = AuditEvent::unsigned(AuditAct::EscalatedReport, now_ms);
            tx.record(school, act.document(report.id));
        }
        head = tell_reporter(&mut tx, school, head, report.reporter, report.id).await?;
        tell(&mut tx, school, &deputies, now_ms).await?;
    }
    tx.announce(&live.announcement(&[(school, head)])).await?;
    tx.commit().await?;
    live.tell(school, head);
    Ok(())
}

/// What has waited too long, and for whom it waits from now on.
async fn due(
    tx: &mut Tx,
    school: SchoolId,
    now_ms: i64,
) -> Result<Vec<(Unopened, Vec<StaffId>)>, StoreError> {
    let Some(hours) = tx.settings(school).await?.escalate_after_hours else {
        return Ok(Vec::new());
    };
    let before_ms = now_ms - i64::from(hours) * HOUR_MS;
    let people = people(tx, school).await?;
    let mut reports = unopened(tx, school).await?;
    reports.retain(|report| !report.is_escalated && report.received_at_ms <= before_ms);
    let with_deputies = reports.into_iter().map(|report| {
        let deputies = report.deputies(&people);
        (report, deputies)
    });
    Ok(with_deputies
        .filter(|(_, deputies)| !deputies.is_empty())
        .collect())
}
