//! A row of the record and its hash. The encoding that is hashed is written by hand, each field with its length before it, so that no
//! two rows encode the same and every program that can hash can check it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::{AuditAct, DeviceId, DocumentId, PupilId, SchoolId, StaffId};
use crate::sync::Hex;

/// The hash before a school's first row.
pub const BEGINNING: Hex<32> = Hex([0; 32]);
/// First byte of what is hashed.
const ENCODING_VERSION: u8 = 1;
/// Stands for the length of what is not there.
const NOTHING: u32 = u32::MAX;

/// What was done, by whom, to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEvent {
    /// By the server's clock; unix milliseconds.
    pub at_ms: i64,
    /// None for a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    pub act: AuditAct,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pupil: Option<PupilId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The person or device that was acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Uuid>,
    /// Codes, counts and hashes; never a name, never a word of what was written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl AuditEvent {
    /// What a person did on a device.
    pub fn by(staff: StaffId, device: DeviceId, act: AuditAct, at_ms: i64) -> AuditEvent {
        AuditEvent {
            staff: Some(staff),
            device: Some(device),
            ..AuditEvent::unsigned(act, at_ms)
        }
    }

    /// What a command did, or nobody who is known.
    pub fn unsigned(act: AuditAct, at_ms: i64) -> AuditEvent {
        AuditEvent {
            at_ms,
            staff: None,
            device: None,
            act,
            pupil: None,
            document: None,
            subject: None,
            detail: String::new(),
        }
    }

    pub fn pupil(self, pupil: Option<PupilId>) -> AuditEvent {
        AuditEvent { pupil, ..self }
    }

    pub fn document(self, document: DocumentId) -> AuditEvent {
        AuditEvent {
            document: Some(document),
            ..self
        }
    }

    pub fn subject(self, subject: Uuid) -> AuditEvent {
        AuditEvent {
            subject: Some(subject),
            ..self
        }
    }

    pub fn detail(self, detail: impl Into<String>) -> AuditEvent {
        AuditEvent {
            detail: detail.into(),
            ..self
        }
    }
}

/// An event in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRow {
    /// 1 is a school's first; no number is left out.
    pub seq: i64,
    pub event: AuditEvent,
    pub hash: Hex<32>,
}

impl AuditRow {
    /// The row that follows a hash.
    pub fn after(previous: &Hex<32>, school: SchoolId, seq: i64, event: AuditEvent) -> AuditRow {
        let hash = hash_of(previous, school, seq, &event);
        AuditRow { seq, event, hash }
    }

    /// Whether it is as it was written, at this school, in this place and after this hash.
    pub fn follows(&self, previous: &Hex<32>, school: SchoolId) -> bool {
        self.hash == hash_of(previous, school, self.seq, &self.event)
    }
}

fn hash_of(previous: &Hex<32>, school: SchoolId, seq: i64, event: &AuditEvent) -> Hex<32> {
    let mut hasher = Sha256::new();
    hasher.update([ENCODING_VERSION]);
    let mut field = |bytes: Option<&[u8]>| {
        let length = bytes.map_or(NOTHING, |bytes| bytes.len() as u32);
        hasher.update(length.to_be_bytes());
        hasher.update(bytes.unwrap_or_default());
    };
    field(Some(&previous.0));
    field(Some(school.0.as_bytes()));
    field(Some(&seq.to_be_bytes()));
    field(Some(&event.at_ms.to_be_bytes()));
    field(event.staff.as_ref().map(|id| id.0.as_bytes().as_slice()));
    field(event.device.as_ref().map(|id| id.0.as_bytes().as_slice()));
    field(Some(event.act.as_str().as_bytes()));
    field(event.pupil.as_ref().map(|id| id.0.as_bytes().as_slice()));
    field(event.document.as_ref().map(|id| id.0.as_bytes().as_slice()));
    field(event.subject.as_ref().map(|id| id.as_bytes().as_slice()));
    field(Some(event.detail.as_bytes()));
    Hex(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn event() -> AuditEvent {
        AuditEvent::unsigned(AuditAct::Erased, 5)
    }

    #[test]
    fn every_field_every_place_and_every_school_has_a_hash_of_its_own() {
        let school = SchoolId(Uuid::from_u128(1));
        let events = [
            event(),
            AuditEvent {
                at_ms: 6,
                ..event()
            },
            AuditEvent {
                staff: Some(ID.into()),
                ..event()
            },
            AuditEvent {
                device: Some(ID.into()),
                ..event()
            },
            AuditEvent {
                act: AuditAct::SignedIn,
                ..event()
            },
            event().pupil(Some(ID.into())),
            event().document(ID.into()),
            event().subject(ID),
            event().detail("x"),
            // What moves from one field into the next is not the same.
            AuditEvent {
                act: AuditAct::Other("erasedx".into()),
                ..event()
            },
        ];
        let mut hashes: Vec<Hex<32>> = events
            .into_iter()
            .map(|event| AuditRow::after(&BEGINNING, school, 1, event).hash)
            .collect();
        hashes.push(AuditRow::after(&BEGINNING, school, 2, event()).hash);
        hashes.push(AuditRow::after(&BEGINNING, SchoolId(ID), 1, event()).hash);
        hashes.push(AuditRow::after(&Hex([1; 32]), school, 1, event()).hash);
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), hashes.len());
    }

    #[test]
    fn the_encoding_is_what_it_was() {
        let row = AuditRow::after(&BEGINNING, SchoolId(ID), 1, event().detail("court"));
        assert_eq!(
            row.hash.to_string(),
            "b414a53af4702384e158780e095960eb81073b38ebb4fc58604104f6ffea94a2"
        );
    }
}
