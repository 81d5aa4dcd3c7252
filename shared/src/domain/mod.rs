//! The law and the school as plain types and pure functions; one file per group of the glossary.
//! What is stored in documents and how it is edited lives in `document`.

mod alphabet;
pub mod audit;
mod code;
pub mod entry;
pub mod erasure;
pub mod id;
pub mod pattern;
pub mod report;
pub mod school;
pub mod staff;
mod writing;

pub use alphabet::alphabetical;
pub use audit::{AuditAct, AuditPart};
pub use entry::{
    Act, Addition, Choice, ChoiceGroup, Entry, EntryKind, FollowUp, InvolvedPupil, Part,
    PhysicalIntervention, PromptAnswer, PupilRef, What, Wording,
};
pub use erasure::{ErasureGround, MAX_RETENTION_YEARS, Retention};
pub use id::{
    ActorId, ClassId, DeviceId, DocumentId, PasskeyId, PupilId, RecessId, SchoolId, StaffId, ZoneId,
};
pub use pattern::{Pattern, PatternRule, Sighting};
pub use report::{
    Ground, MissingPoint, PupilTold, Report, ReportOrigin, Seriousness, Suspicion, Teller,
};
pub use school::{
    Class, Duty, ESCALATE_AFTER_HOURS, MAX_ESCALATE_AFTER_HOURS, MAX_FEIDE_ORG_CHARS, Pupil,
    Recess, SchoolSettings, Shift, Zone,
};
pub use staff::{AccountStatus, Role, StaffMember};
pub use writing::{as_read, is_plain, turns_writing};
