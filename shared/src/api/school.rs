//! What a phone keeps of the school.

use serde::{Deserialize, Serialize};

use crate::domain::{Choice, Class, ClassId, Duty, Pupil, Recess, StaffId, Zone};
use crate::sync::owner::OwnerKey;

/// What a phone keeps of the school so that it can log with no network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// Grows with every change; the sync answer tells the current one.
    pub version: i64,
    pub classes: Vec<Class>,
    /// Those who go here now.
    pub pupils: Vec<Pupil>,
    pub zones: Vec<Zone>,
    pub recesses: Vec<Recess>,
    pub duties: Vec<Duty>,
    /// Names to show beside what colleagues wrote.
    pub staff: Vec<Colleague>,
    /// Classes that the signed-in person follows.
    pub own_classes: Vec<ClassId>,
    pub choices: Vec<Choice>,
    pub owner_name: String,
    pub owner_phone: String,
    /// What a report past the leadership is sealed to; none when the owner has made no key yet.
    #[serde(default)]
    pub owner_key: Option<OwnerKey>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub id: StaffId,
    pub name: String,
    /// The account has ended or ends by itself then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at_ms: Option<i64>,
    /// Belongs to the school's leadership: a report that suspects this person goes past all of it.
    #[serde(default)]
    pub is_leader: bool,
}

/// So long whoever was here for a day is offered where one says whom something is about, in milliseconds.
pub const OFFERED_FOR_MS: i64 = 14 * 24 * 60 * 60 * 1000;

impl Colleague {
    /// Whether the account is open, or was at that time.
    pub fn was_here_since(&self, at_ms: i64) -> bool {
        self.ends_at_ms.is_none_or(|ends_at_ms| ends_at_ms > at_ms)
    }
}
