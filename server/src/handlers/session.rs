//! Signing in, who is signed in, showing it anew, signing out.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use shared::api::{Admission, Session, SignIn, StepUp};
use shared::audit::AuditEvent;
use shared::domain::{AuditAct, DeviceId};
use shared::sync::Hex;

use crate::access::abilities;
use crate::auth::{self, BROWSER_KEPT_S, Browser, OpenedSession, SignedIn, account, idle_since_ms};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::keys::Share;
use crate::state::AppState;

pub async fn show(State(state): State<AppState>, who: SignedIn) -> Json<Admission> {
    Json(admission(&state, who, None, clock::now_ms()))
}

/// Whatever session the browser had is ended: the token changes with each signing in.
pub async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<SignIn>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let opened = auth::sign_in(&state, &asked, &browser, now_ms).await?;
    end(&state, &headers, Some(opened.device)).await?;
    answer(&state, opened, &browser, now_ms).await
}

/// The session goes on under a new token.
pub async fn step_up(
    State(state): State<AppState>,
    who: SignedIn,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<StepUp>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let token = state.cookie.read(&headers).ok_or(Error::SignedOut)?;
    let opened = auth::step_up(&state, &who, &token, &asked, now_ms).await?;
    answer(&state, opened, &browser, now_ms).await
}

pub async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    end(&state, &headers, None).await?;
    let cookie = state
        .cookie
        .take()
        .map_err(|_| Error::Broken("a cookie could not be written"))?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// The answer to every way of opening a session.
pub(super) async fn answer(
    state: &AppState,
    opened: OpenedSession,
    browser: &Browser,
    now_ms: i64,
) -> Result<Response, Error> {
    let mut tx = state.store.read().await?;
    let found = tx
        .session(&opened.token.hash(), now_ms, idle_since_ms(now_ms))
        .await?;
    let who = SignedIn::from(found.ok_or(Error::SignedOut)?);
    let resets = account::resets(&mut tx, who.school, who.staff, now_ms).await?;
    drop(tx);
    let broken = |_| Error::Broken("a cookie could not be written");
    let cookies = AppendHeaders([
        (
            SET_COOKIE,
            state
                .cookie
                .give(&opened.token, opened.max_age_s())
                .map_err(broken)?,
        ),
        (
            SET_COOKIE,
            state
                .browser_cookie
                .give(browser.token(), BROWSER_KEPT_S)
                .map_err(broken)?,
        ),
    ]);
    let share = state.keys.share(Share::SignIn, who.device);
    let mut admission = admission(state, who, Some(share), now_ms);
    admission.resets = resets;
    Ok((cookies, Json(admission)).into_response())
}

/// Ends the session that a browser had. Its person hears no more by push there, unless it is they who go on, on the device `goes_on`.
pub(super) async fn end(
    state: &AppState,
    headers: &HeaderMap,
    goes_on: Option<DeviceId>,
) -> Result<(), Error> {
    if let Some(token) = state.cookie.read(headers) {
        let mut tx = state.store.write().await?;
        if let Some((school, staff, device)) = tx.end_session(&token.hash()).await? {
            if goes_on != Some(device) {
                tx.forget_push(school, device).await?;
            }
            let act = AuditAct::SignedOut;
            tx.record(school, AuditEvent::by(staff, device, act, clock::now_ms()));
        }
        tx.commit().await?;
    }
    Ok(())
}

fn admission(
    state: &AppState,
    who: SignedIn,
    sign_in_share: Option<Hex<32>>,
    now_ms: i64,
) -> Admission {
    Admission {
        keys: state.keys.sealing_keys(who.device),
        lease: state.keys.lease(who.device, who.ends_at_ms, now_ms),
        session_share: state.keys.share(Share::Session, who.device),
        sign_in_share,
        session: session(who),
        resets: Vec::new(),
    }
}

fn session(who: SignedIn) -> Session {
    Session {
        may: abilities(&who),
        school: who.school,
        school_name: who.school_name,
        staff: who.staff,
        name: who.name,
        roles: who.roles,
        device: who.device,
        actor: who.actor,
        ends_at_ms: who.ends_at_ms,
    }
}
