//! Importing the roster: what a file would change, and what cannot be read of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::StaffId;

/// `POST /api/roster/preview` (body: the file) and, after it is accepted, `POST /api/roster/import?fingerprint=`, with
/// `&follows=` and a JSON of `RosterChoices` where somebody is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPreview {
    /// Names this very file against this very school; importing with another is a conflict.
    pub fingerprint: String,
    pub new: Vec<RosterLine>,
    pub changed: Vec<RosterChange>,
    pub gone: Vec<RosterLine>,
    pub unchanged: u32,
    pub new_classes: Vec<String>,
    /// Whose pupils move away from them; the import takes a choice for each and is refused without.
    #[serde(default)]
    pub followers: Vec<RosterFollower>,
    /// What can be chosen for them.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Lines that cannot be taken; while there is one, nothing is imported.
    pub problems: Vec<RosterProblem>,
    /// `utf-8` or `windows-1252`.
    pub encoding: String,
}

/// Somebody who follows classes whose pupils go elsewhere; classes are named as the school names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterFollower {
    pub staff: StaffId,
    pub name: String,
    pub now: Vec<String>,
    /// Where most of the pupils of these classes go; empty when they leave the school.
    pub proposed: Vec<String>,
    /// Which of `now` are other pupils' after the import.
    pub filled_by_others: Vec<String>,
}

/// The names of the classes that each of the `followers` follows from the import on.
pub type RosterChoices = BTreeMap<StaffId, Vec<String>>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterLine {
    pub name: String,
    pub class: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterChange {
    pub before: RosterLine,
    pub after: RosterLine,
}

/// Why a line of the file cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterProblem {
    /// 1 is the file's first line; 0 when the whole file is meant.
    pub line: u32,
    pub code: RosterProblemCode,
    /// The column or value's kind, such as `Etternavn`; never the pupil's name.
    pub column: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterProblemCode {
    NotText,
    Empty,
    MissingColumn,
    MissingValue,
    TooLong,
    ControlCharacter,
    DuplicateId,
    UnknownGrade,
    BrokenQuote,
    TooManyLines,
    #[serde(other)]
    Unknown,
}

/// What `POST /api/roster/import` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterImported {
    pub new: u32,
    pub changed: u32,
    pub gone: u32,
}
