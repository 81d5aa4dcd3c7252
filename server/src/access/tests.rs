//! The table, cell by cell: who stands in the rows, what is asked for in the columns.

use uuid::Uuid;

use super::*;

const OWN: ClassId = ClassId(Uuid::from_u128(1));
const OTHER: ClassId = ClassId(Uuid::from_u128(2));
const ME: StaffId = StaffId(Uuid::from_u128(3));
const COLLEAGUE: StaffId = StaffId(Uuid::from_u128(4));

fn person(roles: &[Role]) -> SignedIn {
    SignedIn {
        school: Uuid::from_u128(5).into(),
        school_name: "Lia skole".into(),
        staff: ME,
        name: "Ida Moen".into(),
        device: Uuid::from_u128(6).into(),
        actor: Uuid::from_u128(7).into(),
        roles: roles.to_vec(),
        own_classes: if roles.iter().any(Role::follows_classes) {
            vec![OWN]
        } else {
            Vec::new()
        },
        shown_at_ms: 0,
        ends_at_ms: None,
    }
}

fn entry(author: StaffId, is_on_its_shift: bool, classes: &[ClassId]) -> Resource<'_> {
    Resource::Entry {
        author: Some(author),
        is_on_its_shift,
        classes,
    }
}

fn report(reporter: Option<StaffId>, suspected: &'static [StaffId]) -> Resource<'static> {
    Resource::Report {
        reporter,
        told_by: None,
        is_handed: false,
        suspected,
    }
}

fn told_by_me(suspected: &'static [StaffId]) -> Resource<'static> {
    Resource::Report {
        reporter: Some(COLLEAGUE),
        told_by: Some(ME),
        is_handed: false,
        suspected,
    }
}

fn handed_to_me(suspected: &'static [StaffId]) -> Resource<'static> {
    Resource::Report {
        reporter: Some(COLLEAGUE),
        told_by: None,
        is_handed: true,
        suspected,
    }
}

/// Columns of the matrix, each with what is asked.
fn cells() -> Vec<(&'static str, Verb, Resource<'static>)> {
    let mine = Some(ME);
    let theirs = Some(COLLEAGUE);
    vec![
        ("read the school", Verb::Read, Resource::School),
        ("read who works here", Verb::Read, Resource::Colleagues),
        ("write an entry", Verb::Create, Resource::NEW_ENTRY),
        ("read own entry", Verb::Read, entry(ME, false, &[OTHER])),
        ("amend own entry", Verb::Write, entry(ME, false, &[OTHER])),
        (
            "read an entry of the shift",
            Verb::Read,
            entry(COLLEAGUE, true, &[OTHER]),
        ),
        (
            "amend an entry of the shift",
            Verb::Write,
            entry(COLLEAGUE, true, &[OTHER]),
        ),
        (
            "read an entry on own class",
            Verb::Read,
            entry(COLLEAGUE, false, &[OTHER, OWN]),
        ),
        (
            "amend an entry on own class",
            Verb::Write,
            entry(COLLEAGUE, false, &[OWN]),
        ),
        (
            "read any entry",
            Verb::Read,
            entry(COLLEAGUE, false, &[OTHER]),
        ),
        (
            "amend any entry",
            Verb::Write,
            entry(COLLEAGUE, false, &[OTHER]),
        ),
        (
            "read the log of own class",
            Verb::Read,
            Resource::PupilLog { class: Some(OWN) },
        ),
        (
            "read any log",
            Verb::Read,
            Resource::PupilLog { class: Some(OTHER) },
        ),
        (
            "read the log of no class",
            Verb::Read,
            Resource::PupilLog { class: None },
        ),
        ("report", Verb::Create, Resource::NEW_REPORT),
        ("read own report", Verb::Read, report(mine, &[])),
        ("add to own report", Verb::Write, report(mine, &[])),
        ("read what I told", Verb::Read, told_by_me(&[])),
        (
            "read what I told that suspects a colleague",
            Verb::Read,
            told_by_me(&[COLLEAGUE]),
        ),
        (
            "read what I am said to have told and that suspects me",
            Verb::Read,
            told_by_me(&[ME]),
        ),
        ("change what I told", Verb::Write, told_by_me(&[])),
        ("read any report", Verb::Read, report(theirs, &[])),
        ("change any report", Verb::Write, report(theirs, &[])),
        ("receive a report", Verb::Receive, report(theirs, &[])),
        (
            "pass a report on to the owner",
            Verb::PassOn,
            report(theirs, &[]),
        ),
        (
            "read a report that suspects a colleague",
            Verb::Read,
            report(theirs, &[COLLEAGUE]),
        ),
        (
            "read a report that suspects me",
            Verb::Read,
            report(theirs, &[COLLEAGUE, ME]),
        ),
        (
            "receive a report that suspects me",
            Verb::Receive,
            report(theirs, &[ME]),
        ),
        (
            "pass on a report that suspects me",
            Verb::PassOn,
            report(theirs, &[ME]),
        ),
        ("read what was handed to me", Verb::Read, handed_to_me(&[])),
        (
            "receive what was handed to me",
            Verb::Receive,
            handed_to_me(&[COLLEAGUE]),
        ),
        (
            "read what was handed to me and suspects me",
            Verb::Read,
            handed_to_me(&[ME]),
        ),
        (
            "receive what was handed to me and suspects me",
            Verb::Receive,
            handed_to_me(&[ME]),
        ),
        (
            "change what was handed to me",
            Verb::Write,
            handed_to_me(&[]),
        ),
        (
            "pass on what was handed to me",
            Verb::PassOn,
            handed_to_me(&[]),
        ),
        (
            "hand on what was handed to me",
            Verb::HandOut,
            handed_to_me(&[]),
        ),
        ("hand out a report", Verb::HandOut, report(theirs, &[])),
        (
            "hand out a report that suspects me",
            Verb::HandOut,
            report(theirs, &[ME]),
        ),
        (
            "read the list of what was handed to me",
            Verb::Read,
            Resource::HandedInbox,
        ),
        (
            "read the way of a report",
            Verb::Read,
            Resource::Routing {
                suspected: &[COLLEAGUE],
            },
        ),
        (
            "say for whom a report is",
            Verb::HandOut,
            Resource::Routing { suspected: &[] },
        ),
        (
            "read the way of a report that suspects me",
            Verb::Read,
            Resource::Routing { suspected: &[ME] },
        ),
        (
            "say for whom a report is that suspects me",
            Verb::HandOut,
            Resource::Routing { suspected: &[ME] },
        ),
        (
            "read the owner's reports",
            Verb::Read,
            Resource::OwnerReports,
        ),
        ("make the owner's key", Verb::Write, Resource::OwnerReports),
        ("read the inbox", Verb::Read, Resource::Inbox),
        ("hear what waits", Verb::Read, Resource::Notices),
        ("choose where to hear it", Verb::Write, Resource::Notices),
        (
            "patterns of own class",
            Verb::Read,
            Resource::Patterns { class: Some(OWN) },
        ),
        (
            "any patterns",
            Verb::Read,
            Resource::Patterns { class: Some(OTHER) },
        ),
        (
            "attention in own class",
            Verb::Write,
            Resource::Attention { class: Some(OWN) },
        ),
        (
            "any attention",
            Verb::Write,
            Resource::Attention { class: Some(OTHER) },
        ),
        ("protect a pupil", Verb::Write, Resource::Protection),
        ("read the read log", Verb::Read, Resource::Readings),
        ("read the record", Verb::Read, Resource::Audit),
        ("export the record", Verb::Export, Resource::Audit),
        ("read what was erased", Verb::Read, Resource::Erasures),
        ("erase", Verb::Create, Resource::Erasures),
        ("list accounts", Verb::Read, Resource::Staff),
        ("make accounts", Verb::Write, Resource::Staff),
        ("list substitutes", Verb::Read, Resource::Substitutes),
        ("give a day code", Verb::Write, Resource::Substitutes),
        ("import a roster", Verb::Write, Resource::Roster),
        (
            "list own passkeys",
            Verb::Read,
            Resource::Passkey { owner: ME },
        ),
        (
            "change own passkeys",
            Verb::Write,
            Resource::Passkey { owner: ME },
        ),
        (
            "list a colleague's passkeys",
            Verb::Read,
            Resource::Passkey { owner: COLLEAGUE },
        ),
        (
            "change a colleague's passkeys",
            Verb::Write,
            Resource::Passkey { owner: COLLEAGUE },
        ),
        (
            "see whether one has a password",
            Verb::Read,
            Resource::Password { owner: ME },
        ),
        (
            "change own password",
            Verb::Write,
            Resource::Password { owner: ME },
        ),
        (
            "change a colleague's password",
            Verb::Write,
            Resource::Password { owner: COLLEAGUE },
        ),
        ("read settings", Verb::Read, Resource::Settings),
        ("change settings", Verb::Write, Resource::Settings),
    ]
}

const OF_EVERYBODY: &[&str] = &[
    "read the school",
    "read own entry",
    "amend own entry",
    "list own passkeys",
    "change own passkeys",
    "see whether one has a password",
    "change own password",
];
/// Whatever they do there.
const OF_WORKING_HERE: &[&str] = &[
    "read who works here",
    "read own report",
    "add to own report",
    "read what I told",
    "read what I told that suspects a colleague",
];
const OF_SUBSTITUTES: &[&str] = &["write an entry"];
const OF_DUTY: &[&str] = &[
    "write an entry",
    "report",
    "read an entry of the shift",
    "amend an entry of the shift",
];
const OF_SCOPE: &[&str] = &[
    "read an entry on own class",
    "read the log of own class",
    "patterns of own class",
];
const OF_RECEIVERS: &[&str] = &[
    "read what was handed to me",
    "receive what was handed to me",
    "read the list of what was handed to me",
    "hear what waits",
    "choose where to hear it",
];
const OF_DISTRIBUTORS: &[&str] = &["read the way of a report", "say for whom a report is"];
const OF_CONTACT: &[&str] = &["attention in own class"];
const OF_LEADERS: &[&str] = &[
    "read an entry on own class",
    "read any entry",
    "read the log of own class",
    "read any log",
    "read the log of no class",
    "read any report",
    "receive a report",
    "pass a report on to the owner",
    "read a report that suspects a colleague",
    "read what was handed to me",
    "receive what was handed to me",
    "pass on what was handed to me",
    "hand on what was handed to me",
    "hand out a report",
    "read the inbox",
    "hear what waits",
    "choose where to hear it",
    "patterns of own class",
    "any patterns",
    "attention in own class",
    "any attention",
    "protect a pupil",
    "read the read log",
    "read the record",
    "export the record",
    "read what was erased",
    "list substitutes",
    "give a day code",
];
const OF_PRINCIPALS: &[&str] = &["erase"];
const OF_OWNERS: &[&str] = &[
    "read the owner's reports",
    "make the owner's key",
    "hear what waits",
    "choose where to hear it",
    "read the read log",
    "read the record",
    "export the record",
];
const OF_ADMINISTRATORS: &[&str] = &[
    "list accounts",
    "make accounts",
    "list substitutes",
    "give a day code",
    "import a roster",
    "read settings",
    "change settings",
];

#[test]
fn every_cell_of_the_table_is_as_it_was_decided() {
    let rows: [(&[Role], &[&[&str]]); 14] = [
        (&[], &[]),
        (&[Role::Other("caretaker".into())], &[OF_DUTY]),
        (&[Role::DutyStaff], &[OF_DUTY]),
        (&[Role::SocialTeacher], &[OF_DUTY, OF_SCOPE, OF_RECEIVERS]),
        (
            &[Role::LearningEnvironmentLead],
            &[OF_DUTY, OF_SCOPE, OF_RECEIVERS],
        ),
        (&[Role::DepartmentLead], &[OF_DUTY, OF_SCOPE, OF_RECEIVERS]),
        (&[Role::MailDistributor], &[OF_DUTY, OF_DISTRIBUTORS]),
        (&[Role::ContactTeacher], &[OF_DUTY, OF_SCOPE, OF_CONTACT]),
        (&[Role::Deputy], &[OF_DUTY, OF_RECEIVERS, OF_LEADERS]),
        (&[Role::Principal], &[OF_DUTY, OF_LEADERS, OF_PRINCIPALS]),
        (&[Role::Administrator], &[OF_ADMINISTRATORS]),
        (&[Role::Owner], &[OF_OWNERS]),
        (&[Role::Substitute], &[OF_SUBSTITUTES]),
        (
            &[Role::Administrator, Role::DutyStaff],
            &[OF_ADMINISTRATORS, OF_DUTY],
        ),
    ];
    for (roles, allowed) in rows {
        let who = person(roles);
        for (cell, verb, resource) in cells() {
            let works_here = roles.iter().any(|role| *role != Role::Substitute);
            let expected = OF_EVERYBODY.contains(&cell)
                || works_here && OF_WORKING_HERE.contains(&cell)
                || allowed.iter().any(|list| list.contains(&cell));
            assert_eq!(may(&who, verb, resource), expected, "{roles:?} · {cell}");
        }
    }
}

#[test]
fn a_class_without_the_role_opens_nothing() {
    let mut who = person(&[Role::DutyStaff]);
    who.own_classes = vec![OWN];
    assert!(!may(
        &who,
        Verb::Read,
        Resource::PupilLog { class: Some(OWN) }
    ));
}

#[test]
fn what_has_no_row_is_allowed_to_nobody() {
    let everything = person(Role::ALL);
    assert!(!may(&everything, Verb::Write, Resource::Readings));
    assert!(!may(&everything, Verb::Write, Resource::Audit));
    assert!(!may(&everything, Verb::Receive, Resource::Inbox));
}

#[test]
fn the_menu_follows_the_table() {
    let pages = |roles: &[Role]| {
        let may = abilities(&person(roles));
        [
            may.log,
            may.read_pupil_logs,
            may.receive_reports,
            may.see_patterns,
            may.set_attention,
            may.see_readings,
            may.administer,
            may.see_erasures,
            may.erase,
        ]
    };
    assert_eq!(
        pages(&[Role::DutyStaff]),
        [true, false, false, false, false, false, false, false, false]
    );
    assert_eq!(
        pages(&[Role::ContactTeacher]),
        [true, true, false, true, true, false, false, false, false]
    );
    assert_eq!(
        pages(&[Role::SocialTeacher]),
        [true, true, false, true, false, false, false, false, false]
    );
    assert_eq!(
        pages(&[Role::Principal]),
        [true, true, true, true, true, true, false, true, true]
    );
    assert_eq!(
        pages(&[Role::Administrator]),
        [false, false, false, false, false, false, true, false, false]
    );
}
