//! Rows of the record, as pages show them.

use serde::{Deserialize, Serialize};

use crate::domain::{AuditAct, StaffId};

/// A row of the record: `GET /api/readings?of=` gives a part of it, `GET /api/pupils/{id}/readings` who has read about a pupil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub seq: i64,
    pub at_ms: i64,
    /// None for a command.
    pub staff: Option<StaffId>,
    /// Empty for a command.
    pub staff_name: String,
    pub what: AuditAct,
    /// The pupil it was about, when one is known.
    pub pupil_name: Option<String>,
    /// Whose account it was about.
    #[serde(default)]
    pub subject_name: Option<String>,
    /// A code or counts, such as why something was erased.
    #[serde(default)]
    pub detail: String,
}

/// `GET /api/pupils/{id}/readings`: the newest 500.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PupilReadings {
    pub pupil_name: String,
    pub readings: Vec<Reading>,
}
