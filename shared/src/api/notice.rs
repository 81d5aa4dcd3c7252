//! Requests and answers about notices: how much waits for somebody, and where they hear of it by e-mail and by push.

use serde::{Deserialize, Serialize};

/// Longest e-mail address, in characters (RFC 5321).
pub const MAX_ADDRESS_CHARS: usize = 254;

/// `GET /api/waiting`: how many reports wait to be opened by whoever asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub reports: u32,
}

/// `GET /api/notices/address`: where the person hears by e-mail that something waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeAddress {
    /// The installation has a mail server.
    pub is_offered: bool,
    pub address: Option<String>,
    /// Nothing but the code goes there before.
    pub is_confirmed: bool,
}

/// `PUT /api/notices/address`: a code is sent there.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetNoticeAddress {
    pub address: String,
}

/// `POST /api/notices/address/code`: the code that came there.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmNoticeAddress {
    pub code: String,
}

/// Longest address that a push service gives a browser.
pub const MAX_ENDPOINT_CHARS: usize = 1024;

/// `GET /api/notices/push`: whether the device that asks hears by push that something waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushOffer {
    /// What a browser subscribes to, in base64url; none where the installation offers no push.
    pub public_key: Option<String>,
    pub is_on: bool,
}

/// `PUT /api/notices/push`: where the browser that asks is reached, as its push service gave it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushSubscription {
    pub endpoint: String,
    /// The browser's public key, in base64url.
    pub p256dh: String,
    /// The browser's secret, in base64url.
    pub auth: String,
}

/// `GET /api/notices/failures`: what did not go out in the last 30 days, by cause. It tells of nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFailure {
    /// `unreachable`, `timeout`, `tls`, or the code that the mail server answered with, such as `550`; of push after `push/`, with the
    /// code of the push service.
    pub cause: String,
    /// Attempts that failed.
    pub failures: i64,
    /// Notices that were given up.
    pub given_up: i64,
    pub last_at_ms: i64,
}
