//! Mail on its way out. Whoever sends a notice holds it first, so two processes send it once; whether there is still something to
//! tell is looked at when it is sent. What fails is tried again, ever later, for three days.

use std::time::Duration;

use shared::domain::{SchoolId, StaffId};

use super::address::code;
use super::mailer::{Mailer, Words};
use super::waiting::{count, people};
use crate::clock;
use crate::keys::Keys;
use crate::state::AppState;
use crate::store::notice::{NoticeKind, NoticeRow};
use crate::store::{Store, StoreError, Tx};

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Longer than sending takes: after it another process may try.
const HELD_FOR_MS: i64 = 5 * 60 * 1000;
/// Wait after a first failure; doubled after each further one.
const FIRST_WAIT_MS: i64 = 30 * 1000;
const LONGEST_WAIT_MS: i64 = 6 * 60 * 60 * 1000;
const GIVE_UP_AFTER_MS: i64 = 3 * 24 * 60 * 60 * 1000;
/// So long the administrator is told of what failed.
pub const FAILURES_TOLD_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Sends for as long as the server runs; returns only where there is no mail server.
pub async fn keep_sending(state: AppState) {
    let Some(mailer) = &state.mailer else {
        return std::future::pending().await;
    };
    loop {
        let sent = send_next(&state.store, &state.keys, mailer, clock::now_ms()).await;
        if let Err(error) = &sent {
            tracing::warn!(%error, "notices wait: the database does not answer");
        }
        if !sent.is_ok_and(|had_one| had_one) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Sends the notice that is due first; false when none is.
pub async fn send_next(
    store: &Store,
    keys: &Keys,
    mailer: &Mailer,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Some(notice) = store.read().await?.due_notices(now_ms, 1).await?.pop() else {
        return Ok(false);
    };
    let mut tx = store.write().await?;
    if !tx.hold_notice(&notice, now_ms + HELD_FOR_MS).await? {
        return Ok(true);
    }
    tx.commit().await?;
    // Held by now: a person about whom nothing can be read does not stand in the way of the others.
    let mail = mail(&mut store.read().await?, keys, &notice, now_ms).await?;
    let Some((to, words)) = mail else {
        let mut tx = store.write().await?;
        tx.end_notice(&notice, None).await?;
        tx.commit().await?;
        return Ok(true);
    };
    let sent = mailer.send(&to, &words).await;
    let mut tx = store.write().await?;
    match sent {
        Ok(()) => tx.end_notice(&notice, Some(now_ms)).await?,
        Err(cause) => failed(&mut tx, &notice, &cause, now_ms).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Where it goes and what it says; nothing when there is nothing to tell any more.
async fn mail(
    tx: &mut Tx,
    keys: &Keys,
    notice: &NoticeRow,
    now_ms: i64,
) -> Result<Option<(String, Words)>, StoreError> {
    let (school, staff) = (SchoolId(notice.school_id), StaffId(notice.staff_id));
    let everybody = people(tx, school).await?;
    let Some(who) = everybody.iter().find(|who| who.staff == staff) else {
        return Ok(None);
    };
    let Some(row) = tx.notice_address(school, staff).await? else {
        return Ok(None);
    };
    let words = match notice.kind() {
        Some(NoticeKind::Waiting) if row.confirmed_at_ms.is_some() => {
            let waits = count(tx, who).await? > 0;
            waits.then_some(Words::Waiting)
        }
        Some(NoticeKind::Confirmation) if row.confirmed_at_ms.is_none() => {
            code(keys, who, &row, now_ms).map(Words::Code)
        }
        _ => None,
    };
    Ok(words.map(|words| (row.address, words)))
}

async fn failed(
    tx: &mut Tx,
    notice: &NoticeRow,
    cause: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let doubled = notice.failures.clamp(0, 20) as u32;
    let wait_ms = (FIRST_WAIT_MS << doubled).min(LONGEST_WAIT_MS);
    let is_given_up = now_ms + wait_ms - notice.wanted_at_ms > GIVE_UP_AFTER_MS;
    match is_given_up {
        true => tx.end_notice(notice, None).await?,
        false => tx.put_notice_off(notice, now_ms + wait_ms).await?,
    }
    tracing::warn!(cause, is_given_up, "a notice did not go out");
    let since_ms = now_ms - FAILURES_TOLD_FOR_MS;
    let school = SchoolId(notice.school_id);
    tx.count_notice_failure(school, cause, is_given_up, now_ms, since_ms)
        .await
}
