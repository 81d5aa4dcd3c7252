//! What came back, and whether it counts: only status 200 with the magic and whole, readable parts is an answer of the
//! server's. A guest network answers 200 with HTML, and takes nothing off the phone.

use shared::api::{ApiError, ErrorCode};
use shared::sync::{SyncAnswer, frame};

const HTTP_OK: u16 = 200;
const HTTP_UNAUTHORIZED: u16 = 401;
/// The answer and its changes; far above a page of the feed.
const MAX_PARTS: usize = 100_000;

/// An answer that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub head: SyncAnswer,
    /// The changes of `head.documents`, in order.
    pub changes: Vec<Vec<u8>>,
}

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

/// Reads a response.
pub fn read(status: u16, body: &[u8]) -> Result<Answer, Refusal> {
    if status != HTTP_OK {
        return Err(refusal(status, body));
    }
    let parts = frame::read(body, MAX_PARTS).map_err(|_| Refusal::NotTheServer)?;
    let (head, changes) = parts.whole.split_first().ok_or(Refusal::NotTheServer)?;
    let head: SyncAnswer = serde_json::from_slice(head).map_err(|_| Refusal::NotTheServer)?;
    let promised: usize = head
        .documents
        .iter()
        .map(|document| document.changes as usize)
        .sum();
    if parts.is_truncated || changes.len() != promised {
        return Err(Refusal::NotTheServer);
    }
    Ok(Answer {
        head,
        changes: changes.iter().map(|change| change.to_vec()).collect(),
    })
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
    use super::*;

    const HEAD: &str = r#"{"epoch":"e","receipts":[],"cursors":[],"documents":[],"has_more":false,"school_version":1,"server_time_ms":0}"#;

    #[test]
    fn only_a_whole_answer_of_the_servers_counts() {
        let body = frame::write([HEAD.as_bytes()]);
        assert!(read(200, &body).is_ok());
        for cut in 0..body.len() {
            assert_eq!(read(200, &body[..cut]), Err(Refusal::NotTheServer));
        }
        assert_eq!(
            read(200, b"<html>Sign in to the network"),
            Err(Refusal::NotTheServer)
        );
        assert_eq!(read(204, &body), Err(Refusal::NotTheServer));
    }

    #[test]
    fn signed_out_is_believed_only_of_the_server() {
        assert_eq!(
            read(401, br#"{"code":"signed_out","message":""}"#),
            Err(Refusal::SignedOut)
        );
        assert_eq!(read(401, b"<html>"), Err(Refusal::NotTheServer));
        assert_eq!(
            read(503, br#"{"code":"unavailable","message":""}"#),
            Err(Refusal::NotNow)
        );
    }
}
