//! The words for the domain's codes in the language chosen. A school's own word is shown as it wrote it; a word from a
//! newer version as «annet».

use shared::api::RosterProblem;
use shared::api::RosterProblemCode as Problem;
use shared::domain::report::MissingPoint;
use shared::domain::{
    AccountStatus, Act, Choice, ChoiceGroup, EntryKind, FollowUp, Ground, Part,
    PhysicalIntervention, PupilTold, ReportOrigin, Role, Seriousness, Suspicion, Teller, What,
};

use super::Texts;
use crate::i18n::*;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident: $type:ident in $section:ident { $($variant:ident => $key:ident),+ $(,)? }) => {
        $(#[$meta])*
        pub fn $name(i18n: Texts, code: &$type) -> &'static str {
            match code {
                $($type::$variant => t_string!(i18n, $section.$key),)+
                $type::Other(_) => t_string!(i18n, $section.other),
            }
        }
    };
}

words!(kind: EntryKind in kind { Observation => observation, Intervention => intervention, GoodMoment => good_moment });
words!(part: Part in part { Alone => alone, Exposed => exposed, Acting => acting, Present => present });
words!(act: Act in act {
    TalkedWith => talked_with, StoppedWords => stopped_words, SteppedBetween => stepped_between,
    FetchedHelp => fetched_help, FollowedUp => followed_up,
});
words!(follow_up: FollowUp in follow_up {
    Nothing => nothing, TellContactTeacher => tell_contact_teacher, ResourceTeam => resource_team, Report => report,
});
words!(ground: Ground in ground { Suspicion => suspicion, Knowledge => knowledge });
words!(teller: Teller in teller {
    SawIt => saw_it, Pupil => pupil, Guardian => guardian, Staff => staff, Someone => someone,
});
/// Why the server did not take an item in, and what can be done; the code itself where there is no better word.
pub fn refusal(i18n: Texts, code: &str) -> String {
    match code {
        "device-revoked" => t_string!(i18n, refusal.device_revoked).to_owned(),
        "device-revoked-long-ago" => t_string!(i18n, refusal.device_revoked_long_ago).to_owned(),
        "account-closed" => t_string!(i18n, refusal.account_closed).to_owned(),
        "no-part-in-document" | "only-author" => t_string!(i18n, refusal.not_yours).to_owned(),
        "not-opened" | "unknown-device" => t_string!(i18n, refusal.not_opened).to_owned(),
        "no-owner" | "unknown-owner-key" => t_string!(i18n, refusal.owner_cannot).to_owned(),
        "document-full" | "too-long" => t_string!(i18n, refusal.full).to_owned(),
        other => t_string!(i18n, refusal.other, code = other.to_owned()).to_string(),
    }
}

words!(suspicion: Suspicion in suspicion { Nobody => nobody, Employee => employee, Leadership => leadership });
words!(seriousness: Seriousness in seriousness { Ordinary => ordinary, Serious => serious });
words!(pupil_told: PupilTold in pupil_told { Yes => yes, NotYet => not_yet });
words!(origin: ReportOrigin in origin { ByHand => by_hand, Prompted => prompted, Pattern => pattern });
words!(role: Role in role {
    DutyStaff => duty_staff, ContactTeacher => contact_teacher, SocialTeacher => social_teacher,
    LearningEnvironmentLead => learning_environment_lead, DepartmentLead => department_lead,
    MailDistributor => mail_distributor, Deputy => deputy, Principal => principal, Administrator => administrator,
    Owner => owner,
    Substitute => substitute,
});
words!(account_status: AccountStatus in account_status {
    Invited => invited, Active => active, Suspended => suspended, Left => left,
});

/// What was seen: the school's wording, else the built-in word, else the code as it stands.
pub fn what(i18n: Texts, code: &What, choices: &[Choice]) -> String {
    let own = choices
        .iter()
        .find(|choice| choice.what == *code)
        .and_then(|choice| choice.label.clone());
    own.unwrap_or_else(|| {
        built_in_what(i18n, code).map_or_else(|| code.as_str().to_owned(), str::to_owned)
    })
}

/// The word of a built-in choice; none for a school's own.
pub fn built_in_what(i18n: Texts, code: &What) -> Option<&'static str> {
    Some(match code {
        What::Alone => t_string!(i18n, what.alone),
        What::PhysicalContact => t_string!(i18n, what.physical_contact),
        What::Fight => t_string!(i18n, what.fight),
        What::NameCalling => t_string!(i18n, what.name_calling),
        What::Exclusion => t_string!(i18n, what.exclusion),
        What::Threat => t_string!(i18n, what.threat),
        What::BodyLanguage => t_string!(i18n, what.body_language),
        What::IdentityRemark => t_string!(i18n, what.identity_remark),
        What::BelongingsTaken => t_string!(i18n, what.belongings_taken),
        What::SocialMedia => t_string!(i18n, what.social_media),
        What::SeeksAdults => t_string!(i18n, what.seeks_adults),
        What::ChangedMood => t_string!(i18n, what.changed_mood),
        What::AvoidsPlaces => t_string!(i18n, what.avoids_places),
        What::Late => t_string!(i18n, what.late),
        What::Aches => t_string!(i18n, what.aches),
        What::ChangedDynamics => t_string!(i18n, what.changed_dynamics),
        What::GoodMoment => t_string!(i18n, what.good_moment),
        What::Something => t_string!(i18n, what.something),
        What::Other(_) => return None,
    })
}

/// Which sort of choice a button is.
pub fn choice_group(i18n: Texts, group: &ChoiceGroup) -> &'static str {
    match group {
        ChoiceGroup::Violation => t_string!(i18n, choice_group.violation),
        ChoiceGroup::Sign => t_string!(i18n, choice_group.sign),
        ChoiceGroup::Good => t_string!(i18n, choice_group.good),
        ChoiceGroup::Neutral | ChoiceGroup::Other(_) => t_string!(i18n, choice_group.neutral),
    }
}

/// What a report lacks.
pub fn missing_point(i18n: Texts, point: MissingPoint) -> &'static str {
    match point {
        MissingPoint::Pupil => t_string!(i18n, missing.pupil),
        MissingPoint::Ground => t_string!(i18n, missing.ground),
        MissingPoint::Happened => t_string!(i18n, missing.happened),
        MissingPoint::Teller => t_string!(i18n, missing.teller),
        MissingPoint::DoneAtOnce => t_string!(i18n, missing.done_at_once),
        MissingPoint::PupilTold => t_string!(i18n, missing.pupil_told),
        MissingPoint::Seriousness => t_string!(i18n, missing.seriousness),
    }
}

/// Why a line of the roster file cannot be taken.
pub fn roster_problem(i18n: Texts, problem: &RosterProblem) -> String {
    let column = problem.column.clone();
    match problem.code {
        Problem::MissingColumn => {
            t_string!(i18n, roster_problem.missing_column, column = column).to_string()
        }
        Problem::MissingValue => {
            t_string!(i18n, roster_problem.missing_value, column = column).to_string()
        }
        Problem::TooLong => t_string!(i18n, roster_problem.too_long, column = column).to_string(),
        Problem::ControlCharacter => {
            t_string!(i18n, roster_problem.control_character, column = column).to_string()
        }
        Problem::DuplicateId => {
            t_string!(i18n, roster_problem.duplicate_id, column = column).to_string()
        }
        Problem::UnknownGrade => {
            t_string!(i18n, roster_problem.unknown_grade, column = column).to_string()
        }
        Problem::NotText => t_string!(i18n, roster_problem.not_text).to_owned(),
        Problem::Empty => t_string!(i18n, roster_problem.empty).to_owned(),
        Problem::BrokenQuote => t_string!(i18n, roster_problem.broken_quote).to_owned(),
        Problem::TooManyLines => t_string!(i18n, roster_problem.too_many_lines).to_owned(),
        Problem::Unknown => t_string!(i18n, roster_problem.unknown).to_owned(),
    }
}

/// Why physical force was used and who was told; that nobody has said why, if so.
pub fn force(i18n: Texts, force: &PhysicalIntervention) -> String {
    let reason = match force.reason.is_empty() {
        true => t_string!(i18n, entry.force_without_reason),
        false => &force.reason,
    };
    let told = Some(force.told.as_str()).filter(|told| !told.is_empty());
    std::iter::once(reason)
        .chain(told)
        .collect::<Vec<_>>()
        .join(" · ")
}
