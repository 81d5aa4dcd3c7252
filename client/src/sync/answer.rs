//! What came back, and whether it counts: only status 200 with the magic and whole, readable parts is an answer of the
//! server's, and of its receipts only those it has signed. A guest network answers 200 with HTML, and takes nothing off the phone.

use shared::api::{ApiError, ErrorCode};
use shared::sync::Hex;
use shared::sync::answer::{self, Answer};

const HTTP_OK: u16 = 200;
const HTTP_UNAUTHORIZED: u16 = 401;
/// The answer and its changes; far above a page of the feed.
const MAX_PARTS: usize = 100_000;

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("somebody has to sign in")]
    SignedOut,
    #[error("the server takes no sync now")]
    NotNow,
    #[error("something other than the server answered")]
    NotTheServer,
}

/// Reads a response; `key` is the server's, as this phone knows it.
pub fn read(status: u16, body: &[u8], key: &Hex<32>) -> Result<Answer, Refusal> {
    if status != HTTP_OK {
        return Err(refusal(status, body));
    }
    answer::read(body, key, MAX_PARTS).map_err(|_| Refusal::NotTheServer)
}

fn refusal(status: u16, body: &[u8]) -> Refusal {
    let code = serde_json::from_slice::<ApiError>(body).map(|error| error.code);
    match (status, code) {
        (HTTP_UNAUTHORIZED, Ok(ErrorCode::SignedOut)) => Refusal::SignedOut,
        (_, Ok(_)) => Refusal::NotNow,
        (_, Err(_)) => Refusal::NotTheServer,
    }
}

#[cfg(test)]
mod tests {
    use shared::sync::frame::{self, Version};

    use super::*;

    const HEAD: &str = r#"{"epoch":"e","cursors":[],"documents":[],"has_more":false,"school_version":1,"server_time_ms":0}"#;
    const KEY: Hex<32> = Hex([0; 32]);

    #[test]
    fn only_a_whole_answer_of_the_servers_counts() {
        let body = frame::write(Version::Two, [HEAD.as_bytes(), b"", b""]);
        assert!(read(200, &body, &KEY).is_ok());
        for cut in 0..body.len() {
            let cut = read(200, &body[..cut], &KEY);
            assert_eq!(cut, Err(Refusal::NotTheServer));
        }
        let portal = b"<html>Sign in to the network";
        assert_eq!(read(200, portal, &KEY), Err(Refusal::NotTheServer));
        assert_eq!(read(204, &body, &KEY), Err(Refusal::NotTheServer));
    }

    #[test]
    fn signed_out_is_believed_only_of_the_server() {
        let refusal = |status, body: &[u8]| read(status, body, &KEY).unwrap_err();
        let signed_out = br#"{"code":"signed_out","message":""}"#;
        assert_eq!(refusal(401, signed_out), Refusal::SignedOut);
        assert_eq!(refusal(401, b"<html>"), Refusal::NotTheServer);
        let unavailable = br#"{"code":"unavailable","message":""}"#;
        assert_eq!(refusal(503, unavailable), Refusal::NotNow);
    }
}
