//! Requests and answers about handing out (*fordeling*): to whom a report is given beside those who receive all of them, and the way
//! of each report as the mail distributor sees it, without anything of what it says.

use serde::{Deserialize, Serialize};

use crate::domain::{DocumentId, Role, StaffId};

/// `PUT /api/reports/{id}/handed`: gives it to somebody, or takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandReport {
    pub staff: StaffId,
    pub is_handed: bool,
}

/// Somebody who was given a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    pub staff: StaffId,
    pub name: String,
    pub by_name: String,
    pub handed_at_ms: i64,
    /// None while it waits for them.
    pub opened_at_ms: Option<i64>,
}

/// Somebody to whom the asker may give a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    pub staff: StaffId,
    pub name: String,
    pub roles: Vec<Role>,
}

/// In whose hands a report is, and in whose it may be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handing {
    pub handed: Vec<Handed>,
    pub offered: Vec<Receiver>,
}

/// `GET /api/routing`: every report that the school has received, newest first, without what it says and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// The newest 500.
    pub lines: Vec<RoutingLine>,
    pub offered: Vec<Receiver>,
}

/// The way of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingLine {
    pub report: DocumentId,
    pub received_at_ms: i64,
    /// Somebody who works at the school is suspected (§ 12-5); who stands nowhere here.
    pub suspects_employee: bool,
    /// When it was passed on to the school owner.
    pub owner_told_at_ms: Option<i64>,
    pub opened_at_ms: Option<i64>,
    pub opened_by_name: Option<String>,
    pub handed: Vec<Handed>,
}
