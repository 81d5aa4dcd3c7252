//! Notices on their way out, as mails and as pushes. Whoever sends a notice holds it first, so two processes send it once; whether
//! there is still something to tell is looked at when it is sent. What fails is tried again, ever later, for three days.

use std::time::Duration;

use shared::domain::{SchoolId, StaffId};

use super::address::code;
use super::mailer::{Mailer, Words};
use super::push::{PushFailure, Pusher};
use super::waiting::{count, people};
use crate::clock;
use crate::keys::Keys;
use crate::state::AppState;
use crate::store::notice::{NoticeKind, NoticeRow};
use crate::store::push::PushRow;
use crate::store::{Store, StoreError, Tx};

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Longer than sending takes: after it another process may try.
const HELD_FOR_MS: i64 = 5 * 60 * 1000;
/// Wait after a first failure; doubled after each further one.
const FIRST_WAIT_MS: i64 = 30 * 1000;
const LONGEST_WAIT_MS: i64 = 6 * 60 * 60 * 1000;
const GIVE_UP_AFTER_MS: i64 = 3 * 24 * 60 * 60 * 1000;
const MAIL: [NoticeKind; 2] = [NoticeKind::Waiting, NoticeKind::Confirmation];
/// So long the administrator is told of what failed.
pub const FAILURES_TOLD_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Sends for as long as the server runs, where there is a way to.
pub async fn keep_sending(state: AppState) {
    let (store, keys) = (&state.store, &state.keys);
    let mails = async {
        match &state.mailer {
            Some(mailer) => {
                keep(async || send_next(store, keys, mailer, clock::now_ms()).await).await
            }
            None => std::future::pending().await,
        }
    };
    let pushes = async {
        match &state.pusher {
            Some(pusher) => keep(async || push_next(store, pusher, clock::now_ms()).await).await,
            None => std::future::pending().await,
        }
    };
    // A push service that does not answer keeps no mail waiting.
    tokio::join!(mails, pushes);
}

async fn keep(mut send: impl AsyncFnMut() -> Result<bool, StoreError>) {
    loop {
        let sent = send().await;
        if let Err(error) = &sent {
            tracing::warn!(%error, "notices wait: the database does not answer");
        }
        if !sent.is_ok_and(|had_one| had_one) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// A notice that was due.
enum Due {
    None,
    /// Another process sends it.
    Elsewhere,
    Held(NoticeRow),
}

/// Holds the notice that is due first.
async fn hold_next(store: &Store, kinds: &[NoticeKind], now_ms: i64) -> Result<Due, StoreError> {
    let due = store
        .read()
        .await?
        .due_notices(kinds, now_ms, 1)
        .await?
        .pop();
    let Some(notice) = due else {
        return Ok(Due::None);
    };
    let mut tx = store.write().await?;
    if !tx.hold_notice(&notice, now_ms + HELD_FOR_MS).await? {
        return Ok(Due::Elsewhere);
    }
    tx.commit().await?;
    Ok(Due::Held(notice))
}

/// Mails the notice that is due first; false when none is.
pub async fn send_next(
    store: &Store,
    keys: &Keys,
    mailer: &Mailer,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let notice = match hold_next(store, &MAIL, now_ms).await? {
        Due::None => return Ok(false),
        Due::Elsewhere => return Ok(true),
        Due::Held(notice) => notice,
    };
    // Held by now: a person about whom nothing can be read does not stand in the way of the others.
    let mail = mail(&mut store.read().await?, keys, &notice, now_ms).await?;
    let sent = match mail {
        Some((to, words)) => Some(mailer.send(&to, &words).await),
        None => None,
    };
    let mut tx = store.write().await?;
    match sent {
        None => tx.end_notice(&notice, None).await?,
        Some(Ok(())) => tx.end_notice(&notice, Some(now_ms)).await?,
        Some(Err(cause)) => failed(&mut tx, &notice, &cause, 0, now_ms).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Pushes the notice that is due first to each device of its person; false when none is.
pub async fn push_next(store: &Store, pusher: &Pusher, now_ms: i64) -> Result<bool, StoreError> {
    let notice = match hold_next(store, &[NoticeKind::Push], now_ms).await? {
        Due::None => return Ok(false),
        Due::Elsewhere => return Ok(true),
        Due::Held(notice) => notice,
    };
    let devices = devices(&mut store.read().await?, &notice).await?;
    let (mut sent_at_ms, mut not_yet, mut longest_wait_ms) = (None, None, 0);
    for device in devices {
        let sent = pusher.send(&device, now_ms).await;
        if sent.is_ok() {
            sent_at_ms = Some(now_ms);
        }
        // At once: whoever dies among the devices tells none of them twice.
        let mut tx = store.write().await?;
        let again = settle(&mut tx, &notice, &device, sent, now_ms).await?;
        tx.commit().await?;
        if let Some((cause, wait_ms)) = again {
            longest_wait_ms = longest_wait_ms.max(wait_ms);
            not_yet = Some(cause);
        }
    }
    let mut tx = store.write().await?;
    match not_yet {
        None => tx.end_notice(&notice, sent_at_ms).await?,
        Some(cause) => failed(&mut tx, &notice, &cause, longest_wait_ms, now_ms).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// The devices that have not been told yet; none when there is nothing to tell any more.
async fn devices(tx: &mut Tx, notice: &NoticeRow) -> Result<Vec<PushRow>, StoreError> {
    let (school, staff) = (SchoolId(notice.school_id), StaffId(notice.staff_id));
    let everybody = people(tx, school).await?;
    let Some(who) = everybody.iter().find(|who| who.staff == staff) else {
        return Ok(Vec::new());
    };
    if count(tx, who).await? == 0 {
        return Ok(Vec::new());
    }
    let mut devices = tx.pushes(school, staff).await?;
    devices.retain(|device| device.told_of_ms != Some(notice.last_wanted_at_ms));
    Ok(devices)
}

/// What became of one push; with a cause and the shortest wait when it is to be tried again.
async fn settle(
    tx: &mut Tx,
    notice: &NoticeRow,
    device: &PushRow,
    sent: Result<(), PushFailure>,
    now_ms: i64,
) -> Result<Option<(String, i64)>, StoreError> {
    let (school, told_of_ms) = (SchoolId(notice.school_id), notice.last_wanted_at_ms);
    match sent {
        Ok(()) => tx.told_by_push(school, device, told_of_ms).await?,
        Err(PushFailure::Gone) => tx.forget_gone_push(school, device).await?,
        Err(PushFailure::Refused(cause)) => {
            tx.told_by_push(school, device, told_of_ms).await?;
            count_failure(tx, school, &of_push(&cause), true, now_ms).await?;
        }
        Err(PushFailure::Later { cause, wait_ms }) => return Ok(Some((of_push(&cause), wait_ms))),
    }
    Ok(None)
}

/// As the administrator's list tells it from a mail's.
fn of_push(cause: &str) -> String {
    format!("push/{cause}")
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

/// It is tried again, no sooner than after the wait that was asked for.
async fn failed(
    tx: &mut Tx,
    notice: &NoticeRow,
    cause: &str,
    asked_wait_ms: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let doubled = notice.failures.clamp(0, 20) as u32;
    let wait_ms = (FIRST_WAIT_MS << doubled)
        .min(LONGEST_WAIT_MS)
        .max(asked_wait_ms);
    let is_given_up = now_ms + wait_ms - notice.wanted_at_ms > GIVE_UP_AFTER_MS;
    match is_given_up {
        true => tx.end_notice(notice, None).await?,
        false => tx.put_notice_off(notice, now_ms + wait_ms).await?,
    }
    count_failure(tx, SchoolId(notice.school_id), cause, is_given_up, now_ms).await
}

async fn count_failure(
    tx: &mut Tx,
    school: SchoolId,
    cause: &str,
    is_given_up: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    tracing::warn!(cause, is_given_up, "a notice did not go out");
    let since_ms = now_ms - FAILURES_TOLD_FOR_MS;
    tx.count_notice_failure(school, cause, is_given_up, now_ms, since_ms)
        .await
}
