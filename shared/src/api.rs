//! HTTP requests and answers, and the path constants, used by both sides. All JSON, but for the sync, whose body is
//! framed bytes (`sync::frame`). Requests refuse unknown fields; answers may grow.

mod account;
mod day_code;
mod erasing;
mod handing;
mod notice;
mod owner;
mod passkey;
mod reading;
mod roster;
mod school;

use serde::{Deserialize, Serialize};

use crate::domain::{
    ActorId, Class, ClassId, DeviceId, DocumentId, Entry, Pattern, Pupil, PupilId, Report, Role,
    SchoolId, StaffId, StaffMember,
};
use crate::sync::lease::Lease;
use crate::sync::sealing::SealingKeys;
use crate::sync::{Hex, ItemHash};

pub use account::*;
pub use day_code::*;
pub use erasing::*;
pub use handing::{HandReport, Handed, Handing, Receiver, Routing, RoutingLine};
pub use notice::{
    ConfirmNoticeAddress, MAX_ADDRESS_CHARS, MAX_ENDPOINT_CHARS, NoticeAddress, NoticeFailure,
    PushOffer, PushSubscription, SetNoticeAddress, Waiting,
};
pub use owner::{NewOwnerKey, OwnerLetter, OwnerReceipt, OwnerReport, OwnerReports, OwnerSender};
pub use passkey::*;
pub use roster::{
    RosterChange, RosterChoices, RosterFollower, RosterImported, RosterLine, RosterPreview,
    RosterProblem, RosterProblemCode,
};

pub use reading::{PupilReadings, Reading};
pub use school::{Colleague, OFFERED_FOR_MS, School};

/// Paths; `{id}` as the router writes it.
pub mod path {
    pub const HEALTH: &str = "/health";
    pub const SESSION: &str = "/api/session";
    pub const STEP_UP: &str = "/api/session/step-up";
    pub const PASSWORD: &str = "/api/password";
    pub const FEIDE: &str = "/api/feide";
    pub const FEIDE_START: &str = "/api/feide/start";
    pub const FEIDE_CALLBACK: &str = "/api/feide/callback";
    pub const FEIDE_FINISH: &str = "/api/feide/finish";
    pub const PASSKEY_CHALLENGE: &str = "/api/session/passkey/challenge";
    pub const PASSKEY_SIGN_IN: &str = "/api/session/passkey";
    pub const PASSKEY_STEP_UP_CHALLENGE: &str = "/api/session/step-up/passkey/challenge";
    pub const PASSKEY_STEP_UP: &str = "/api/session/step-up/passkey";
    pub const PASSKEYS: &str = "/api/passkeys";
    pub const PASSKEY_NEW_CHALLENGE: &str = "/api/passkeys/challenge";
    pub const PASSKEY: &str = "/api/passkeys/{id}";
    pub const DAY_CODE: &str = "/api/session/day-code";
    pub const SUBSTITUTES: &str = "/api/substitutes";
    /// A new code for somebody who has had one, or the end of their day.
    pub const SUBSTITUTE: &str = "/api/substitutes/{id}";
    pub const INVITATION: &str = "/api/invitation";
    pub const SCHOOL: &str = "/api/school";
    pub const SYNC: &str = "/api/sync";
    pub const LIVE: &str = "/api/live";
    pub const PUPIL_LOG: &str = "/api/pupils/{id}/log";
    pub const PUPIL_ATTENTION: &str = "/api/pupils/{id}/attention";
    pub const PUPIL_PROTECTION: &str = "/api/pupils/{id}/protection";
    pub const ENTRY: &str = "/api/entries/{id}";
    pub const REPORTS: &str = "/api/reports";
    pub const REPORT: &str = "/api/reports/{id}";
    /// What was handed to the asker.
    pub const REPORTS_HANDED: &str = "/api/reports/handed";
    pub const REPORT_HANDED: &str = "/api/reports/{id}/handed";
    pub const ROUTING: &str = "/api/routing";
    pub const REPORT_TALK: &str = "/api/reports/{id}/talk";
    pub const PATTERNS: &str = "/api/patterns";
    pub const READINGS: &str = "/api/readings";
    /// All of the record as a file that `friminutt verify` reads.
    pub const RECORD: &str = "/api/record";
    pub const PUPIL_READINGS: &str = "/api/pupils/{id}/readings";
    pub const STAFF: &str = "/api/staff";
    pub const STAFF_MEMBER: &str = "/api/staff/{id}";
    pub const STAFF_INVITATION: &str = "/api/staff/{id}/invitation";
    pub const ROSTER_PREVIEW: &str = "/api/roster/preview";
    pub const ROSTER_IMPORT: &str = "/api/roster/import";
    pub const SETTINGS: &str = "/api/settings";
    pub const DEVICES: &str = "/api/devices";
    pub const DEVICE: &str = "/api/devices/{id}";
    pub const DEVICE_SESSIONS: &str = "/api/devices/{id}/sessions";
    pub const STAFF_DEVICES: &str = "/api/staff/{id}/devices";
    pub const QUARANTINE: &str = "/api/quarantine";
    pub const ERASURES: &str = "/api/erasures";
    pub const REPORT_TO_OWNER: &str = "/api/reports/{id}/owner";
    pub const WAITING: &str = "/api/waiting";
    pub const NOTICE_ADDRESS: &str = "/api/notices/address";
    pub const NOTICE_ADDRESS_CODE: &str = "/api/notices/address/code";
    pub const NOTICE_PUSH: &str = "/api/notices/push";
    pub const NOTICE_FAILURES: &str = "/api/notices/failures";
    pub const OWNER_KEY: &str = "/api/owner/key";
    pub const OWNER_REPORTS: &str = "/api/owner/reports";
    pub const OWNER_REPORT_OPENED: &str = "/api/owner/reports/{id}/opened";
    pub const OWNER_REPORT_TALK: &str = "/api/owner/reports/{id}/talk";
    pub const OWNER_RECEIPTS: &str = "/api/owner/receipts";

    /// A path with its `{id}` filled in.
    pub fn with_id(path: &str, id: impl std::fmt::Display) -> String {
        path.replace("{id}", &id.to_string())
    }
}

/// What went wrong, as sent; the page chooses its text by the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub code: ErrorCode,
    /// For the log and the developer's console, in English, without anybody's name or words.
    pub message: String,
}

/// Why a request was refused. A code from a newer server reads as `Unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not what this address takes.
    Malformed,
    /// Over a limit.
    TooLarge,
    /// Sign in first.
    SignedOut,
    /// This device was shut out: what it keeps is to be destroyed, what it has not sent is still taken.
    DeviceRevoked,
    /// User name and password do not fit.
    WrongCredentials,
    /// The passkey is none of an open account's here, or its answer does not count.
    PasskeyRefused,
    /// Too many attempts; wait.
    TooManyAttempts,
    /// The invitation is used, expired or unknown.
    InvitationInvalid,
    /// The day code is used, has ended, or is none.
    DayCodeInvalid,
    /// The password is too short.
    PasswordTooShort,
    /// The password is one that is tried first: a common one, or made of the person's or the school's name.
    PasswordCommon,
    /// Show anew who you are (`POST /api/session/step-up`), and ask again.
    StepUpNeeded,
    /// The school would be left without anybody who administers it.
    LastAdministrator,
    /// The provider of sign-in (Feide) gives no answer; a password still does.
    ProviderUnavailable,
    /// There is no such thing, or it is not yours to see: the two are not told apart.
    NotFound,
    /// You may see it, but not do this.
    Forbidden,
    /// Somebody else was first; load again.
    Conflict,
    /// A report builds on the entry: it cannot be erased before the report is.
    ReportBuildsOnIt,
    /// The roster file cannot be read; the answer has the lines.
    RosterUnreadable,
    /// The server has a problem; nothing was changed.
    Unavailable,
    #[serde(other)]
    Unknown,
}

/// Signing in with a local account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub username: String,
    pub password: String,
    /// The device this browser was given before, if any: the same person on it keeps the same actor.
    pub device: Option<DeviceId>,
    /// Such as `Chrome, Android`; shown in the list of devices.
    pub device_name: String,
}

/// Taking up an invitation: the token stands after `#` in the link, so no server log sees it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    pub token: String,
    pub password: String,
    pub device_name: String,
}

/// Shortest password accepted, in characters.
pub const MIN_PASSWORD_CHARS: usize = 10;

/// The answer to signing in and to `GET /api/session`: who it is, and what the device needs to seal and to open what it keeps.
#[derive(Clone, Serialize, Deserialize)]
pub struct Admission {
    #[serde(flatten)]
    pub session: Session,
    pub keys: SealingKeys,
    pub lease: Lease,
    /// The server's half of what opens this device's vault when no PIN was chosen. Never written to the device's disk.
    pub session_share: Hex<32>,
    /// The half that opens it when the PIN is forgotten; only with a new sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_share: Option<Hex<32>>,
    /// When somebody has lately taken up an invitation to this account that was in use already; unix milliseconds, newest first.
    /// Only with a new sign-in, and without the one that this sign-in is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resets: Vec<i64>,
}

/// Who is signed in on which device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub school: SchoolId,
    pub school_name: String,
    pub staff: StaffId,
    pub name: String,
    pub roles: Vec<Role>,
    pub device: DeviceId,
    pub actor: ActorId,
    /// When the account ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at_ms: Option<i64>,
    /// What this person may open, as the server decides it.
    pub may: Abilities,
}

/// The pages a person has; the client draws its menu from this and decides nothing itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    pub log: bool,
    pub read_pupil_logs: bool,
    pub receive_reports: bool,
    pub see_patterns: bool,
    pub set_attention: bool,
    pub see_readings: bool,
    pub administer: bool,
    #[serde(default)]
    pub see_erasures: bool,
    #[serde(default)]
    pub erase: bool,
    #[serde(default)]
    pub read_owner_reports: bool,
    #[serde(default)]
    pub protect: bool,
    /// The list of what was handed to this person.
    #[serde(default)]
    pub receive_handed: bool,
    #[serde(default)]
    pub see_routing: bool,
    #[serde(default)]
    pub give_day_codes: bool,
    #[serde(default = "yes")]
    pub report: bool,
}

/// What a server that does not yet say so lets everybody do.
fn yes() -> bool {
    true
}

/// Who wrote with an actor id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorName {
    pub actor: ActorId,
    pub staff: StaffId,
    pub name: String,
}

/// An entry as the desk shows it: a line of the pupil log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub entry: Entry,
    pub author: StaffId,
    pub author_name: String,
    /// The server's clock when it came; unix milliseconds.
    pub received_at_ms: i64,
    pub zone_name: Option<String>,
    /// Name of each pupil in the entry, in the entry's order; empty for one whom nobody has named.
    pub pupil_names: Vec<String>,
    /// How many changes after the first.
    pub amendments: u32,
    pub is_locked: bool,
}

/// `GET /api/pupils/{id}/log`: newest first by the time it happened. Opening it is recorded as a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PupilLog {
    pub pupil: Pupil,
    pub class_name: Option<String>,
    /// Has left the roster; the log stays.
    pub has_left: bool,
    /// Sharpened attention applies until then, if it does; the reason is never stored.
    pub attention_until_ms: Option<i64>,
    /// Lives at a hidden address: shown under the name that the school has decided on, here too.
    #[serde(default)]
    pub is_protected: bool,
    pub pattern: Option<Pattern>,
    pub lines: Vec<LogLine>,
    /// Pass as `?before=` for older lines.
    pub next_before_ms: Option<i64>,
    /// Actors in `lines`, for contested wordings and additions.
    pub actors: Vec<ActorName>,
}

/// `GET /api/entries/{id}`: one entry with every earlier wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDetail {
    pub line: LogLine,
    pub revisions: Vec<Revision>,
    pub actors: Vec<ActorName>,
}

/// One change of a document: who, when, and what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub by: ActorId,
    /// By the writer's clock; unix milliseconds.
    pub at_ms: i64,
    /// Field keys of `document::key` with the text written; none for what was taken away.
    pub writes: Vec<(String, Option<String>)>,
    /// Came after the entry was locked: it reads as an addition and changes nothing.
    pub is_after_lock: bool,
}

/// A line of the principal's inbox, or of the reporter's own list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    pub id: DocumentId,
    pub reporter: StaffId,
    pub reporter_name: String,
    /// The colleague who told it by word of mouth; the reporter wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<StaffId>,
    /// Name of that colleague, or of somebody who has no account; empty when the reporter tells it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told_by_name: String,
    pub pupil: Option<PupilId>,
    /// The pupil's name, or the description of one whom nobody has named.
    pub pupil_name: String,
    pub class_name: Option<String>,
    pub is_serious: bool,
    pub recorded_at_ms: i64,
    pub receipts: ReportReceipts,
    pub missing_points: u32,
    /// Somebody who works at the school is suspected: the owner is to be told at once (§ 12-5).
    #[serde(default)]
    pub suspects_employee: bool,
    /// Handed to the asker, who has not opened it.
    #[serde(default)]
    pub waits_in_hand: bool,
}

/// The chain that the reporter follows; unix milliseconds by the server's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReceipts {
    pub received_at_ms: Option<i64>,
    pub opened_at_ms: Option<i64>,
    pub talk_at_ms: Option<i64>,
    /// When the principal passed it on to the school owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_told_at_ms: Option<i64>,
    /// When the deputy was told, since nobody had opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at_ms: Option<i64>,
}

/// `GET /api/reports/{id}`. When the principal opens it the reporter is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDetail {
    pub line: ReportLine,
    pub report: Report,
    /// The entries it builds on, as they stood when it was written.
    pub entries: Vec<LogLine>,
    pub pattern: Option<Pattern>,
    pub revisions: Vec<Revision>,
    pub actors: Vec<ActorName>,
    /// The asker's opening and talk are its receipts.
    #[serde(default)]
    pub is_receiver: bool,
    /// For whoever may give it to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handing: Option<Handing>,
}

/// A pattern with the words a page needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternLine {
    pub pattern: Pattern,
    pub pupil_name: String,
    pub class_name: Option<String>,
    pub is_sharpened: bool,
    /// A report on the pupil was received after the pattern's last entry.
    pub is_reported: bool,
}

/// `PUT /api/pupils/{id}/attention`: until when, or none to end it. A reason is not asked for and not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAttention {
    /// None ends it, and has to be said: an empty body ends nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    pub until_ms: Option<i64>,
}

/// `PUT /api/pupils/{id}/protection`: the name that a pupil at a hidden address is shown under, or none to end it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetProtection {
    /// None ends it, and has to be said.
    #[serde(deserialize_with = "Option::deserialize")]
    pub shown_as: Option<String>,
}

/// `POST /api/staff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewStaff {
    pub name: String,
    pub username: String,
    pub roles: Vec<Role>,
    /// Classes that the person follows, in a role that follows classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_classes: Vec<ClassId>,
}

/// `GET /api/staff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffList {
    pub staff: Vec<StaffMember>,
    #[serde(default)]
    pub classes: Vec<Class>,
    #[serde(default)]
    pub contact_teachers: Vec<ContactTeacher>,
}

/// `POST /api/staff/{id}/invitation`: shown once; only its hash is kept.
#[derive(Clone, Serialize, Deserialize)]
pub struct Invitation {
    pub token: String,
    pub expires_at_ms: i64,
}

/// A browser that somebody has signed in on: `GET /api/devices` for oneself, `GET /api/staff/{id}/devices` for the administrator;
/// `DELETE /api/devices/{id}` shuts it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: DeviceId,
    /// Such as `Chrome, Android`.
    pub name: String,
    pub created_at_ms: i64,
    /// Its sessions, the newest first; `DELETE /api/devices/{id}/sessions` ends them.
    #[serde(default)]
    pub sessions: Vec<DeviceSession>,
    pub revoked_at_ms: Option<i64>,
    /// It is the one that asks.
    pub is_this: bool,
}

/// An item that was put aside, without anything of what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAside {
    pub item: ItemHash,
    pub staff_name: String,
    pub device_name: String,
    pub reason: String,
    pub received_at_ms: i64,
}
