//! The browsers that people have signed in on: seen, signed out and shut out by their owner and by the administrator.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::Device;
use shared::domain::{AuditAct, DeviceId, StaffId};

use crate::access::{Resource, Verb, may};
use crate::auth::{SignedIn, idle_since_ms};
use crate::clock;
use crate::error::Error;
use crate::extract::Id;
use crate::state::AppState;
use crate::store::Tx;
use crate::sync::live::LOOK_AGAIN;

/// One's own.
pub async fn own(State(state): State<AppState>, who: SignedIn) -> Result<Json<Vec<Device>>, Error> {
    devices(&state, &who, who.staff).await
}

/// A colleague's.
pub async fn of_staff(
    State(state): State<AppState>,
    who: SignedIn,
    Id(staff): Id<StaffId>,
) -> Result<Json<Vec<Device>>, Error> {
    devices(&state, &who, staff).await
}

/// Shuts a device out: from the next request on it reads nothing, and what it still sends is put aside.
pub async fn revoke(
    State(state): State<AppState>,
    who: SignedIn,
    Id(device): Id<DeviceId>,
) -> Result<StatusCode, Error> {
    let mut tx = state.store.write().await?;
    let owner = tx.owner_of_device(who.school, device).await?;
    let owner = owner.ok_or(Error::NotFound)?;
    if !may(&who, Verb::Write, Resource::Device { owner }) {
        return Err(Error::NotFound);
    }
    let now_ms = clock::now_ms();
    tx.revoke_device(who.school, device, now_ms).await?;
    tx.forget_passkeys_of_device(who.school, device).await?;
    tx.forget_push(who.school, device).await?;
    let act = who.did(AuditAct::RevokedDevice, now_ms).subject(owner.0);
    tx.record(who.school, act.detail(device.to_string()));
    tell(&state, tx, &who).await
}

/// Signs a device out: whoever has it signs in again.
pub async fn end_sessions(
    State(state): State<AppState>,
    who: SignedIn,
    Id(device): Id<DeviceId>,
) -> Result<StatusCode, Error> {
    let mut tx = state.store.write().await?;
    let owner = tx.owner_of_device(who.school, device).await?;
    let owner = owner.ok_or(Error::NotFound)?;
    if !may(&who, Verb::Write, Resource::Device { owner }) {
        return Err(Error::NotFound);
    }
    tx.end_sessions_on(who.school, device).await?;
    tx.forget_push(who.school, device).await?;
    let act = who.did(AuditAct::EndedSessions, clock::now_ms());
    tx.record(who.school, act.subject(owner.0).detail(device.to_string()));
    tell(&state, tx, &who).await
}

async fn tell(state: &AppState, mut tx: Tx, who: &SignedIn) -> Result<StatusCode, Error> {
    tx.announce(&state.live.announcement(&[(who.school, LOOK_AGAIN)]))
        .await?;
    tx.commit().await?;
    state.live.tell(who.school, LOOK_AGAIN);
    Ok(StatusCode::NO_CONTENT)
}

async fn devices(
    state: &AppState,
    who: &SignedIn,
    owner: StaffId,
) -> Result<Json<Vec<Device>>, Error> {
    if !may(who, Verb::Read, Resource::Device { owner }) {
        return Err(Error::Forbidden);
    }
    let (mut tx, now_ms) = (state.store.read().await?, clock::now_ms());
    if !tx.has_staff(who.school, owner).await? {
        return Err(Error::NotFound);
    }
    let mut devices = tx
        .devices(who.school, owner, now_ms, idle_since_ms(now_ms))
        .await?;
    for device in &mut devices {
        device.is_this = device.id == who.device;
    }
    Ok(Json(devices))
}
