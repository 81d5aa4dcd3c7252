//! The JSON part of a sync request and of its answer.

use serde::{Deserialize, Serialize};

use super::{DocumentKind, ItemHash};
use crate::api::ReportReceipts;
use crate::domain::{ActorId, DeviceId, DocumentId, SchoolId, StaffId};

/// How far a client has read one scope. Scopes are words of the server's (`own`, a shift); one that the client does not
/// name is sent from its beginning, so a scope that was granted brings down what was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    pub scope: String,
    /// The school's commit number of the last page read; 0 before the first.
    pub seq: i64,
    /// Between two pages: how far the client had read before the first of them. A document that moves on meanwhile still
    /// comes down whole. The client hands it back as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// Part 0 of a request; the parts after it are items, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncRequest {
    /// Empty when nothing is to come down: the service worker only sends.
    pub cursors: Vec<Cursor>,
    /// Whether documents are to come down at all.
    pub wants_feed: bool,
    /// For whose device they are to come down: on a shared phone the session may be another person's, and then nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// Part 0 of an answer (`answer`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncAnswer {
    /// Whether the request came with a session. What was sealed is taken in without one; nothing comes down then.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub is_signed_in: bool,
    /// Which of the server's keys new items are to be sealed to; ask for the session again when it is another.
    #[serde(default)]
    pub key_id: u32,
    /// Differs when the server was restored from a backup: offer again what is still here.
    pub epoch: String,
    /// In version one: one for each whole item of the request, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// Every scope that is the client's now; documents of a scope no longer here are to be forgotten.
    pub cursors: Vec<Cursor>,
    pub documents: Vec<FeedDocument>,
    /// Ask again at once.
    pub has_more: bool,
    /// `api::School::version` now; fetch the school again when it differs.
    pub school_version: i64,
    pub server_time_ms: i64,
}

fn yes() -> bool {
    true
}

fn is_yes(yes: &bool) -> bool {
    *yes
}

/// What the server signs: the receipts of one request, in the order of its whole items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    pub school: SchoolId,
    pub receipts: Vec<Receipt>,
}

/// What became of one item. Given only after it is on the server's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub item: ItemHash,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A retry is answered as it was the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// On disk: the school's commit number, and when that was by the server's clock. The phone may let the item go.
    Stored { seq: i64, at_ms: i64 },
    /// Builds on a change that the server does not have: keep it and send again, oldest first.
    MissingDependency,
    /// Kept aside with a reason, shown to nobody else; the phone keeps it too and tells its author.
    Quarantined { reason: String },
    /// Not taken, and not kept aside either, since nobody knows whose it is. The phone keeps it and tells its author.
    Refused { reason: String },
    /// Its document was erased: there is nothing to store it in, and the phone lets it go.
    Erased,
    /// From a newer server; keep the item.
    #[serde(other)]
    Unknown,
}

impl Outcome {
    /// Whether the phone may let the item go.
    pub fn is_safe(&self) -> bool {
        matches!(self, Outcome::Stored { .. } | Outcome::Erased)
    }
}

/// A document that is new, changed or to be forgotten in one of the client's scopes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedDocument {
    pub document: DocumentId,
    pub kind: DocumentKind,
    /// The scope it came by.
    pub scope: String,
    /// It has left the scope.
    pub is_gone: bool,
    /// It is gone from everywhere: whatever the phone has of it goes too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_erased: bool,
    pub author: StaffId,
    /// Who wrote with each actor in it.
    pub actors: Vec<(ActorId, StaffId)>,
    /// For an entry that a report builds on: the change hashes at which it was locked, in hex.
    pub locked_at: Option<Vec<String>>,
    /// For a report: its receipts so far.
    pub receipts: Option<ReportReceipts>,
    /// How many of the answer's following parts are changes of this document.
    pub changes: u32,
}

/// What a live connection says: something new, pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    pub seq: i64,
}
