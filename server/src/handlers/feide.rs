//! Signing in by way of Feide: whether it is offered, there, back, and in. Coming back is the one address that a browser goes to as a
//! page; it shows nothing and says nothing of what the provider said.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use shared::api::{FeideFinished, FeideOffer, FeideOutcome, FeideStarted, FinishFeide, StartFeide};

use super::session;
use crate::auth::feide::{self, FLOW_LASTS_MS, Finished, Return};
use crate::auth::{Browser, Provider};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::state::AppState;

/// The app's page that goes on, with the outcome after `#`.
const SIGN_IN_PAGE: &str = "/logg-inn";

/// What the provider adds besides is passed over.
#[derive(Deserialize)]
pub struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

pub async fn offer(State(state): State<AppState>) -> Json<FeideOffer> {
    Json(FeideOffer {
        is_offered: state.provider.is_some(),
        knows_groups: state.provider.as_ref().is_some_and(|it| it.knows_groups()),
    })
}

pub async fn start(
    State(state): State<AppState>,
    Body(asked): Body<StartFeide>,
) -> Result<Response, Error> {
    let provider = provider(&state)?;
    let (token, address) = feide::start(&state, provider, &asked, clock::now_ms()).await?;
    let cookie = state
        .feide_cookie
        .give(&token, FLOW_LASTS_MS / 1000)
        .map_err(|_| Error::Broken("a cookie could not be written"))?;
    Ok(([(SET_COOKIE, cookie)], Json(FeideStarted { address })).into_response())
}

pub async fn come_back(
    State(state): State<AppState>,
    headers: HeaderMap,
    asked: Result<Query<Callback>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Error> {
    let came = match (provider(&state), asked, state.feide_cookie.read(&headers)) {
        (Ok(provider), Ok(Query(asked)), Some(token)) => {
            let back = Return {
                code: asked.code,
                state: asked.state,
                issuer: asked.iss,
            };
            feide::come_back(&state, provider, token, back, clock::now_ms()).await
        }
        _ => Ok(Err(FeideOutcome::Failed)),
    };
    let came = came.unwrap_or_else(|error| {
        tracing::error!(%error, "failed");
        Err(FeideOutcome::Unavailable)
    });
    let (outcome, cookie) = match came {
        Ok(token) => (
            FeideOutcome::Shown,
            state.feide_cookie.give(&token, FLOW_LASTS_MS / 1000),
        ),
        Err(outcome) => (outcome, state.feide_cookie.take()),
    };
    let cookie = cookie.map_err(|_| Error::Broken("a cookie could not be written"))?;
    let page = format!("{SIGN_IN_PAGE}#{}", outcome.as_str());
    let headers = AppendHeaders([(SET_COOKIE, cookie)]);
    Ok((StatusCode::SEE_OTHER, [(LOCATION, page)], headers).into_response())
}

/// Whatever session the browser had is ended, once it is known at which school the new one is.
pub async fn finish(
    State(state): State<AppState>,
    headers: HeaderMap,
    browser: Browser,
    Body(asked): Body<FinishFeide>,
) -> Result<Response, Error> {
    let now_ms = clock::now_ms();
    let token = state.feide_cookie.read(&headers).ok_or(Error::SignedOut)?;
    let opened = match feide::finish(&state, &token, &asked, &browser, now_ms).await? {
        Finished::Opened(opened) => opened,
        Finished::Several(schools) => {
            return Ok(Json(FeideFinished::Several { schools }).into_response());
        }
    };
    session::end(&state, &headers, Some(opened.device)).await?;
    let mut response = session::answer(&state, opened, &browser, now_ms).await?;
    let cookie = state
        .feide_cookie
        .take()
        .map_err(|_| Error::Broken("a cookie could not be written"))?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

fn provider(state: &AppState) -> Result<&Provider, Error> {
    state.provider.as_deref().ok_or(Error::NotFound)
}
