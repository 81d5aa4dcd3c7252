//! Passkeys: a challenge and its answer for signing in, for showing anew who one is, and for adding one; one's own list.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::api::{PasskeyAnswer, PasskeyChallenge, PasskeyLine, PasskeySignIn};
use shared::domain::{AuditAct, PasskeyId};

use super::session;
use crate::access::{Resource, Verb, may};
use crate::auth::passkey::{self, CHALLENGE_LASTS_MS, Given};
use crate::auth::{Browser, SignedIn, Token, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::{Body, Id};
use crate::state::AppState;

/// How recently one must have shown who one is to add one.
const SHOWN_FOR_ADDING_MS: i64 = 60 * 1000;

pub async fn challenge(State(state): State<AppState>) -> Result<Response, Error> {
    given(
        &state,
        passkey::begin_sign_in(&state, clock::now_ms()).await?,
    )
}

/// Whatever session the browser had is ended.
pub async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<PasskeySignIn>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let token = token(&state, &headers)?;
    let opened = passkey::sign_in(&state, &token, asked, &browser, now_ms).await?;
    session::end(&state, &headers, Some(opened.device)).await?;
    session::answer(&state, opened, &browser, now_ms).await
}

pub async fn step_up_challenge(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Response, Error> {
    given(
        &state,
        passkey::begin_step_up(&state, &who, clock::now_ms()).await?,
    )
}

/// The session goes on under a new token.
pub async fn step_up(
    State(state): State<AppState>,
    who: SignedIn,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<PasskeyAnswer>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let session = state.cookie.read(&headers).ok_or(Error::SignedOut)?;
    let tokens = (&session, &token(&state, &headers)?);
    let opened = passkey::step_up(&state, &who, tokens, asked.answer, now_ms).await?;
    session::answer(&state, opened, &browser, now_ms).await
}

pub async fn list(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<Vec<PasskeyLine>>, Error> {
    if !may(&who, Verb::Read, Resource::Passkey { owner: who.staff }) {
        return Err(Error::Forbidden);
    }
    let mut tx = state.store.read().await?;
    Ok(Json(tx.passkeys(who.school, who.staff).await?))
}

pub async fn new_challenge(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    may_add(&who, now_ms)?;
    given(&state, passkey::begin_adding(&state, &who, now_ms).await?)
}

/// Who it was given to has shown who they are when the challenge was given.
pub async fn add(
    State(state): State<AppState>,
    who: SignedIn,
    headers: HeaderMap,
    Body(asked): Body<PasskeyAnswer>,
) -> Result<Response, Error> {
    let token = token(&state, &headers)?;
    let line = passkey::add(&state, &who, &token, asked.answer, clock::now_ms()).await?;
    Ok((StatusCode::CREATED, Json(line)).into_response())
}

/// One's own: nobody removes another's, but an invitation that is taken up ends them all.
pub async fn remove(
    State(state): State<AppState>,
    who: SignedIn,
    Id(id): Id<PasskeyId>,
) -> Result<StatusCode, Error> {
    let now_ms = clock::now_ms();
    may_change(&who, now_ms)?;
    let mut tx = state.store.write().await?;
    if !tx.remove_passkey(who.school, who.staff, id).await? {
        return Err(Error::NotFound);
    }
    let act = who.did(AuditAct::RemovedPasskey, now_ms);
    tx.record(who.school, act.subject(who.staff.0));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One that is added stays when the session is over: who leaves the screen open must not find one there that is another's.
fn may_add(who: &SignedIn, now_ms: i64) -> Result<(), Error> {
    may_change(who, now_ms)?;
    match now_ms - who.shown_at_ms <= SHOWN_FOR_ADDING_MS {
        true => Ok(()),
        false => Err(Error::StepUpNeeded),
    }
}

fn may_change(who: &SignedIn, now_ms: i64) -> Result<(), Error> {
    match may(who, Verb::Write, Resource::Passkey { owner: who.staff }) {
        true => stepped_up(who, now_ms),
        false => Err(Error::Forbidden),
    }
}

fn token(state: &AppState, headers: &HeaderMap) -> Result<Token, Error> {
    let token = state.passkey_cookie.read(headers);
    token.ok_or(Error::PasskeyRefused)
}

fn given(state: &AppState, (token, options): Given) -> Result<Response, Error> {
    let cookie = state
        .passkey_cookie
        .give(&token, CHALLENGE_LASTS_MS / 1000)
        .map_err(|_| Error::Broken("a cookie could not be written"))?;
    Ok(([(SET_COOKIE, cookie)], Json(PasskeyChallenge { options })).into_response())
}
