//! What is kept, as plain values: a document, an item of the outbox, an item that was receipted, and what a transaction
//! writes. How it is laid out in the browser's database is in `disk`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::api::ReportReceipts;
use shared::domain::{ActorId, DocumentId, StaffId};
use shared::sync::{DocumentKind, Item, ItemHash};

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
    /// A change on its way into the outbox.
    pub fn new(
        staff: StaffId,
        kind: DocumentKind,
        document: DocumentId,
        change: &[u8],
        state: ItemState,
    ) -> ItemRow {
        let bytes = Item {
            kind,
            document,
            change,
        }
        .encode();
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

/// One thing that a transaction writes. An item leaves the outbox by `Receipted` alone.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    Document(DocumentRow),
    ForgetDocument(DocumentId),
    Item(ItemRow),
    /// The server has it: out of the outbox, into what was sent.
    Receipted {
        number: u32,
        sent: SentRow,
    },
    ForgetSent(ItemHash),
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
}
