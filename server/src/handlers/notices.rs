//! How much waits for whoever asks, where they hear of it by e-mail and by push, and what of that has failed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::{
    ConfirmNoticeAddress, NoticeAddress, NoticeFailure, PushOffer, PushSubscription,
    SetNoticeAddress, Waiting,
};
use shared::audit::AuditEvent;
use shared::domain::AuditAct;

use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::notice::address::{CODE_PAUSE_MS, MAX_ATTEMPTS, code, read};
use crate::notice::{FAILURES_TOLD_FOR_MS, count};
use crate::state::AppState;
use crate::store::Tx;
use crate::store::notice::NoticeKind;
use crate::store::push::PushRow;

/// Devices of one person that hear by push, the newest: those of a person are told within the time that a notice is held.
const MAX_PUSH_DEVICES: usize = 20;

pub async fn waiting(State(state): State<AppState>, who: SignedIn) -> Result<Json<Waiting>, Error> {
    require(&who, Verb::Read)?;
    let mut tx = state.store.read().await?;
    let reports = count(&mut tx, &who).await?;
    Ok(Json(Waiting { reports }))
}

pub async fn address(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<NoticeAddress>, Error> {
    require(&who, Verb::Read)?;
    let mut tx = state.store.read().await?;
    let row = tx.notice_address(who.school, who.staff).await?;
    Ok(Json(NoticeAddress {
        is_offered: state.mailer.is_some(),
        is_confirmed: row
            .as_ref()
            .is_some_and(|row| row.confirmed_at_ms.is_some()),
        address: row.map(|row| row.address),
    }))
}

/// Nothing but a code goes there until it was typed in.
pub async fn set_address(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<SetNoticeAddress>,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let address = read(&asked.address).ok_or(Error::Malformed("that is no e-mail address"))?;
    if state.mailer.is_none() {
        return Err(Error::Conflict("there is no mail server"));
    }
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    pause(&mut tx, &who, now_ms).await?;
    tx.set_notice_address(who.school, who.staff, &address, now_ms)
        .await?;
    let to = (who.school, who.staff);
    tx.want_notice(to, NoticeKind::Confirmation, now_ms, CODE_PAUSE_MS)
        .await?;
    tx.record(who.school, who.did(AuditAct::ChangedNoticeAddress, now_ms));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn confirm_address(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<ConfirmNoticeAddress>,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let attempts = tx.attempt_notice_code(who.school, who.staff).await?;
    let row = tx.notice_address(who.school, who.staff).await?;
    let (Some(attempts), Some(row)) = (attempts, row) else {
        return Err(Error::NotFound);
    };
    let expected = code(&state.keys, &who, &row, now_ms);
    let fits = attempts <= MAX_ATTEMPTS && expected.as_deref() == Some(asked.code.trim());
    if fits {
        tx.confirm_notice_address(who.school, who.staff, now_ms)
            .await?;
    }
    tx.commit().await?;
    match fits {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::Conflict("that is not the code that was sent last")),
    }
}

pub async fn forget_address(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    pause(&mut tx, &who, now_ms).await?;
    if tx.forget_notice_address(who.school, who.staff).await? {
        let act = who.did(AuditAct::ChangedNoticeAddress, now_ms);
        tx.record(who.school, act);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether this very device hears by push.
pub async fn push(State(state): State<AppState>, who: SignedIn) -> Result<Json<PushOffer>, Error> {
    require(&who, Verb::Read)?;
    let mut tx = state.store.read().await?;
    let all = tx.pushes(who.school, who.staff).await?;
    Ok(Json(PushOffer {
        public_key: state.pusher.as_ref().map(|pusher| pusher.public_key()),
        is_on: all.iter().any(|row| row.device_id == who.device.0),
    }))
}

/// In place of what the device had.
pub async fn set_push(
    State(state): State<AppState>,
    who: SignedIn,
    Body(asked): Body<PushSubscription>,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let pusher = state.pusher.as_ref();
    let pusher = pusher.ok_or(Error::Conflict("no push is offered"))?;
    let new = pusher.read(who.device, &asked);
    let new = new.ok_or(Error::Malformed(
        "that is no subscription at a known push service",
    ))?;
    let now_ms = clock::now_ms();
    let mut tx = state.store.write().await?;
    let has = tx.pushes(who.school, who.staff).await?;
    let is_same = |row: &PushRow| {
        (row.device_id, &row.endpoint, &row.public_key, &row.secret)
            == (new.device_id, &new.endpoint, &new.public_key, &new.secret)
    };
    if has.iter().any(is_same) {
        return Ok(StatusCode::NO_CONTENT);
    }
    tx.set_push((who.school, who.staff), &new, now_ms).await?;
    for old in tx
        .pushes(who.school, who.staff)
        .await?
        .iter()
        .skip(MAX_PUSH_DEVICES)
    {
        tx.forget_gone_push(who.school, old).await?;
    }
    tx.record(who.school, changed_device(&who, now_ms));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn forget_push(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<StatusCode, Error> {
    require(&who, Verb::Write)?;
    let mut tx = state.store.write().await?;
    if tx.forget_push(who.school, who.device).await? {
        tx.record(who.school, changed_device(&who, clock::now_ms()));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn changed_device(who: &SignedIn, now_ms: i64) -> AuditEvent {
    let act = who.did(AuditAct::ChangedNoticeDevice, now_ms);
    act.detail(who.device.to_string())
}

pub async fn failures(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<NoticeFailure>>, Error> {
    if !may(&who, Verb::Read, Resource::Settings) {
        return Err(Error::Forbidden);
    }
    let since_ms = clock::now_ms() - FAILURES_TOLD_FOR_MS;
    let mut tx = state.store.read().await?;
    Ok(Json(tx.notice_failures(who.school, since_ms).await?))
}

/// Codes go out and are guessed at one at a time, whatever is forgotten in between.
async fn pause(tx: &mut Tx, who: &SignedIn, now_ms: i64) -> Result<(), Error> {
    let before = tx.notice_address(who.school, who.staff).await?;
    let asked = before.filter(|row| row.confirmed_at_ms.is_none());
    let wait_ms = asked.map_or(0, |row| row.asked_at_ms + CODE_PAUSE_MS - now_ms);
    match wait_ms > 0 {
        true => Err(Error::TooManyAttempts { wait_ms }),
        false => Ok(()),
    }
}

fn require(who: &SignedIn, verb: Verb) -> Result<(), Error> {
    match may(who, verb, Resource::Notices) {
        true => Ok(()),
        false => Err(Error::Forbidden),
    }
}
