//! What stands around every request: the headers that tell the browser what it must not do, the refusal of requests from
//! other sites and of compressed bodies, and one log line, without anybody's name, words or address.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::api::path;
use tracing::Instrument;
use uuid::Uuid;

use crate::error::Error;
use crate::state::AppState;

/// Nothing from anywhere but here, no inline script or style, and no string taken for markup or script: the one policy of Trusted
/// Types is made in `client/start.js`. No `strict-dynamic`: iOS refuses WebAssembly under it.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";
const FEATURES: &str =
    "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()";
const TWO_YEARS: &str = "max-age=63072000; includeSubDomains";

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

/// An address of the API typed into a browser, or followed as a link, would show what the locked app does not; asked for by a page of
/// another site, a sister of ours included, it would count as read. Only the app's own scripts are answered; whoever sends no such
/// header is no browser and has no cookie but its own. Coming back from the provider of sign-in is a page, and shows nothing.
pub async fn refuse_navigations(request: Request, next: Next) -> Response {
    match is_asked_by_our_pages(request.uri().path(), request.headers()) {
        true => next.run(request).await,
        false => Error::Forbidden.into_response(),
    }
}

fn is_asked_by_our_pages(asked: &str, headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let destination = header("sec-fetch-dest");
    if asked == path::FEIDE_CALLBACK {
        return destination.is_none_or(|it| it == b"document");
    }
    let site = header("sec-fetch-site");
    destination.is_none_or(|it| it == b"empty")
        && site.is_none_or(|it| it == b"same-origin" || it == b"none")
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
