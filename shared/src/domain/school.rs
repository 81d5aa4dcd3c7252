//! The school as rows: classes, pupils, zones, recesses, the duty plan (*inspeksjonsplan*) and the settings. Written online by those who administer.

use serde::{Deserialize, Serialize};

use super::entry::Choice;
use super::erasure::Retention;
use super::pattern::PatternRule;
use super::{ClassId, PupilId, RecessId, StaffId, ZoneId};

/// A class in one school year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub id: ClassId,
    /// As the school writes it, such as `5A`.
    pub name: String,
    /// 1 to 10.
    pub grade: i32,
}

/// A pupil as staff may know them on the phone: name and class, nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pupil {
    pub id: PupilId,
    pub given_name: String,
    pub family_name: String,
    pub class: Option<ClassId>,
}

impl Pupil {
    /// As staff write it; a protected pupil has one name.
    pub fn full_name(&self) -> String {
        let name = format!("{} {}", self.given_name, self.family_name);
        name.trim_end().to_owned()
    }
}

/// A named part of the yard or the building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    pub id: ZoneId,
    pub name: String,
}

/// A recess of the school day, in the school's local time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recess {
    pub id: RecessId,
    pub name: String,
    /// Minutes after local midnight.
    pub starts_at_min: i32,
    /// Minutes after local midnight; at most 1440.
    pub ends_at_min: i32,
}

impl Recess {
    /// Whether a minute of the day falls in the recess.
    pub fn covers(&self, minute: i32) -> bool {
        self.starts_at_min <= minute && minute < self.ends_at_min
    }

    /// The shortest of the recesses that cover a minute of the day.
    pub fn at(recesses: &[Recess], minute: i32) -> Option<&Recess> {
        recesses
            .iter()
            .filter(|r| r.covers(minute))
            .min_by_key(|r| (r.ends_at_min - r.starts_at_min, r.id))
    }
}

/// One line of the duty plan: who is where in which recess on which weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    pub staff: StaffId,
    pub recess: RecessId,
    pub zone: ZoneId,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: i32,
}

/// One recess on one day, with the people on duty in it; the scope in which colleagues see each other's entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Shift {
    pub recess: RecessId,
    /// The local date, `YYYY-MM-DD`.
    pub date: String,
}

/// What a school decides for itself. Law texts and telephone numbers are here because they are configuration, not code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolSettings {
    pub choices: Vec<Choice>,
    pub pattern: PatternRule,
    /// The same rule for pupils under sharpened attention (*skjerpet oppmerksomhet*).
    pub sharpened_pattern: PatternRule,
    /// Whom to call when someone who works at the school is suspected (§ 12-5); shown offline.
    pub owner_name: String,
    pub owner_phone: String,
    /// How long what is written is kept; until a person erases it, before the school sets a time.
    pub retention: Retention,
    /// Hours after which a report that nobody has opened is told to the deputy; none for never.
    #[serde(deserialize_with = "Option::deserialize")]
    pub escalate_after_hours: Option<u32>,
    /// The school's organisation at Feide, such as `fc:org:lia.example:unit:NO987654321`; empty where none is said.
    pub feide_org: String,
    /// Contact teachers follow the classes that Feide says they follow, from each sign-in there.
    pub has_feide_classes: bool,
}

/// Hours that a report may wait before the deputy is told, where the school has not said otherwise.
pub const ESCALATE_AFTER_HOURS: u32 = 24;
/// Longest name of an organisation at Feide, in characters.
pub const MAX_FEIDE_ORG_CHARS: usize = 200;
/// Longest time that can be set, in hours.
pub const MAX_ESCALATE_AFTER_HOURS: u32 = 720;

impl Default for SchoolSettings {
    fn default() -> Self {
        SchoolSettings {
            choices: Choice::built_in(),
            pattern: PatternRule {
                entries: 3,
                adults: 2,
                days: 14,
            },
            sharpened_pattern: PatternRule {
                entries: 2,
                adults: 1,
                days: 14,
            },
            owner_name: String::new(),
            owner_phone: String::new(),
            retention: Retention::default(),
            escalate_after_hours: Some(ESCALATE_AFTER_HOURS),
            feide_org: String::new(),
            has_feide_classes: false,
        }
    }
}
