//! Every edit a person can make on an entry, and how an entry is read back.

use uuid::Uuid;

use super::change::Scalar;
use super::edit::{Edit, EditError};
use super::fields::Fields;
use super::key;
use super::schema::SchemaError;
use crate::domain::{
    Act, Addition, DocumentId, Entry, EntryKind, FollowUp, InvolvedPupil, Part,
    PhysicalIntervention, PromptAnswer, PupilId, PupilRef, What, ZoneId,
};

/// What the first tap knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub kind: EntryKind,
    pub what: What,
    pub happened_at_ms: i64,
    pub recorded_at_ms: i64,
    pub zone: Option<ZoneId>,
}

/// The first tap: a complete entry.
pub fn begin(new: &NewEntry) -> Edit {
    let edit = set_kind(&new.kind)
        .and(set_what(&new.what, true))
        .and(set_happened_at(new.happened_at_ms))
        .and(Edit::put(
            key::RECORDED_AT_MS,
            Scalar::Int(new.recorded_at_ms),
        ));
    match new.zone {
        Some(zone) => edit.and(set_zone(Some(zone))),
        None => edit,
    }
}

pub fn set_kind(kind: &EntryKind) -> Edit {
    Edit::code(key::KIND, kind)
}

pub fn set_what(what: &What, is_set: bool) -> Edit {
    Edit::flag(format!("{}{what}", key::WHAT), is_set)
}

pub fn set_happened_at(at_ms: i64) -> Edit {
    Edit::put(key::HAPPENED_AT_MS, Scalar::Int(at_ms))
}

pub fn set_zone(zone: Option<ZoneId>) -> Edit {
    Edit::option(key::ZONE, zone)
}

/// Adds a pupil, or says which part the pupil had.
pub fn set_pupil(pupil: PupilRef, part: Option<&Part>) -> Edit {
    let part = part.map_or("", Part::as_str);
    match pupil {
        PupilRef::Known(id) => Edit::code(format!("{}{id}", key::PUPIL), part),
        PupilRef::Unknown(id) => Edit::code(format!("{}{id}", key::UNKNOWN_PART), part),
    }
}

pub fn remove_pupil(pupil: PupilRef) -> Edit {
    match pupil {
        PupilRef::Known(id) => Edit::remove(format!("{}{id}", key::PUPIL)),
        PupilRef::Unknown(id) => Edit::remove(format!("{}{id}", key::UNKNOWN_PART))
            .and(Edit::remove(format!("{}{id}", key::UNKNOWN)))
            .and(Edit::remove(format!("{}{id}", key::NAMED))),
    }
}

/// Describes a pupil whom nobody can name yet; `id` is made on the phone.
pub fn describe_unknown(id: Uuid, description: &str) -> Result<Edit, EditError> {
    Edit::short_text(format!("{}{id}", key::UNKNOWN), description)
}

/// Says who an unknown pupil turned out to be.
pub fn name_unknown(id: Uuid, pupil: PupilId) -> Edit {
    Edit::code(format!("{}{id}", key::NAMED), pupil)
}

pub fn set_several(is_set: bool) -> Edit {
    Edit::flag(key::SEVERAL, is_set)
}

pub fn set_act(act: &Act, is_set: bool) -> Edit {
    Edit::flag(format!("{}{act}", key::ACT), is_set)
}

pub fn set_text(text: &str) -> Result<Edit, EditError> {
    Edit::long_text(key::TEXT, text)
}

pub fn set_outcome(text: &str) -> Result<Edit, EditError> {
    Edit::short_text(key::OUTCOME, text)
}

/// Physical force was used, or was not (§§ 13-3 to 13-5).
pub fn set_force(force: Option<&PhysicalIntervention>) -> Result<Edit, EditError> {
    match force {
        Some(force) => Ok(Edit::short_text(key::FORCE_REASON, &force.reason)?
            .and(Edit::short_text(key::FORCE_TOLD, &force.told)?)),
        None => Ok(Edit::remove(key::FORCE_REASON).and(Edit::remove(key::FORCE_TOLD))),
    }
}

pub fn set_follow_up(follow_up: &FollowUp) -> Edit {
    Edit::code(key::FOLLOW_UP, follow_up)
}

/// The author's answer to the question of reporting; a no is kept too.
pub fn answer_prompt(answer: &PromptAnswer) -> Edit {
    Edit::code(key::PROMPT_ANSWER, answer)
}

/// *Angre*: takes the entry back; its history stays.
pub fn withdraw() -> Edit {
    Edit::flag(key::WITHDRAWN, true)
}

pub fn restore() -> Edit {
    Edit::flag(key::WITHDRAWN, false)
}

/// Says something more; the only edit that still reads after the entry is locked.
pub fn add(id: Uuid, text: &str) -> Result<Edit, EditError> {
    Edit::long_text(format!("{}{id}", key::ADDITION), text)
}

pub(super) fn read(id: DocumentId, fields: &Fields) -> Result<Entry, SchemaError> {
    let has_force =
        fields.get(key::FORCE_REASON).is_some() || fields.get(key::FORCE_TOLD).is_some();
    Ok(Entry {
        id,
        kind: fields
            .text(key::KIND)
            .map(EntryKind::from)
            .ok_or(SchemaError::Missing(key::KIND))?,
        happened_at_ms: fields
            .int(key::HAPPENED_AT_MS)
            .ok_or(SchemaError::Missing(key::HAPPENED_AT_MS))?,
        recorded_at_ms: fields
            .int(key::RECORDED_AT_MS)
            .ok_or(SchemaError::Missing(key::RECORDED_AT_MS))?,
        zone: fields.text(key::ZONE).and_then(|id| id.parse().ok()),
        what: fields
            .below(key::WHAT)
            .map(|(word, _)| What::from(word))
            .collect(),
        pupils: read_pupils(fields),
        has_several: fields.flag(key::SEVERAL),
        acts: fields
            .below(key::ACT)
            .map(|(word, _)| Act::from(word))
            .collect(),
        force: has_force.then(|| PhysicalIntervention {
            reason: owned(fields, key::FORCE_REASON),
            told: owned(fields, key::FORCE_TOLD),
        }),
        outcome: owned(fields, key::OUTCOME),
        text: owned(fields, key::TEXT),
        follow_up: fields
            .text(key::FOLLOW_UP)
            .map_or(FollowUp::Nothing, FollowUp::from),
        prompt_answer: fields.text(key::PROMPT_ANSWER).map(PromptAnswer::from),
        is_withdrawn: fields.flag(key::WITHDRAWN),
        additions: read_additions(fields),
        contested: fields.contested(),
    })
}

pub(super) fn read_additions(fields: &Fields) -> Vec<Addition> {
    let addition = |(id, field): (&str, &super::Field)| {
        Some(Addition {
            id: id.parse().ok()?,
            text: field.value.to_text(),
            by: field.by,
            at_ms: field.at_ms,
        })
    };
    let mut additions: Vec<_> = fields.below(key::ADDITION).filter_map(addition).collect();
    additions.sort_by_key(|addition| (addition.at_ms, addition.id));
    additions
}

pub(super) fn owned(fields: &Fields, key: &str) -> String {
    fields.text(key).unwrap_or_default().to_owned()
}

fn read_pupils(fields: &Fields) -> Vec<InvolvedPupil> {
    let part = |text: &str| (!text.is_empty()).then(|| Part::from(text));
    let known = fields.below(key::PUPIL).filter_map(|(id, field)| {
        let pupil = InvolvedPupil {
            pupil: PupilRef::Known(id.parse().ok()?),
            part: part(&field.value.to_text()),
            description: String::new(),
            named: None,
        };
        Some((field.id, pupil))
    });
    let unknown = fields.below(key::UNKNOWN).filter_map(|(id, field)| {
        let pupil = InvolvedPupil {
            pupil: PupilRef::Unknown(id.parse().ok()?),
            part: fields
                .text(&format!("{}{id}", key::UNKNOWN_PART))
                .and_then(part),
            description: field.value.to_text(),
            named: fields
                .text(&format!("{}{id}", key::NAMED))
                .and_then(|id| id.parse().ok()),
        };
        Some((field.id, pupil))
    });
    let mut pupils: Vec<_> = known.chain(unknown).collect();
    pupils.sort_by_key(|(written, pupil)| (*written, pupil.pupil));
    pupils.into_iter().map(|(_, pupil)| pupil).collect()
}
