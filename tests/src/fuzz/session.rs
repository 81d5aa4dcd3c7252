//! What says who somebody is: the session's cookie, and the lease by which a phone opens what it keeps.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use server::auth::{Token, TokenCookie};
use shared::sync::Hex;
use shared::sync::lease::Lease;

use super::{Input, sealed};
use crate::server::keys;

const NOW_MS: i64 = 1_800_000_000_000;
const ADDRESSES: [&str; 2] = ["https://friminutt.example", "http://127.0.0.1:8080"];

/// Headers, one a line. A token that was read is the one that stands there.
pub fn cookie(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(COOKIE, value);
        }
    }
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    for address in ADDRESSES {
        if let Some(token) = TokenCookie::session(address).read(&headers) {
            assert!(text.contains(&token.to_text()));
        }
    }
}

/// Only what the server has signed holds.
pub fn lease(bytes: &[u8]) {
    let Ok(lease) = serde_json::from_slice::<Lease>(bytes) else {
        return;
    };
    let key = keys().sealing_keys(sealed::DEVICE).verifying;
    for now_ms in [0, NOW_MS, i64::MAX] {
        let holds = lease.check(sealed::DEVICE, &key, now_ms, now_ms).is_ok();
        assert!(!holds || lease == granted());
    }
}

fn granted() -> Lease {
    keys().lease(sealed::DEVICE, None, NOW_MS)
}

pub fn cookies() -> Vec<Input> {
    let token = Token::from_text(&Hex([0xa5; 32]).to_string()).expect("a token");
    let given = ADDRESSES.map(|address| {
        let given = TokenCookie::session(address).give(&token, 60);
        let given = given.expect("a header").as_bytes().to_vec();
        let pair = given.split(|byte| *byte == b';').next().unwrap_or_default();
        [b"theme=dark; ", pair, b"; last=1\nother=2"].concat()
    });
    let [secure, open] = given;
    vec![("secure", secure), ("open", open)]
}

pub fn leases() -> Vec<Input> {
    vec![("granted", serde_json::to_vec(&granted()).expect("JSON"))]
}
