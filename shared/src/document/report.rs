//! Every edit a person can make on a report, and how a report is read back.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::change::Scalar;
use super::edit::{Edit, EditError};
use super::entry::{owned, read_additions};
use super::fields::Fields;
use super::key;
use super::schema::SchemaError;
use crate::domain::{
    DocumentId, Ground, PupilId, PupilTold, Report, ReportOrigin, Seriousness, StaffId, Suspicion,
    Teller,
};

/// What is known when a report is begun; from an entry most of it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    pub recorded_at_ms: i64,
    pub origin: ReportOrigin,
    pub pupil: Option<PupilId>,
    pub happened: String,
    /// Each entry with `Document::heads` of the version that is on the screen.
    pub entries: BTreeMap<DocumentId, Vec<String>>,
}

/// Begins a report; it reaches nobody before `send`.
pub fn begin(new: &NewReport) -> Result<Edit, EditError> {
    let mut edit = Edit::put(key::RECORDED_AT_MS, Scalar::Int(new.recorded_at_ms))
        .and(Edit::code(key::ORIGIN, &new.origin))
        .and(set_happened(&new.happened)?);
    if new.pupil.is_some() {
        edit = edit.and(set_pupil(new.pupil));
    }
    for (entry, heads) in &new.entries {
        edit = edit.and(Edit::put(
            format!("{}{entry}", key::ENTRY),
            Scalar::Text(heads.join(",")),
        ));
    }
    Ok(edit)
}

pub fn set_pupil(pupil: Option<PupilId>) -> Edit {
    Edit::option(key::REPORTED_PUPIL, pupil)
}

/// For a pupil whom nobody can name yet.
pub fn describe_pupil(text: &str) -> Result<Edit, EditError> {
    Edit::short_text(key::PUPIL_DESCRIPTION, text)
}

pub fn set_ground(ground: &Ground) -> Edit {
    Edit::code(key::GROUND, ground)
}

pub fn set_happened(text: &str) -> Result<Edit, EditError> {
    Edit::long_text(key::HAPPENED, text)
}

pub fn set_teller(teller: &Teller, is_set: bool) -> Edit {
    Edit::flag(format!("{}{teller}", key::TELLER), is_set)
}

pub fn set_done_at_once(text: &str) -> Result<Edit, EditError> {
    Edit::long_text(key::DONE_AT_ONCE, text)
}

pub fn set_pupil_told(told: &PupilTold) -> Edit {
    Edit::code(key::PUPIL_TOLD, told)
}

pub fn set_pupil_words(text: &str) -> Result<Edit, EditError> {
    Edit::long_text(key::PUPIL_WORDS, text)
}

pub fn set_seriousness(seriousness: &Seriousness) -> Edit {
    Edit::code(key::SERIOUSNESS, seriousness)
}

/// Says whether somebody who works at the school is suspected (§ 12-5).
pub fn set_suspicion(suspicion: &Suspicion) -> Edit {
    Edit::code(key::SUSPICION, suspicion)
}

/// Names somebody who is suspected, or no longer.
pub fn set_suspected(staff: StaffId, is_set: bool) -> Edit {
    Edit::flag(format!("{}{staff}", key::SUSPECTED), is_set)
}

/// Names the colleague who told it by word of mouth, or nobody.
pub fn set_told_by(staff: Option<StaffId>) -> Edit {
    Edit::option(key::TOLD_BY, staff)
}

/// The same for somebody who has no account.
pub fn set_told_by_name(name: &str) -> Result<Edit, EditError> {
    Edit::short_text(key::TOLD_BY_NAME, name)
}

/// Hands it over to the principal.
pub fn send() -> Edit {
    Edit::flag(key::SENT, true)
}

pub fn withdraw() -> Edit {
    Edit::flag(key::WITHDRAWN, true)
}

/// Says something more after it was sent.
pub fn add(id: Uuid, text: &str) -> Result<Edit, EditError> {
    Edit::long_text(format!("{}{id}", key::ADDITION), text)
}

pub(super) fn read(id: DocumentId, fields: &Fields) -> Result<Report, SchemaError> {
    let heads = |text: String| {
        text.split(',')
            .filter(|hash| !hash.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Ok(Report {
        id,
        recorded_at_ms: fields
            .int(key::RECORDED_AT_MS)
            .ok_or(SchemaError::Missing(key::RECORDED_AT_MS))?,
        origin: fields
            .text(key::ORIGIN)
            .map(ReportOrigin::from)
            .ok_or(SchemaError::Missing(key::ORIGIN))?,
        pupil: fields
            .text(key::REPORTED_PUPIL)
            .and_then(|id| id.parse().ok()),
        pupil_description: owned(fields, key::PUPIL_DESCRIPTION),
        ground: fields.text(key::GROUND).map(Ground::from),
        happened: owned(fields, key::HAPPENED),
        entries: fields
            .below(key::ENTRY)
            .filter_map(|(id, field)| Some((id.parse().ok()?, heads(field.value.to_text()))))
            .collect(),
        tellers: fields
            .below(key::TELLER)
            .map(|(word, _)| Teller::from(word))
            .collect(),
        done_at_once: owned(fields, key::DONE_AT_ONCE),
        pupil_told: fields.text(key::PUPIL_TOLD).map(PupilTold::from),
        pupil_words: owned(fields, key::PUPIL_WORDS),
        seriousness: fields.text(key::SERIOUSNESS).map(Seriousness::from),
        suspicion: fields.text(key::SUSPICION).map(Suspicion::from),
        suspected: fields
            .below(key::SUSPECTED)
            .filter_map(|(id, _)| id.parse().ok())
            .collect(),
        told_by: fields.text(key::TOLD_BY).and_then(|id| id.parse().ok()),
        told_by_name: owned(fields, key::TOLD_BY_NAME),
        is_withdrawn: fields.flag(key::WITHDRAWN),
        is_sent: fields.flag(key::SENT),
        additions: read_additions(fields),
        contested: fields.contested(),
    })
}
