//! Every address there is, on one page. Who may ask is decided in `access`, not here.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{IntoMakeService, delete, get, post, put};
use shared::api::path;
use shared::sync::MAX_REQUEST_BYTES;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::error::Error;
use crate::handlers::{
    attention, day_code, devices, entries, erasures, feide, handing, health, invitation, live,
    notices, owner, passkeys, password, patterns, protected, pupil_log, quarantine, readings,
    reports, roster, school, session, settings, staff, substitutes, sync,
};
use crate::roster::MAX_FILE_BYTES;
use crate::state::AppState;
use crate::{assets, protection};

/// Of a JSON body; what takes more says so at its route.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Brotli's default takes longer than sending what it saves.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

/// Made once for all connections: a `Router` itself would be copied, every route of it, for each.
pub fn router(state: AppState) -> IntoMakeService<Router> {
    let api = Router::new()
        .route(
            path::SESSION,
            get(session::show)
                .post(session::sign_in)
                .delete(session::sign_out),
        )
        .route(path::STEP_UP, post(session::step_up))
        .route(path::PASSKEY_CHALLENGE, post(passkeys::challenge))
        .route(path::PASSKEY_SIGN_IN, post(passkeys::sign_in))
        .route(
            path::PASSKEY_STEP_UP_CHALLENGE,
            post(passkeys::step_up_challenge),
        )
        .route(path::PASSKEY_STEP_UP, post(passkeys::step_up))
        .route(path::PASSKEYS, get(passkeys::list).post(passkeys::add))
        .route(path::PASSKEY_NEW_CHALLENGE, post(passkeys::new_challenge))
        .route(path::PASSKEY, delete(passkeys::remove))
        .route(path::PASSWORD, get(password::show).put(password::change))
        .route(path::FEIDE, get(feide::offer))
        .route(path::FEIDE_START, post(feide::start))
        .route(path::FEIDE_CALLBACK, get(feide::come_back))
        .route(path::FEIDE_FINISH, post(feide::finish))
        .route(path::DAY_CODE, post(day_code::sign_in))
        .route(
            path::SUBSTITUTES,
            get(substitutes::list).post(substitutes::create),
        )
        .route(
            path::SUBSTITUTE,
            post(substitutes::give_again).delete(substitutes::end),
        )
        .route(path::INVITATION, post(invitation::accept))
        .route(path::SCHOOL, get(school::show))
        .route(
            path::SYNC,
            post(sync::exchange).layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES)),
        )
        .route(path::LIVE, get(live::listen))
        .route(path::PUPIL_LOG, get(pupil_log::show))
        .route(path::ENTRY, get(entries::show))
        .route(path::REPORTS, get(reports::list))
        .route(path::REPORT, get(reports::show))
        .route(path::REPORTS_HANDED, get(handing::inbox))
        .route(path::REPORT_HANDED, put(handing::hand))
        .route(path::ROUTING, get(handing::routing))
        .route(path::REPORT_TALK, post(reports::talk_held))
        .route(path::WAITING, get(notices::waiting))
        .route(
            path::NOTICE_ADDRESS,
            get(notices::address)
                .put(notices::set_address)
                .delete(notices::forget_address),
        )
        .route(path::NOTICE_ADDRESS_CODE, post(notices::confirm_address))
        .route(
            path::NOTICE_PUSH,
            get(notices::push)
                .put(notices::set_push)
                .delete(notices::forget_push),
        )
        .route(path::NOTICE_FAILURES, get(notices::failures))
        .route(path::REPORT_TO_OWNER, post(owner::pass_on))
        .route(path::OWNER_KEY, post(owner::add_key))
        .route(path::OWNER_REPORTS, get(owner::list))
        .route(path::OWNER_REPORT_OPENED, post(owner::opened))
        .route(path::OWNER_REPORT_TALK, post(owner::talk_held))
        .route(path::OWNER_RECEIPTS, get(owner::receipts))
        .route(path::PATTERNS, get(patterns::list))
        .route(path::PUPIL_ATTENTION, put(attention::set))
        .route(path::PUPIL_PROTECTION, put(protected::set))
        .route(path::READINGS, get(readings::list))
        .route(path::PUPIL_READINGS, get(readings::of_pupil))
        .route(path::RECORD, get(readings::export_all))
        .route(path::STAFF, get(staff::list).post(staff::create))
        .route(path::STAFF_MEMBER, put(staff::change))
        .route(path::STAFF_INVITATION, post(staff::invite))
        .route(
            path::ROSTER_PREVIEW,
            post(roster::preview).layer(DefaultBodyLimit::max(MAX_FILE_BYTES)),
        )
        .route(
            path::ROSTER_IMPORT,
            post(roster::import).layer(DefaultBodyLimit::max(MAX_FILE_BYTES)),
        )
        .route(path::SETTINGS, get(settings::show).put(settings::save))
        .route(path::DEVICES, get(devices::own))
        .route(path::DEVICE, delete(devices::revoke))
        .route(path::DEVICE_SESSIONS, delete(devices::end_sessions))
        .route(path::STAFF_DEVICES, get(devices::of_staff))
        .route(path::QUARANTINE, get(quarantine::list))
        .route(path::ERASURES, get(erasures::list).post(erasures::create))
        .route(path::HEALTH, get(health::check))
        .method_not_allowed_fallback(refuse_method)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(protection::refuse_navigations))
        .layer(from_fn(protection::uncached));
    api.fallback(assets::serve)
        .layer(CsrfLayer::new().with_rejection_response(refuse_other_site))
        .layer(from_fn(protection::refuse_encoded_bodies))
        .layer(CompressionLayer::new().quality(COMPRESSION))
        .layer(CatchPanicLayer::custom(|_| {
            Error::Broken("a handler panicked").into_response()
        }))
        .layer(from_fn(protection::logged))
        .layer(from_fn_with_state(state.clone(), protection::with_headers))
        .with_state(state)
        .into_make_service()
}

async fn refuse_method() -> Response {
    let mut response = Error::Malformed("this address does not take that method").into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

fn refuse_other_site(_: ProtectionError) -> Response {
    Error::Forbidden.into_response()
}
