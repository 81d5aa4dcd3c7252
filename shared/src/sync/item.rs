//! An item of the outbox: one change of one document, as the bytes that go up. The service worker sends the same bytes
//! without knowing what is in them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::DocumentId;

/// First byte of every item: which layout follows.
pub const ITEM_VERSION: u8 = 1;
const HEADER_BYTES: usize = 18;

/// What sort of document an item belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Entry,
    Report,
}

impl DocumentKind {
    /// As stored and sent in an item.
    pub fn to_byte(self) -> u8 {
        match self {
            DocumentKind::Entry => 1,
            DocumentKind::Report => 2,
        }
    }

    /// The kind behind a stored byte, if this version knows it.
    pub fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(DocumentKind::Entry),
            2 => Some(DocumentKind::Report),
            _ => None,
        }
    }
}

/// SHA-256 of an item's bytes, in hex: names the item in its receipt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemHash(pub String);

impl ItemHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        ItemHash(
            Sha256::digest(bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

/// One change of one document. Layout: version, kind, document id (16 bytes, big endian), the raw Automerge change chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    pub kind: DocumentKind,
    pub document: DocumentId,
    pub change: &'a [u8],
}

/// Why bytes are not an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    #[error("the item is shorter than its header")]
    TooShort,
    #[error("the item's version is not known to this server")]
    UnknownVersion,
    #[error("the item's kind of document is not known to this server")]
    UnknownKind,
    #[error("the document id is not a UUID v7")]
    BadDocumentId,
}

impl<'a> Item<'a> {
    /// The bytes that are stored in the outbox and sent.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.change.len());
        bytes.extend([ITEM_VERSION, self.kind.to_byte()]);
        bytes.extend(self.document.0.as_bytes());
        bytes.extend(self.change);
        bytes
    }

    /// Reads the header; the change itself is not looked at.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, ItemError> {
        let (header, change) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or(ItemError::TooShort)?;
        if header[0] != ITEM_VERSION {
            return Err(ItemError::UnknownVersion);
        }
        let kind = DocumentKind::from_byte(header[1]).ok_or(ItemError::UnknownKind)?;
        let id = Uuid::from_slice(&header[2..]).map_err(|_| ItemError::TooShort)?;
        if id.get_version_num() != 7 {
            return Err(ItemError::BadDocumentId);
        }
        Ok(Item {
            kind,
            document: DocumentId(id),
            change,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_reads_back_and_every_shorter_one_is_refused() {
        let document = DocumentId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let bytes = Item {
            kind: DocumentKind::Report,
            document,
            change: b"change",
        }
        .encode();
        assert_eq!(
            Item::decode(&bytes).unwrap(),
            Item {
                kind: DocumentKind::Report,
                document,
                change: b"change"
            }
        );
        for length in 0..HEADER_BYTES {
            assert_eq!(Item::decode(&bytes[..length]), Err(ItemError::TooShort));
        }
    }

    #[test]
    fn another_version_kind_or_id_is_refused() {
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
        let good = Item {
            kind: DocumentKind::Entry,
            document: DocumentId(id),
            change: &[],
        }
        .encode();
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            Item::decode(&bytes).map(|_| ())
        };
        assert_eq!(with(0, 9), Err(ItemError::UnknownVersion));
        assert_eq!(with(1, 9), Err(ItemError::UnknownKind));
        assert_eq!(with(8, 0x40), Err(ItemError::BadDocumentId));
    }
}
