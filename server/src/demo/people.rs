//! Who works at the invented school, one or more in each role.

use shared::domain::{Role, StaffId};

use super::{OWNER_CODE, PASSWORD, id};

pub(super) struct Person {
    pub username: &'static str,
    pub name: &'static str,
    pub roles: &'static [Role],
    /// The classes that this person follows.
    pub classes: &'static [&'static str],
    /// In Norwegian, for the table that is printed.
    what: &'static str,
}

impl Person {
    pub(super) fn id(&self) -> StaffId {
        StaffId(id(self.username, 0))
    }
}

const fn person(
    username: &'static str,
    name: &'static str,
    roles: &'static [Role],
    classes: &'static [&'static str],
    what: &'static str,
) -> Person {
    Person {
        username,
        name,
        roles,
        classes,
        what,
    }
}

pub(super) const STAFF: &[Person] = &[
    person(
        "assistent",
        "Turid Haugen",
        &[Role::DutyStaff],
        &[],
        "assistent",
    ),
    person(
        "aks",
        "Yusuf Abdi Warsame",
        &[Role::DutyStaff],
        &[],
        "ansatt i AKS",
    ),
    person(
        "kontakt1a",
        "Silje Bergström-Næss",
        &[Role::ContactTeacher, Role::DutyStaff],
        &["1A"],
        "kontaktlærer 1A",
    ),
    person(
        "kontakt5a",
        "Arne Tveit",
        &[Role::ContactTeacher, Role::DutyStaff],
        &["5A"],
        "kontaktlærer 5A",
    ),
    person(
        "kontakt5b",
        "Katarzyna Wiśniewska",
        &[Role::ContactTeacher, Role::DutyStaff],
        &["5B"],
        "kontaktlærer 5B",
    ),
    person(
        "sosial",
        "Ravna Máret Somby",
        &[Role::SocialTeacher, Role::DutyStaff],
        &["5A", "5B", "6A", "7A"],
        "sosiallærer",
    ),
    person(
        "laeringsmiljo",
        "Øystein Fjellheim",
        &[Role::LearningEnvironmentLead],
        &["1A", "1B", "2A", "3A", "3B", "4A", "5A", "5B", "6A", "7A"],
        "faglig leder for læringsmiljø",
    ),
    person(
        "avdeling",
        "Lise Kvamme",
        &[Role::DepartmentLead],
        &["1A", "1B", "2A", "3A", "3B", "4A"],
        "avdelingsleder",
    ),
    person(
        "post",
        "Jorunn Åsheim",
        &[Role::MailDistributor],
        &[],
        "postfordeler",
    ),
    person(
        "assrektor",
        "Priya Sivalingam",
        &[Role::Deputy],
        &[],
        "assisterende rektor",
    ),
    person("rektor", "Eilif Strand", &[Role::Principal], &[], "rektor"),
    person(
        "admin",
        "Maja Lund",
        &[Role::Administrator],
        &[],
        "administrator",
    ),
];

/// At the owner's.
pub(super) const OWNER: Person = person(
    "skoleeier",
    "Randi Myhre",
    &[Role::Owner, Role::Administrator],
    &[],
    "skoleeier",
);

/// Who signs in as whom, for the one who tries things out.
pub fn accounts_table() -> String {
    let line = |person: &Person| {
        format!(
            "  {:<15} {:<24} {}\n",
            person.username, person.name, person.what
        )
    };
    let lines: String = STAFF.iter().chain([&OWNER]).map(line).collect();
    format!(
        "An invented school. Password for all: {PASSWORD}\n\n  {:<15} {:<24} role\n{lines}\nThe school owner's code: {OWNER_CODE}\n",
        "user name", "name"
    )
}
