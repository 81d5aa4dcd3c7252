//! What is kept, as plain values: a document, an item of the outbox, an item that was receipted, and what a transaction
//! writes. How it is laid out in the browser's database is in `disk`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::api::ReportReceipts;
use shared::domain::{ActorId, DocumentId, StaffId};
use shared::sync::sealing::SEALED_VERSION;
use shared::sync::{DocumentKind, ItemHash};

/// A document on this phone, with what the server said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentRow {
    pub id: DocumentId,
    /// Whose phone it was when it came here.
    pub staff: StaffId,
    pub kind: DocumentKind,
    /// For an entry the time it happened, for a report the time it was begun; unix milliseconds.
    pub at_ms: i64,
    pub author: StaffId,
    pub actors: Vec<(ActorId, StaffId)>,
    /// By which scopes the server lets it be here; empty for what it has not seen.
    pub scopes: BTreeSet<String>,
    pub locked_at: Option<Vec<String>>,
    pub receipts: Option<ReportReceipts>,
    /// The whole document as `Document::save` wrote it; kept beside the JSON.
    #[serde(skip)]
    pub saved: Vec<u8>,
}

/// Where an item of the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// To be sent.
    Waiting,
    /// Of a draft: to be sent once its author says so.
    Held,
    /// The server has put it aside; kept here, with its reason.
    Problem,
}

impl ItemState {
    pub fn as_str(self) -> &'static str {
        match self {
            ItemState::Waiting => "waiting",
            ItemState::Held => "held",
            ItemState::Problem => "problem",
        }
    }

    pub fn from_word(word: &str) -> ItemState {
        match word {
            "held" => ItemState::Held,
            "problem" => ItemState::Problem,
            _ => ItemState::Waiting,
        }
    }
}

/// One change that has no receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its place in the outbox, given by the database and never by a clock: oldest first. None before it is written.
    pub number: Option<u32>,
    pub staff: StaffId,
    pub document: DocumentId,
    pub hash: ItemHash,
    pub state: ItemState,
    pub reason: String,
    /// What goes up, as it stands.
    pub bytes: Vec<u8>,
}

impl ItemRow {
    /// An item on its way into the outbox; `bytes` as they go up.
    pub fn new(staff: StaffId, document: DocumentId, bytes: Vec<u8>, state: ItemState) -> ItemRow {
        ItemRow {
            number: None,
            staff,
            document,
            hash: ItemHash::of(&bytes),
            state,
            reason: String::new(),
            bytes,
        }
    }
}

impl ItemRow {
    /// Whether it shows by itself who wrote it, so that anybody may send it.
    pub fn is_sealed(&self) -> bool {
        self.bytes.first() == Some(&SEALED_VERSION)
    }
}

/// One change that the server has; kept a while to be offered again if the server is restored from a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    pub hash: ItemHash,
    pub staff: StaffId,
    pub document: DocumentId,
    /// When the receipt came, by the phone's clock; unix milliseconds.
    pub at_ms: i64,
    pub bytes: Vec<u8>,
}

impl DocumentRow {
    /// As it is before it is sealed: the length of the JSON, the JSON, the document.
    pub fn to_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let length = (json.len() as u32).to_le_bytes();
        [&length, json.as_slice(), &self.saved].concat()
    }

    /// Reads what `to_bytes` wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<DocumentRow> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (json, saved) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let row: DocumentRow = serde_json::from_slice(json).ok()?;
        Some(DocumentRow {
            saved: saved.to_vec(),
            ..row
        })
    }
}

/// One thing that a transaction writes. An item that is to be sent leaves the outbox by `Receipted` alone.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    Document(DocumentRow),
    ForgetDocument(DocumentId),
    Item(ItemRow),
    /// A part of a draft that is not to be sent: its report has gone up another way, in the same transaction.
    DropHeld(u32),
    /// The server has it: out of the outbox, into what was sent.
    Receipted {
        number: u32,
        sent: SentRow,
    },
    ForgetSent(ItemHash),
    /// The school for a person, in JSON.
    School {
        staff: StaffId,
        json: String,
    },
    ForgetSchool(StaffId),
    Fact {
        key: String,
        json: String,
    },
    ForgetFact(String),
    /// Room for later.
    Reserve,
}
