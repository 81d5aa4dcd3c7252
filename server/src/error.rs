//! Everything that a request can end in but success. An error is logged once, here, inside the request's span; neither the
//! log nor the answer holds anybody's name or words. What is missing and what is not yours are the same answer.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::api::{ApiError, ErrorCode};
use thiserror::Error;

use crate::store::StoreError;
use crate::sync::ingest::IngestError;

#[derive(Debug, Error)]
pub enum Error {
    #[error("{0}")]
    Malformed(&'static str),
    #[error("{0}")]
    TooLarge(&'static str),
    #[error("sign in first")]
    SignedOut,
    #[error("this device was shut out")]
    DeviceRevoked,
    #[error("user name and password do not fit")]
    WrongCredentials,
    #[error("the passkey, or its answer, does not count")]
    PasskeyRefused,
    #[error("too many attempts: wait {} s", wait_s(*wait_ms))]
    TooManyAttempts { wait_ms: i64 },
    #[error("the invitation is used, expired or unknown")]
    InvitationInvalid,
    #[error("the day code is used, has ended or is unknown")]
    DayCodeInvalid,
    #[error("the password is too short")]
    PasswordTooShort,
    #[error("the password is among the likeliest")]
    PasswordCommon,
    #[error("show anew who you are")]
    StepUpNeeded,
    #[error("the school would have nobody who administers it")]
    LastAdministrator,
    #[error("the provider of sign-in cannot be reached or gives no sound answer")]
    ProviderUnavailable,
    #[error("there is no such thing")]
    NotFound,
    #[error("this is not yours to do")]
    Forbidden,
    #[error("{0}")]
    Conflict(&'static str),
    #[error("a report builds on the entry: erase the report first")]
    ReportBuildsOnIt,
    #[error("the roster file cannot be read: preview it to see the lines")]
    RosterUnreadable,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Something of ours that should have worked; the words say which.
    #[error("{0}")]
    Broken(&'static str),
}

impl Error {
    fn status_and_code(&self) -> (StatusCode, ErrorCode) {
        match self {
            Error::Malformed(_) => (StatusCode::BAD_REQUEST, ErrorCode::Malformed),
            Error::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge),
            Error::SignedOut => (StatusCode::UNAUTHORIZED, ErrorCode::SignedOut),
            Error::DeviceRevoked => (StatusCode::UNAUTHORIZED, ErrorCode::DeviceRevoked),
            Error::WrongCredentials => (StatusCode::UNAUTHORIZED, ErrorCode::WrongCredentials),
            Error::PasskeyRefused => (StatusCode::UNAUTHORIZED, ErrorCode::PasskeyRefused),
            Error::TooManyAttempts { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyAttempts)
            }
            Error::InvitationInvalid => (StatusCode::BAD_REQUEST, ErrorCode::InvitationInvalid),
            Error::DayCodeInvalid => (StatusCode::BAD_REQUEST, ErrorCode::DayCodeInvalid),
            Error::PasswordTooShort => (StatusCode::BAD_REQUEST, ErrorCode::PasswordTooShort),
            Error::PasswordCommon => (StatusCode::BAD_REQUEST, ErrorCode::PasswordCommon),
            Error::StepUpNeeded => (StatusCode::FORBIDDEN, ErrorCode::StepUpNeeded),
            Error::LastAdministrator => (StatusCode::CONFLICT, ErrorCode::LastAdministrator),
            Error::ProviderUnavailable => (StatusCode::BAD_GATEWAY, ErrorCode::ProviderUnavailable),
            Error::NotFound => (StatusCode::NOT_FOUND, ErrorCode::NotFound),
            Error::Forbidden => (StatusCode::FORBIDDEN, ErrorCode::Forbidden),
            Error::Conflict(_) => (StatusCode::CONFLICT, ErrorCode::Conflict),
            Error::ReportBuildsOnIt => (StatusCode::CONFLICT, ErrorCode::ReportBuildsOnIt),
            Error::RosterUnreadable => (
                StatusCode::UNPROCESSABLE_ENTITY,
                ErrorCode::RosterUnreadable,
            ),
            Error::Store(_) | Error::Ingest(_) | Error::Broken(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable)
            }
        }
    }
}

fn wait_s(wait_ms: i64) -> i64 {
    wait_ms.div_euclid(1000) + 1
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let retry_after = match &self {
            Error::TooManyAttempts { wait_ms } => Some(HeaderValue::from(wait_s(*wait_ms))),
            _ => None,
        };
        let message = match code {
            ErrorCode::Unavailable => {
                tracing::error!(error = %self, "failed");
                "the server has a problem; nothing was changed".to_owned()
            }
            _ => {
                tracing::info!(error = %self, "refused");
                self.to_string()
            }
        };
        let mut response = (status, Json(ApiError { code, message })).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if code == ErrorCode::DeviceRevoked {
            // Not `"storage"`: that would take what was never sent along. The app destroys the key to the rest.
            let cache = HeaderValue::from_static("\"cache\"");
            response.headers_mut().insert("clear-site-data", cache);
        }
        response
    }
}
