//! What stands around every request: the headers that tell the browser what it must not do, the refusal of requests from
//! other sites and of compressed bodies, and one log line, without anybody's name, words or address.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::path;
use tracing::Instrument;
use uuid::Uuid;

use crate::error::Error;
use crate::state::AppState;

/// Nothing from anywhere but here, no inline script or style. Trusted Types are not required: wasm-bindgen's start script and
/// Leptos hand plain strings to the browser.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
const FEATURES: &str =
    "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()";
const TWO_YEARS: &str = "max-age=63072000";

/// Adds the headers to an answer.
pub async fn with_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value))
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("permissions-policy"), FEATURES);
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    if state.cookie.is_secure() {
        set(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    response
}

/// What a compressed body would grow to is not known before it is there, so none is taken.
pub async fn refuse_encoded_bodies(request: Request, next: Next) -> Response {
    let is_plain = request
        .headers()
        .get(CONTENT_ENCODING)
        .is_none_or(|encoding| encoding.as_bytes() == b"identity");
    match is_plain {
        true => next.run(request).await,
        false => {
            let mut response =
                Error::Malformed("send the body without Content-Encoding").into_response();
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            response
        }
    }
}

/// An address of the API typed into a browser, or followed as a link, would show what the locked app does not. Only the app's own
/// scripts are answered; whoever sends no such header is no browser and has no cookie but its own. Coming back from the provider of
/// sign-in is a page, and shows nothing.
pub async fn refuse_navigations(request: Request, next: Next) -> Response {
    let expected: &[u8] = match request.uri().path() {
        path::FEIDE_CALLBACK => b"document",
        _ => b"empty",
    };
    let is_other = request
        .headers()
        .get("sec-fetch-dest")
        .is_some_and(|destination| destination.as_bytes() != expected);
    match is_other {
        true => Error::Forbidden.into_response(),
        false => next.run(request).await,
    }
}

/// API answers are this moment's and this person's: kept nowhere, unless the handler said otherwise.
pub async fn uncached(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let unset = response
        .headers_mut()
        .entry(axum::http::header::CACHE_CONTROL);
    unset.or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Gives the request an id that every log line of it carries, and logs how it went. The path is logged as the router
/// writes it, `{id}` and all.
pub async fn logged(request: Request, next: Next) -> Response {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("client", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", id = %Uuid::new_v4().simple(), method = %request.method(), path);
    async {
        let started = Instant::now();
        let response = next.run(request).await;
        tracing::info!(
            status = response.status().as_u16(),
            ms = started.elapsed().as_millis() as u64,
            "answered"
        );
        response
    }
    .instrument(span)
    .await
}
