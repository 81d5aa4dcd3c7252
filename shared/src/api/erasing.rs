//! Requests and answers about erasing: what was erased, what is due, and the order to erase.

use serde::{Deserialize, Serialize};

use crate::domain::{DocumentId, ErasureGround, Retention};
use crate::sync::DocumentKind;

/// `GET /api/erasures`: what was erased, and what may not be kept any longer; nothing of what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasures {
    pub retention: Retention,
    /// The first 500, reports before entries, the oldest of each first.
    pub due: Vec<DueLine>,
    /// The newest 500.
    pub erased: Vec<ErasedLine>,
}

/// A document whose time has run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueLine {
    pub document: DocumentId,
    pub kind: DocumentKind,
    pub author_name: String,
    /// When an entry's event happened, or a report came.
    pub at_ms: i64,
}

/// That something was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedLine {
    pub kind: DocumentKind,
    pub erased_at_ms: i64,
    /// None when a command did it.
    pub by: Option<String>,
    pub ground: ErasureGround,
}

/// `POST /api/erasures`: erases all of these documents or none, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    pub documents: Vec<DocumentId>,
    pub ground: ErasureGround,
}
