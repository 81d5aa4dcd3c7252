//! Who may do what, in one table that every handler, the sync and the feed ask. Pure: the facts about the thing asked for come
//! in with the question. Another school's things never get this far: every query is bound to the asker's school.

use shared::api::Abilities;
use shared::domain::{ClassId, Role, StaffId};

use crate::auth::SignedIn;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Read,
    /// Make a new one.
    Create,
    /// Change it, or add to it.
    Write,
    /// Take a report on: be the one whose opening and talk are its receipts.
    Receive,
    /// Take all of it out of the house.
    Export,
    /// Pass a report on to the school owner.
    PassOn,
}

/// What it is done to, with the facts that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// Names and classes, the yard, the duty plan: what a phone keeps.
    School,
    Entry {
        author: Option<StaffId>,
        /// The asker has duty in the recess and on the day in which it happened.
        is_on_its_shift: bool,
        /// Of the pupils it names.
        classes: &'a [ClassId],
    },
    PupilLog {
        class: Option<ClassId>,
    },
    Report {
        reporter: Option<StaffId>,
        /// Who told it, when the reporter wrote it down for another.
        told_by: Option<StaffId>,
        /// Those it suspects (§ 12-5): whatever their role, they see nothing of it.
        suspected: &'a [StaffId],
    },
    /// Reports that came to the school owner, the owner's key, and their receipts.
    OwnerReports,
    /// The list of reports received.
    Inbox,
    /// How much waits for the asker to open it, and where they hear of it by e-mail and by push.
    Notices,
    Patterns {
        class: Option<ClassId>,
    },
    /// Sharpened attention on a pupil.
    Attention {
        class: Option<ClassId>,
    },
    /// Under which name a protected pupil is shown.
    Protection,
    /// Who has read what: the part of the record that a pupil may ask for.
    Readings,
    /// The whole record.
    Audit,
    Staff,
    Roster,
    Settings,
    /// A browser that somebody has signed in on.
    Device {
        owner: StaffId,
    },
    /// By which somebody signs in.
    Passkey {
        owner: StaffId,
    },
    /// What was put aside, without what it says.
    Quarantine,
    /// What was erased and what is due; creating one erases.
    Erasures,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    School,
    Entry,
    PupilLog,
    Report,
    OwnerReports,
    Inbox,
    Notices,
    Patterns,
    Attention,
    Protection,
    Readings,
    Audit,
    Staff,
    Roster,
    Settings,
    Device,
    Passkey,
    Quarantine,
    Erasures,
}

/// Who is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    Everyone,
    /// Whoever works with pupils: any role but the administrator's and the owner's.
    WorksWithPupils,
    Principal,
    Deputy,
    Administrator,
    Owner,
    /// Who wrote the entry or the report, or has the device or the passkey.
    Author,
    SameShift,
    /// Who told by word of mouth what another wrote down.
    Teller,
    /// The contact teacher of a class that it is about.
    ContactTeacher,
}

use Grant::{
    Administrator, Author, ContactTeacher, Deputy, Everyone, Owner, Principal, SameShift, Teller,
    WorksWithPupils,
};

/// The table. What has no row is allowed to nobody.
const TABLE: &[(Kind, Verb, &[Grant])] = &[
    (Kind::School, Verb::Read, &[Everyone]),
    (Kind::Entry, Verb::Create, &[WorksWithPupils]),
    (
        Kind::Entry,
        Verb::Read,
        &[Author, SameShift, ContactTeacher, Principal, Deputy],
    ),
    (Kind::Entry, Verb::Write, &[Author, SameShift]),
    (
        Kind::PupilLog,
        Verb::Read,
        &[ContactTeacher, Principal, Deputy],
    ),
    (Kind::Report, Verb::Create, &[WorksWithPupils]),
    (
        Kind::Report,
        Verb::Read,
        &[Author, Teller, Principal, Deputy],
    ),
    (Kind::Report, Verb::Write, &[Author]),
    (Kind::Report, Verb::Receive, &[Principal, Deputy]),
    (Kind::Report, Verb::PassOn, &[Principal, Deputy]),
    (Kind::OwnerReports, Verb::Read, &[Owner]),
    (Kind::OwnerReports, Verb::Write, &[Owner]),
    (Kind::Inbox, Verb::Read, &[Principal, Deputy]),
    (Kind::Notices, Verb::Read, &[Principal, Deputy, Owner]),
    (Kind::Notices, Verb::Write, &[Principal, Deputy, Owner]),
    (
        Kind::Patterns,
        Verb::Read,
        &[ContactTeacher, Principal, Deputy],
    ),
    (
        Kind::Attention,
        Verb::Write,
        &[ContactTeacher, Principal, Deputy],
    ),
    (Kind::Protection, Verb::Write, &[Principal, Deputy]),
    (Kind::Readings, Verb::Read, &[Principal, Deputy, Owner]),
    (Kind::Audit, Verb::Read, &[Principal, Deputy, Owner]),
    (Kind::Audit, Verb::Export, &[Principal, Deputy, Owner]),
    (Kind::Staff, Verb::Read, &[Administrator]),
    (Kind::Staff, Verb::Write, &[Administrator]),
    (Kind::Roster, Verb::Write, &[Administrator]),
    (Kind::Settings, Verb::Read, &[Administrator]),
    (Kind::Settings, Verb::Write, &[Administrator]),
    (Kind::Device, Verb::Read, &[Author, Administrator]),
    (Kind::Device, Verb::Write, &[Author, Administrator]),
    (Kind::Passkey, Verb::Read, &[Author]),
    (Kind::Passkey, Verb::Write, &[Author]),
    (Kind::Quarantine, Verb::Read, &[Administrator]),
    (Kind::Erasures, Verb::Read, &[Principal, Deputy]),
    (Kind::Erasures, Verb::Create, &[Principal]),
];

/// Whether this person may do this to that.
pub fn may(who: &SignedIn, verb: Verb, on: Resource) -> bool {
    let kind = on.kind();
    let rows = TABLE.iter().filter(|(k, v, _)| *k == kind && *v == verb);
    rows.flat_map(|(_, _, grants)| grants.iter())
        .any(|grant| grant.lets_through(who, on))
}

/// The pages a person has, from the same table.
pub fn abilities(who: &SignedIn) -> Abilities {
    let somewhere = |verb, on: fn(Option<ClassId>) -> Resource<'static>| {
        may(who, verb, on(None))
            || who
                .own_classes
                .iter()
                .any(|class| may(who, verb, on(Some(*class))))
    };
    Abilities {
        log: may(who, Verb::Create, Resource::NEW_ENTRY),
        read_pupil_logs: somewhere(Verb::Read, |class| Resource::PupilLog { class }),
        receive_reports: may(who, Verb::Read, Resource::Inbox),
        see_patterns: somewhere(Verb::Read, |class| Resource::Patterns { class }),
        set_attention: somewhere(Verb::Write, |class| Resource::Attention { class }),
        see_readings: may(who, Verb::Read, Resource::Readings),
        administer: may(who, Verb::Write, Resource::Settings),
        see_erasures: may(who, Verb::Read, Resource::Erasures),
        erase: may(who, Verb::Create, Resource::Erasures),
        protect: may(who, Verb::Write, Resource::Protection),
        read_owner_reports: may(who, Verb::Read, Resource::OwnerReports),
    }
}

impl Resource<'_> {
    /// An entry that is about to be written.
    pub const NEW_ENTRY: Resource<'static> = Resource::Entry {
        author: None,
        is_on_its_shift: false,
        classes: &[],
    };
    /// A report that is about to be written.
    pub const NEW_REPORT: Resource<'static> = Resource::Report {
        reporter: None,
        told_by: None,
        suspected: &[],
    };

    fn kind(self) -> Kind {
        match self {
            Resource::School => Kind::School,
            Resource::Entry { .. } => Kind::Entry,
            Resource::PupilLog { .. } => Kind::PupilLog,
            Resource::Report { .. } => Kind::Report,
            Resource::OwnerReports => Kind::OwnerReports,
            Resource::Inbox => Kind::Inbox,
            Resource::Notices => Kind::Notices,
            Resource::Patterns { .. } => Kind::Patterns,
            Resource::Attention { .. } => Kind::Attention,
            Resource::Protection => Kind::Protection,
            Resource::Readings => Kind::Readings,
            Resource::Audit => Kind::Audit,
            Resource::Staff => Kind::Staff,
            Resource::Roster => Kind::Roster,
            Resource::Settings => Kind::Settings,
            Resource::Device { .. } => Kind::Device,
            Resource::Passkey { .. } => Kind::Passkey,
            Resource::Quarantine => Kind::Quarantine,
            Resource::Erasures => Kind::Erasures,
        }
    }

    fn author(self) -> Option<StaffId> {
        match self {
            Resource::Entry { author, .. } => author,
            Resource::Report { reporter, .. } => reporter,
            Resource::Device { owner } | Resource::Passkey { owner } => Some(owner),
            _ => None,
        }
    }

    fn is_told_by(self, who: StaffId) -> bool {
        matches!(self, Resource::Report { told_by: Some(teller), .. } if teller == who)
    }

    /// It suspects this person.
    fn suspects(&self, who: StaffId) -> bool {
        matches!(self, Resource::Report { suspected, .. } if suspected.contains(&who))
    }

    fn is_about(&self, classes: &[ClassId]) -> bool {
        match self {
            Resource::Entry { classes: its, .. } => its.iter().any(|class| classes.contains(class)),
            Resource::PupilLog { class }
            | Resource::Patterns { class }
            | Resource::Attention { class } => class.is_some_and(|class| classes.contains(&class)),
            _ => false,
        }
    }
}

impl Grant {
    fn lets_through(self, who: &SignedIn, on: Resource) -> bool {
        let has = |role: Role| who.roles.contains(&role);
        match self {
            Everyone => true,
            WorksWithPupils => {
                let elsewhere = [Role::Administrator, Role::Owner];
                who.roles.iter().any(|role| !elsewhere.contains(role))
            }
            Principal => has(Role::Principal) && !on.suspects(who.staff),
            Deputy => has(Role::Deputy) && !on.suspects(who.staff),
            Administrator => has(Role::Administrator),
            Owner => has(Role::Owner),
            Author => on.author() == Some(who.staff),
            Teller => on.is_told_by(who.staff) && !on.suspects(who.staff),
            SameShift => {
                matches!(
                    on,
                    Resource::Entry {
                        is_on_its_shift: true,
                        ..
                    }
                ) && WorksWithPupils.lets_through(who, on)
            }
            ContactTeacher => has(Role::ContactTeacher) && on.is_about(&who.own_classes),
        }
    }
}

#[cfg(test)]
mod tests;
