//! Requests and answers about accounts and how their people show who they are. Signing in with a password and taking up an
//! invitation are in the file above.

use serde::{Deserialize, Serialize};

use super::Admission;
use crate::domain::{AccountStatus, ClassId, DeviceId, Role, SchoolId, StaffId};

/// Longest password accepted, in characters.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// `POST /api/session/step-up`: who is signed in shows it anew. Answers with an `Admission` and a new session.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    pub password: String,
}

/// `GET /api/password`: one's own; who signs in with a passkey or Feide alone has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPassword {
    pub is_set: bool,
}

/// `PUT /api/password`: another from now on. Answers with an `Admission` and a new session; others of the same person end.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub old: String,
    pub new: String,
}

/// `PUT /api/staff/{id}`: what a person is at the school from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeStaff {
    pub roles: Vec<Role>,
    /// Classes that the person follows, in a role that follows classes.
    pub own_classes: Vec<ClassId>,
    /// `Active` opens an account again; one that nobody has chosen a password for is then invited.
    pub status: AccountStatus,
}

/// Which class somebody follows, as contact teacher or in another role that follows classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactTeacher {
    pub staff: StaffId,
    pub class: ClassId,
}

/// A session on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSession {
    pub began_at_ms: i64,
    pub last_seen_at_ms: i64,
}

/// `GET /api/feide`: whether one can sign in with it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeideOffer {
    pub is_offered: bool,
    /// It is asked for people's schools and classes too.
    #[serde(default)]
    pub knows_groups: bool,
}

/// `POST /api/feide/start`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartFeide {
    /// An invitation's token: the account is that person's from now on.
    #[serde(deserialize_with = "Option::deserialize")]
    pub invitation: Option<String>,
    /// Ask for the password also when the provider knows the browser.
    pub is_again: bool,
}

/// Where the browser goes next.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeideStarted {
    pub address: String,
}

/// `POST /api/feide/finish`: the provider has said who it is; answers with a `FeideFinished`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishFeide {
    /// As in `SignIn`.
    #[serde(deserialize_with = "Option::deserialize")]
    pub device: Option<DeviceId>,
    pub device_name: String,
    /// Where somebody who works at several schools goes in.
    #[serde(default)]
    pub school: Option<SchoolId>,
}

/// What the end of the way gives.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum FeideFinished {
    Admitted(Box<Admission>),
    /// Ask again with one of them.
    Several {
        schools: Vec<SchoolChoice>,
    },
}

/// A school where somebody has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolChoice {
    pub id: SchoolId,
    pub name: String,
}

/// How the provider's answer ended, as the callback tells the app after `#` in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeideOutcome {
    Shown,
    /// Broken off by the person or the provider, too late, used before, or not this browser's.
    Failed,
    /// Nobody here is tied to that identity.
    Stranger,
    InvitationInvalid,
    Unavailable,
}

impl FeideOutcome {
    const ALL: [(FeideOutcome, &'static str); 5] = [
        (FeideOutcome::Shown, "feide-shown"),
        (FeideOutcome::Failed, "feide-failed"),
        (FeideOutcome::Stranger, "feide-stranger"),
        (FeideOutcome::InvitationInvalid, "feide-invitation"),
        (FeideOutcome::Unavailable, "feide-unavailable"),
    ];

    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(outcome, _)| *outcome == self);
        found.map_or("", |(_, word)| word)
    }

    pub fn from_fragment(fragment: &str) -> Option<FeideOutcome> {
        let found = Self::ALL.iter().find(|(_, word)| *word == fragment);
        found.map(|(outcome, _)| *outcome)
    }
}
