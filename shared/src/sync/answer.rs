//! The body of a sync answer. Version two: the head, the receipts, the server's signature over the very bytes of the receipts
//! (empty when there are none), then changes in the order of `SyncAnswer::documents`. Version one has the receipts in its head.

use super::frame::{self, Version};
use super::message::{Receipts, SyncAnswer};
use super::signing::{Purpose, verify};
use super::{Hex, Receipt};

/// Parts before the changes in version two: head, receipts, signature.
const PARTS_BEFORE_CHANGES: usize = 3;

/// An answer taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub head: SyncAnswer,
    /// Those that count: signed by the server. None of them when the signature is not the server's.
    pub receipts: Vec<Receipt>,
    pub changes: Vec<Vec<u8>>,
}

/// Why a body is not an answer of the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an answer to a sync request, or not all of it")]
pub struct NotAnAnswer;

/// Writes an answer of version two; `sign` signs receipts.
pub fn write(
    head: &SyncAnswer,
    receipts: &Receipts,
    changes: &[Vec<u8>],
    sign: impl FnOnce(&[u8]) -> Hex<64>,
) -> Result<Vec<u8>, serde_json::Error> {
    let head = serde_json::to_vec(head)?;
    let (signed, signature) = match receipts.receipts.is_empty() {
        true => (Vec::new(), Vec::new()),
        false => {
            let signed = serde_json::to_vec(receipts)?;
            let signature = sign(&signed).0.to_vec();
            (signed, signature)
        }
    };
    let before = [head, signed, signature];
    let parts = before.iter().chain(changes).map(Vec::as_slice);
    Ok(frame::write(Version::Two, parts))
}

/// Reads an answer of version two: whole, or not at all. `key` is the server's, as the phone knows it.
pub fn read(body: &[u8], key: &Hex<32>, max_parts: usize) -> Result<Answer, NotAnAnswer> {
    let parts = frame::read(body, max_parts).map_err(|_| NotAnAnswer)?;
    let (before, changes) = parts
        .whole
        .split_at_checked(PARTS_BEFORE_CHANGES)
        .ok_or(NotAnAnswer)?;
    let head: SyncAnswer = serde_json::from_slice(before[0]).map_err(|_| NotAnAnswer)?;
    let promised: usize = head.documents.iter().map(|d| d.changes as usize).sum();
    if parts.version != Version::Two || parts.is_truncated || changes.len() != promised {
        return Err(NotAnAnswer);
    }
    let receipts = match verify(Purpose::Receipts, before[1], before[2], key) {
        true => {
            serde_json::from_slice::<Receipts>(before[1])
                .map_err(|_| NotAnAnswer)?
                .receipts
        }
        false => Vec::new(),
    };
    Ok(Answer {
        head,
        receipts,
        changes: changes.iter().map(|change| change.to_vec()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::signing::{sign, verifying_of};
    use crate::sync::{ItemHash, Outcome};

    const SEED: [u8; 32] = [5; 32];

    fn head() -> SyncAnswer {
        serde_json::from_str(
            r#"{"epoch":"e","cursors":[],"documents":[],"has_more":false,"school_version":1,"server_time_ms":0}"#,
        )
        .unwrap()
    }

    fn receipts() -> Receipts {
        let outcome = Outcome::Stored { seq: 1, at_ms: 2 };
        let item = ItemHash::of(b"item");
        Receipts {
            school: uuid::Uuid::from_u128(1).into(),
            receipts: vec![Receipt { item, outcome }],
        }
    }

    fn body(seed: &[u8; 32]) -> Vec<u8> {
        write(&head(), &receipts(), &[], |bytes| {
            sign(Purpose::Receipts, bytes, seed)
        })
        .unwrap()
    }

    #[test]
    fn receipts_count_when_the_server_signed_them_and_not_otherwise() {
        let key = verifying_of(&SEED);
        let read_by = |body: &[u8]| read(body, &key, 10).map(|answer| answer.receipts.len());
        assert_eq!(read_by(&body(&SEED)), Ok(1));
        assert_eq!(read_by(&body(&[6; 32])), Ok(0), "another's signature");
    }

    #[test]
    fn no_changed_byte_makes_a_receipt_that_was_not_given() {
        let (key, body) = (verifying_of(&SEED), body(&SEED));
        for at in 0..body.len() {
            let mut changed = body.clone();
            changed[at] ^= 1;
            if let Ok(answer) = read(&changed, &key, 10) {
                assert!(answer.receipts.is_empty() || answer.receipts == receipts().receipts);
            }
            assert_eq!(read(&body[..at], &key, 10), Err(NotAnAnswer), "cut at {at}");
        }
    }

    #[test]
    fn the_same_receipts_are_the_same_bytes() {
        assert_eq!(body(&SEED), body(&SEED));
    }
}
