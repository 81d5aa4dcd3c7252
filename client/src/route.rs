//! Every address of the app. Addresses carry ids and never a name.

use shared::domain::{DocumentId, PupilId, StaffId};

pub const CAPTURE: &str = "/";
pub const TODAY: &str = "/i-dag";
pub const REPORT_WRITE: &str = "/meld";
pub const MY_REPORTS: &str = "/mine-meldinger";
pub const SIGN_IN: &str = "/logg-inn";
pub const DAY_CODE: &str = "/dagskode";
pub const SUBSTITUTES: &str = "/vikarer";
pub const INVITATION: &str = "/invitasjon";
pub const PUPILS: &str = "/elever";
pub const INBOX: &str = "/innboks";
pub const ROUTING: &str = "/fordeling";
pub const PATTERNS: &str = "/monstre";
pub const READINGS: &str = "/innsyn";
pub const OWNER: &str = "/skoleeier";
pub const ERASURES: &str = "/sletting";
pub const STAFF: &str = "/ansatte";
pub const ROSTER: &str = "/elevliste";
pub const SETTINGS: &str = "/innstillinger";
pub const ME: &str = "/meg";
pub const PIN: &str = "/pin";
pub const PUT_ASIDE: &str = "/satt-til-side";
pub const UNLOCK: &str = "/las-opp";

/// Where one goes when one has signed in.
pub fn after_sign_in(wants_pin: bool) -> &'static str {
    if wants_pin { PIN } else { CAPTURE }
}

/// A pupil's log.
pub fn pupil_log(pupil: PupilId) -> String {
    format!("/elever/{pupil}")
}

/// Who has read about a pupil, to be printed and handed over.
pub fn pupil_readings(pupil: PupilId) -> String {
    format!("/elever/{pupil}/innsyn")
}

/// A colleague's devices.
pub fn staff_devices(staff: StaffId) -> String {
    format!("{STAFF}/{staff}/enheter")
}

/// An entry with every earlier wording.
pub fn entry_read(entry: DocumentId) -> String {
    format!("/loggforinger/{entry}")
}

/// A report as its receiver reads it.
pub fn report_read(report: DocumentId) -> String {
    format!("/meldinger/{report}")
}

/// A new report that builds on an entry.
pub fn report_from_entry(entry: DocumentId) -> String {
    format!("{REPORT_WRITE}?loggforing={entry}")
}

/// A new report on a pupil whose log shows a pattern.
pub fn report_from_pattern(pupil: PupilId) -> String {
    format!("{REPORT_WRITE}?elev={pupil}&grunn=monster")
}

/// A report that is begun and not sent.
pub fn report_draft(report: DocumentId) -> String {
    format!("{REPORT_WRITE}?utkast={report}")
}
