//! The report to the principal (*melding til rektor*, Opplæringslova § 12-4 third duty). Storage and edits are in `document::report`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::code::codes;
use super::entry::{Addition, Wording};
use super::{DocumentId, PupilId, StaffId};

codes! {
    /// Why one reports: either is enough.
    pub enum Ground {
        Suspicion = "suspicion",
        Knowledge = "knowledge",
    }
}

codes! {
    /// Who told the reporter.
    pub enum Teller {
        SawIt = "saw_it",
        Pupil = "pupil",
        Guardian = "guardian",
        Staff = "staff",
        Someone = "someone",
    }
}

codes! {
    /// How serious the reporter takes it to be; the principal passes serious cases on to the owner.
    pub enum Seriousness {
        Ordinary = "ordinary",
        Serious = "serious",
    }
}

codes! {
    /// Whether the pupil knows that it is reported; adapted to age, no form required.
    pub enum PupilTold {
        Yes = "yes",
        NotYet = "not_yet",
    }
}

codes! {
    /// Whether somebody who works at the school is suspected of having violated the pupil (§ 12-5): a lower threshold, and another way.
    pub enum Suspicion {
        Nobody = "nobody",
        /// To the principal, who tells the owner at once.
        Employee = "employee",
        /// Straight to the owner, past the whole leadership.
        Leadership = "leadership",
    }
}

codes! {
    /// What led to the report.
    pub enum ReportOrigin {
        /// *Meld til rektor* on an entry or from nothing.
        ByHand = "by_hand",
        /// The question after a violation with an exposed pupil.
        Prompted = "prompted",
        /// Several entries within a period.
        Pattern = "pattern",
    }
}

/// Suspicion or knowledge that a pupil does not have it safe and good, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub id: DocumentId,
    pub recorded_at_ms: i64,
    pub origin: ReportOrigin,
    pub pupil: Option<PupilId>,
    /// When nobody can name the pupil: what is known of them.
    pub pupil_description: String,
    pub ground: Option<Ground>,
    /// What happened, seen or told.
    pub happened: String,
    /// The entries it builds on, each with the version (change hashes, sorted) that it was read in.
    pub entries: BTreeMap<DocumentId, Vec<String>>,
    pub tellers: BTreeSet<Teller>,
    /// What has been done at once.
    pub done_at_once: String,
    pub pupil_told: Option<PupilTold>,
    pub pupil_words: String,
    pub seriousness: Option<Seriousness>,
    #[serde(default)]
    pub suspicion: Option<Suspicion>,
    /// Those suspected, whatever their role: none of them sees anything of it.
    #[serde(default)]
    pub suspected: BTreeSet<StaffId>,
    /// The colleague who told it by word of mouth; whoever signed in wrote it down.
    #[serde(default)]
    pub told_by: Option<StaffId>,
    /// The same as a name, of somebody who has no account.
    #[serde(default)]
    pub told_by_name: String,
    pub is_withdrawn: bool,
    /// Whether the reporter has sent it; before that it is a draft on the phone and reaches nobody.
    pub is_sent: bool,
    pub additions: Vec<Addition>,
    pub contested: BTreeMap<String, Vec<Wording>>,
}

/// A point that the law or the plan asks for and a report lacks; asked for, never forced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPoint {
    Pupil,
    Ground,
    Happened,
    Teller,
    DoneAtOnce,
    PupilTold,
    Seriousness,
}

impl MissingPoint {
    /// Every point, in the order of the form.
    pub const ALL: [MissingPoint; 7] = [
        MissingPoint::Pupil,
        MissingPoint::Ground,
        MissingPoint::Happened,
        MissingPoint::Teller,
        MissingPoint::DoneAtOnce,
        MissingPoint::PupilTold,
        MissingPoint::Seriousness,
    ];
}

impl Report {
    /// Whether it goes past the leadership: somebody in it is suspected, as the reporter says or as `leaders` shows.
    pub fn is_past_leadership(&self, leaders: &BTreeSet<StaffId>) -> bool {
        self.suspicion == Some(Suspicion::Leadership) || !self.suspected.is_disjoint(leaders)
    }

    /// Whether somebody who works at the school is suspected.
    pub fn suspects_employee(&self) -> bool {
        let named = [Some(Suspicion::Employee), Some(Suspicion::Leadership)];
        named.contains(&self.suspicion) || !self.suspected.is_empty()
    }

    /// Whether somebody else told it than the one who wrote it.
    pub fn is_oral(&self) -> bool {
        self.told_by.is_some() || !self.told_by_name.trim().is_empty()
    }

    /// Whether nothing has been told yet: a draft that was opened and left.
    pub fn is_blank(&self) -> bool {
        let nothing_told = self.missing().len() == MissingPoint::ALL.len();
        nothing_told && self.entries.is_empty() && self.pupil_words.trim().is_empty()
    }

    /// What is still missing, in the order of the form.
    pub fn missing(&self) -> Vec<MissingPoint> {
        let lacks = |point: &MissingPoint| match point {
            MissingPoint::Pupil => self.pupil.is_none() && self.pupil_description.trim().is_empty(),
            MissingPoint::Ground => self.ground.is_none(),
            MissingPoint::Happened => self.happened.trim().is_empty(),
            MissingPoint::Teller => self.tellers.is_empty() && !self.is_oral(),
            MissingPoint::DoneAtOnce => self.done_at_once.trim().is_empty(),
            MissingPoint::PupilTold => self.pupil_told.is_none(),
            MissingPoint::Seriousness => self.seriousness.is_none(),
        };
        MissingPoint::ALL.into_iter().filter(lacks).collect()
    }
}
