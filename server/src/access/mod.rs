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
    /// Give a report to somebody at the school.
    HandOut,
}

/// What it is done to, with the facts that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// Names and classes of pupils, and the yard: what a phone keeps.
    School,
    /// Who works here, and who has duty where.
    Colleagues,
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
        /// It was handed to the asker.
        is_handed: bool,
        /// Those it suspects (§ 12-5): whatever their role, they see nothing of it.
        suspected: &'a [StaffId],
    },
    /// That a report came and which way it went, without anything of what it says.
    Routing {
        suspected: &'a [StaffId],
    },
    /// Reports that came to the school owner, the owner's key, and their receipts.
    OwnerReports,
    /// The list of reports received.
    Inbox,
    /// The list of those that were handed to the asker.
    HandedInbox,
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
    /// Substitutes and their codes for the day.
    Substitutes,
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
    Password {
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
    Colleagues,
    Entry,
    PupilLog,
    Report,
    Routing,
    OwnerReports,
    Inbox,
    HandedInbox,
    Notices,
    Patterns,
    Attention,
    Protection,
    Readings,
    Audit,
    Staff,
    Substitutes,
    Roster,
    Settings,
    Device,
    Passkey,
    Password,
    Quarantine,
    Erasures,
}

/// Who is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    Everyone,
    /// Any role but a substitute's.
    WorksHere,
    /// Whoever works with pupils: any role but the administrator's, the owner's and a substitute's.
    WorksWithPupils,
    /// Somebody who has a code for the day.
    Substitute,
    Principal,
    Deputy,
    Administrator,
    Owner,
    /// Who wrote the entry or the report, or has the device, the passkey or the password.
    Author,
    SameShift,
    /// Who told by word of mouth what another wrote down.
    Teller,
    /// To whom it was handed, in a role to which reports are.
    Handed,
    /// Whoever has such a role.
    MayBeHanded,
    MailDistributor,
    /// Whoever follows a class that it is about.
    FollowsClass,
    /// The contact teacher among these.
    ContactTeacher,
}

use Grant::{
    Administrator, Author, ContactTeacher, Deputy, Everyone, FollowsClass, Handed, MailDistributor,
    MayBeHanded, Owner, Principal, SameShift, Substitute, Teller, WorksHere, WorksWithPupils,
};

/// The table. What has no row is allowed to nobody.
const TABLE: &[(Kind, Verb, &[Grant])] = &[
    (Kind::School, Verb::Read, &[Everyone]),
    (Kind::Colleagues, Verb::Read, &[WorksHere]),
    (Kind::Entry, Verb::Create, &[WorksWithPupils, Substitute]),
    (
        Kind::Entry,
        Verb::Read,
        &[Author, SameShift, FollowsClass, Principal, Deputy],
    ),
    (Kind::Entry, Verb::Write, &[Author, SameShift]),
    (
        Kind::PupilLog,
        Verb::Read,
        &[FollowsClass, Principal, Deputy],
    ),
    (Kind::Report, Verb::Create, &[WorksWithPupils]),
    (
        Kind::Report,
        Verb::Read,
        &[Author, Teller, Handed, Principal, Deputy],
    ),
    (Kind::Report, Verb::Write, &[Author]),
    (Kind::Report, Verb::Receive, &[Handed, Principal, Deputy]),
    (Kind::Report, Verb::PassOn, &[Principal, Deputy]),
    (Kind::Report, Verb::HandOut, &[Principal, Deputy]),
    (Kind::Routing, Verb::Read, &[MailDistributor]),
    (Kind::Routing, Verb::HandOut, &[MailDistributor]),
    (Kind::OwnerReports, Verb::Read, &[Owner]),
    (Kind::OwnerReports, Verb::Write, &[Owner]),
    (Kind::Inbox, Verb::Read, &[Principal, Deputy]),
    (Kind::HandedInbox, Verb::Read, &[MayBeHanded]),
    (
        Kind::Notices,
        Verb::Read,
        &[MayBeHanded, Principal, Deputy, Owner],
    ),
    (
        Kind::Notices,
        Verb::Write,
        &[MayBeHanded, Principal, Deputy, Owner],
    ),
    (
        Kind::Patterns,
        Verb::Read,
        &[FollowsClass, Principal, Deputy],
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
    (
        Kind::Substitutes,
        Verb::Read,
        &[Administrator, Principal, Deputy],
    ),
    (
        Kind::Substitutes,
        Verb::Write,
        &[Administrator, Principal, Deputy],
    ),
    (Kind::Roster, Verb::Write, &[Administrator]),
    (Kind::Settings, Verb::Read, &[Administrator]),
    (Kind::Settings, Verb::Write, &[Administrator]),
    (Kind::Device, Verb::Read, &[Author, Administrator]),
    (Kind::Device, Verb::Write, &[Author, Administrator]),
    (Kind::Passkey, Verb::Read, &[Author]),
    (Kind::Passkey, Verb::Write, &[Author]),
    (Kind::Password, Verb::Read, &[Author]),
    (Kind::Password, Verb::Write, &[Author]),
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
                .followed_classes()
                .iter()
                .any(|class| may(who, verb, on(Some(*class))))
    };
    Abilities {
        log: may(who, Verb::Create, Resource::NEW_ENTRY),
        read_pupil_logs: somewhere(Verb::Read, |class| Resource::PupilLog { class }),
        receive_reports: may(who, Verb::Read, Resource::Inbox),
        receive_handed: may(who, Verb::Read, Resource::HandedInbox),
        see_routing: may(who, Verb::Read, Resource::Routing { suspected: &[] }),
        see_patterns: somewhere(Verb::Read, |class| Resource::Patterns { class }),
        set_attention: somewhere(Verb::Write, |class| Resource::Attention { class }),
        see_readings: may(who, Verb::Read, Resource::Readings),
        administer: may(who, Verb::Write, Resource::Settings),
        see_erasures: may(who, Verb::Read, Resource::Erasures),
        erase: may(who, Verb::Create, Resource::Erasures),
        protect: may(who, Verb::Write, Resource::Protection),
        read_owner_reports: may(who, Verb::Read, Resource::OwnerReports),
        give_day_codes: may(who, Verb::Write, Resource::Substitutes),
        report: may(who, Verb::Create, Resource::NEW_REPORT),
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
        is_handed: false,
        suspected: &[],
    };

    fn kind(self) -> Kind {
        match self {
            Resource::School => Kind::School,
            Resource::Colleagues => Kind::Colleagues,
            Resource::Entry { .. } => Kind::Entry,
            Resource::PupilLog { .. } => Kind::PupilLog,
            Resource::Report { .. } => Kind::Report,
            Resource::Routing { .. } => Kind::Routing,
            Resource::OwnerReports => Kind::OwnerReports,
            Resource::Inbox => Kind::Inbox,
            Resource::HandedInbox => Kind::HandedInbox,
            Resource::Notices => Kind::Notices,
            Resource::Patterns { .. } => Kind::Patterns,
            Resource::Attention { .. } => Kind::Attention,
            Resource::Protection => Kind::Protection,
            Resource::Readings => Kind::Readings,
            Resource::Audit => Kind::Audit,
            Resource::Staff => Kind::Staff,
            Resource::Substitutes => Kind::Substitutes,
            Resource::Roster => Kind::Roster,
            Resource::Settings => Kind::Settings,
            Resource::Device { .. } => Kind::Device,
            Resource::Passkey { .. } => Kind::Passkey,
            Resource::Password { .. } => Kind::Password,
            Resource::Quarantine => Kind::Quarantine,
            Resource::Erasures => Kind::Erasures,
        }
    }

    fn author(self) -> Option<StaffId> {
        match self {
            Resource::Entry { author, .. } => author,
            Resource::Report { reporter, .. } => reporter,
            Resource::Device { owner }
            | Resource::Passkey { owner }
            | Resource::Password { owner } => Some(owner),
            _ => None,
        }
    }

    fn is_told_by(self, who: StaffId) -> bool {
        matches!(self, Resource::Report { told_by: Some(teller), .. } if teller == who)
    }

    /// It suspects this person.
    fn suspects(&self, who: StaffId) -> bool {
        matches!(self, Resource::Report { suspected, .. } | Resource::Routing { suspected } if suspected.contains(&who))
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
                let others = [Role::Administrator, Role::Owner, Role::Substitute];
                who.roles.iter().any(|role| !others.contains(role))
            }
            WorksHere => who.roles.iter().any(|role| *role != Role::Substitute),
            Substitute => has(Role::Substitute),
            Principal => has(Role::Principal) && !on.suspects(who.staff),
            Deputy => has(Role::Deputy) && !on.suspects(who.staff),
            Administrator => has(Role::Administrator),
            Owner => has(Role::Owner),
            // A report is nobody's who has a code for the day: codes are given by people who may not read it.
            Author if matches!(on, Resource::Report { .. }) => {
                on.author() == Some(who.staff) && WorksHere.lets_through(who, on)
            }
            Author => on.author() == Some(who.staff),
            Teller => {
                on.is_told_by(who.staff)
                    && !on.suspects(who.staff)
                    && WorksHere.lets_through(who, on)
            }
            MayBeHanded => {
                let hands = |role| Role::Principal.hands_reports_to(role);
                who.roles.iter().any(hands)
            }
            Handed => {
                let is_handed = matches!(
                    on,
                    Resource::Report {
                        is_handed: true,
                        ..
                    }
                );
                is_handed && MayBeHanded.lets_through(who, on) && !on.suspects(who.staff)
            }
            MailDistributor => has(Role::MailDistributor) && !on.suspects(who.staff),
            SameShift => {
                matches!(
                    on,
                    Resource::Entry {
                        is_on_its_shift: true,
                        ..
                    }
                ) && WorksWithPupils.lets_through(who, on)
            }
            FollowsClass => on.is_about(who.followed_classes()),
            // The classes are the account's: with another role that follows them it is not said which are whose.
            ContactTeacher => {
                let mut following = who.roles.iter().filter(|role| role.follows_classes());
                following.all(|role| *role == Role::ContactTeacher)
                    && has(Role::ContactTeacher)
                    && FollowsClass.lets_through(who, on)
            }
        }
    }
}

#[cfg(test)]
mod tests;
