//! The entry (*loggføring*): one situation that an adult saw (Opplæringslova § 12-4). How it is stored and edited is in `document::entry`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code::codes;
use super::{ActorId, DocumentId, PupilId, ZoneId};

codes! {
    /// What sort of situation an entry tells of.
    pub enum EntryKind {
        /// Something seen.
        Observation = "observation",
        /// Something seen and acted on.
        Intervention = "intervention",
        /// Something worth repeating.
        GoodMoment = "good_moment",
    }
}

codes! {
    /// A pupil's part as seen; neutral on purpose, since an entry says what was seen and not who is guilty.
    pub enum Part {
        /// A pupil without company.
        Alone = "alone",
        /// The pupil it was done to.
        Exposed = "exposed",
        /// The pupil who did it, as seen.
        Acting = "acting",
        /// A pupil who was there.
        Present = "present",
    }
}

codes! {
    /// What was seen: the plan's examples. A school's own words are `Other`.
    pub enum What {
        Alone = "alone",
        PhysicalContact = "physical_contact",
        Fight = "fight",
        NameCalling = "name_calling",
        Exclusion = "exclusion",
        Threat = "threat",
        BodyLanguage = "body_language",
        IdentityRemark = "identity_remark",
        BelongingsTaken = "belongings_taken",
        SocialMedia = "social_media",
        SeeksAdults = "seeks_adults",
        ChangedMood = "changed_mood",
        AvoidsPlaces = "avoids_places",
        Late = "late",
        Aches = "aches",
        ChangedDynamics = "changed_dynamics",
        GoodMoment = "good_moment",
        Something = "something",
    }
}

codes! {
    /// What the adult did (§ 12-4 second duty).
    pub enum Act {
        TalkedWith = "talked_with",
        StoppedWords = "stopped_words",
        SteppedBetween = "stepped_between",
        FetchedHelp = "fetched_help",
        FollowedUp = "followed_up",
    }
}

codes! {
    /// What should happen with the entry afterwards.
    pub enum FollowUp {
        Nothing = "nothing",
        TellContactTeacher = "tell_contact_teacher",
        ResourceTeam = "resource_team",
        Report = "report",
    }
}

codes! {
    /// The author's answer when asked whether to report; a no is kept as well.
    pub enum PromptAnswer {
        Report = "report",
        NotNow = "not_now",
    }
}

codes! {
    /// Which sort of choice a button is; decides whether an exposed pupil leads to the question of reporting.
    pub enum ChoiceGroup {
        /// Words or acts that may be hurtful (§§ 12-2, 12-3).
        Violation = "violation",
        /// A sign that a pupil is not well.
        Sign = "sign",
        /// A good moment.
        Good = "good",
        /// Anything else.
        Neutral = "neutral",
    }
}

/// One button of the capture screen, as the school has set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub what: What,
    pub group: ChoiceGroup,
    /// The school's own wording; none for the built-in words, which the client translates.
    pub label: Option<String>,
    /// Whether it is one of the six to eight large buttons of the first screen.
    pub is_large: bool,
}

impl Choice {
    /// The built-in list, in order: eight large buttons, then the plan's other signs and violations.
    pub fn built_in() -> Vec<Choice> {
        use ChoiceGroup::{Good, Neutral, Sign, Violation};
        let choice = |what, group, is_large| Choice {
            what,
            group,
            label: None,
            is_large,
        };
        vec![
            choice(What::Alone, Sign, true),
            choice(What::Exclusion, Violation, true),
            choice(What::NameCalling, Violation, true),
            choice(What::PhysicalContact, Violation, true),
            choice(What::Fight, Violation, true),
            choice(What::Threat, Violation, true),
            choice(What::GoodMoment, Good, true),
            choice(What::Something, Neutral, true),
            choice(What::BodyLanguage, Violation, false),
            choice(What::IdentityRemark, Violation, false),
            choice(What::BelongingsTaken, Violation, false),
            choice(What::SocialMedia, Violation, false),
            choice(What::SeeksAdults, Sign, false),
            choice(What::ChangedMood, Sign, false),
            choice(What::AvoidsPlaces, Sign, false),
            choice(What::Late, Sign, false),
            choice(What::Aches, Sign, false),
            choice(What::ChangedDynamics, Sign, false),
        ]
    }
}

/// A pupil named by id, or one whom nobody could name yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PupilRef {
    Known(PupilId),
    Unknown(Uuid),
}

/// One pupil in an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvolvedPupil {
    pub pupil: PupilRef,
    /// None until someone says which part the pupil had.
    pub part: Option<Part>,
    /// For an unknown pupil: what was seen of them, such as a blue jacket.
    pub description: String,
    /// For an unknown pupil: who it turned out to be.
    pub named: Option<PupilId>,
}

impl InvolvedPupil {
    /// The pupil's id, whether known from the start or named later.
    pub fn pupil_id(&self) -> Option<PupilId> {
        match self.pupil {
            PupilRef::Known(id) => Some(id),
            PupilRef::Unknown(_) => self.named,
        }
    }
}

/// An adult used force to avert harm; its own record (§§ 13-3 to 13-5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhysicalIntervention {
    /// Why nothing milder would do.
    pub reason: String,
    /// Who was told.
    pub told: String,
}

/// Something said about an entry afterwards, by its author or a colleague.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addition {
    pub id: Uuid,
    pub text: String,
    pub by: ActorId,
    pub at_ms: i64,
}

/// One situation that an adult saw, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: DocumentId,
    pub kind: EntryKind,
    /// When it happened, by the phone's clock; unix milliseconds.
    pub happened_at_ms: i64,
    /// When it was written down, by the phone's clock; unix milliseconds.
    pub recorded_at_ms: i64,
    pub zone: Option<ZoneId>,
    pub what: BTreeSet<What>,
    pub pupils: Vec<InvolvedPupil>,
    /// More pupils than are named took part.
    pub has_several: bool,
    pub acts: BTreeSet<Act>,
    pub force: Option<PhysicalIntervention>,
    /// How it ended.
    pub outcome: String,
    pub text: String,
    pub follow_up: FollowUp,
    pub prompt_answer: Option<PromptAnswer>,
    /// Taken back by its author (*Angre*); kept, and shown nowhere but in its history.
    pub is_withdrawn: bool,
    pub additions: Vec<Addition>,
    /// Fields that two people changed without knowing of each other: every wording, until someone settles it.
    pub contested: BTreeMap<String, Vec<Wording>>,
}

/// One of several wordings of the same field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    pub text: String,
    pub by: ActorId,
    pub at_ms: i64,
}

impl Entry {
    /// The pupils who have an id, with their parts; each once, the first part said.
    pub fn known_pupils(&self) -> BTreeMap<PupilId, Option<Part>> {
        let mut known = BTreeMap::new();
        for involved in &self.pupils {
            if let Some(id) = involved.pupil_id() {
                let part = known.entry(id).or_insert(None);
                if part.is_none() {
                    part.clone_from(&involved.part);
                }
            }
        }
        known
    }

    /// Whether the author is to be asked to report: a violation with an exposed pupil (suspicion is enough, § 12-4).
    pub fn calls_for_report(&self, choices: &[Choice]) -> bool {
        let is_violation = |what: &What| {
            choices
                .iter()
                .any(|c| c.what == *what && c.group == ChoiceGroup::Violation)
        };
        !self.is_withdrawn
            && self.pupils.iter().any(|p| p.part == Some(Part::Exposed))
            && self.what.iter().any(is_violation)
    }
}
