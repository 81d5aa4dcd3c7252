//! Reports to the school owner (§ 12-5). What they say is sealed (`sync::owner`); the server reads none of it.

use serde::{Deserialize, Serialize};

use super::{LogLine, ReportReceipts};
use crate::domain::{DocumentId, Report};
use crate::sync::owner::OwnerKey;
use crate::sync::{Hex, HexBytes};

/// A report as it is sealed to the school owner: whole in itself, since the owner has no roster and no other entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerReport {
    pub report: Report,
    /// The pupil's name, or the description of one whom nobody has named.
    pub pupil_name: String,
    pub class_name: Option<String>,
    /// The entries it builds on, as they stood when it was written.
    pub entries: Vec<LogLine>,
    pub suspected_names: Vec<String>,
    pub reporter_name: String,
    /// Who told it by word of mouth, when the reporter wrote down what another told; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told_by_name: String,
    /// Passed on by the principal; else it came past the leadership.
    pub is_passed_on: bool,
}

/// What the server adds before it seals once more: who the device shows the sender to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerSender {
    pub school_name: String,
    pub staff_name: String,
    pub received_at_ms: i64,
    /// The device had been shut out, or the account closed, when it came.
    pub is_barred: bool,
}

/// A sealed report to the owner: `GET /api/owner/reports`, newest first. `sealed` opens to an `OwnerSender` and an `OwnerReport`
/// (`sync::owner`), with the key behind the owner's code and with nothing that the server has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerLetter {
    pub report: DocumentId,
    pub key_id: u32,
    pub sealed: HexBytes,
    pub receipts: ReportReceipts,
}

/// `GET /api/owner/reports`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerReports {
    /// The owner's keys so far; none before the first code is made.
    pub keys: Vec<OwnerKey>,
    /// The newest 200.
    pub letters: Vec<OwnerLetter>,
}

/// `POST /api/owner/key`: the public half of a new code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOwnerKey {
    pub public: Hex<32>,
}

/// `GET /api/owner/receipts`: what became of the reports that the asker sent past the leadership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerReceipt {
    pub report: DocumentId,
    pub receipts: ReportReceipts,
}
