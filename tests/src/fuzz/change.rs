//! Changes of documents: the gate, and what passed it put together to a document that is read. The bytes are tried as they are,
//! and with a chunk's head that fits them: no mutant finds the checksum by itself.

use shared::document::entry::{self, NewEntry};
use shared::document::report::{self, NewReport};
use shared::document::{DecodedChange, Document, Edit, Writer, check_writes};
use shared::domain::{
    Act, ActorId, DocumentId, EntryKind, Ground, Part, PupilRef, ReportOrigin, What,
};
use shared::sync::frame::{self, Version};
use shared::sync::gate::{self, History, Limits};
use shared::sync::{DocumentKind, Hex, ItemHash};
use uuid::Uuid;

use super::Input;
use super::mutation::leb128;

/// What Automerge begins a chunk with; a checksum of four bytes and the kind of chunk follow, then the length.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;
const CHUNK_HEAD_BYTES: usize = 9;
/// Changes of one document in a frame.
const MAX_CHANGES: usize = 64;
pub const ACTOR: ActorId = ActorId(Uuid::from_u128(0x1111));
const COLLEAGUE: ActorId = ActorId(Uuid::from_u128(0x2222));
const NOW_MS: i64 = 1_800_000_000_000;

/// Whatever passes the gate, Automerge takes and reads as the gate does.
pub fn gate(bytes: &[u8]) {
    for chunk in [bytes.to_vec(), with_head(bytes)] {
        let Ok(passed) = gate::decode(&chunk, &Limits::default()) else {
            continue;
        };
        let Ok(decoded) = DecodedChange::from_passed(&passed) else {
            continue;
        };
        for kind in [DocumentKind::Entry, DocumentKind::Report] {
            let _ = check_writes(kind, &decoded, Writer::Colleague);
        }
        if History::default().check(&passed).is_ok() {
            let mut document = Document::new();
            document.apply(&chunk).expect("what passes is taken");
            assert_eq!(document.changes(), [decoded]);
        }
    }
}

/// Changes one after the other, as the server stores them and a phone reads them.
pub fn document(bytes: &[u8]) {
    let Ok(parts) = frame::read(bytes, MAX_CHANGES) else {
        return;
    };
    let (mut document, mut history) = (Document::new(), History::default());
    for part in parts.whole {
        let chunk = with_head(part);
        let Ok(passed) = gate::decode(&chunk, &Limits::default()) else {
            continue;
        };
        if DecodedChange::from_passed(&passed).is_ok() && history.add(&passed).is_ok() {
            document.apply(&chunk).expect("what passes is taken");
        }
    }
    read(&document);
    let loaded = Document::load(&document.save()).expect("what was saved is read");
    assert_eq!(loaded.heads(), document.heads());
    assert_eq!(loaded.fields(None), document.fields(None));
}

fn read(document: &Document) {
    let id = DocumentId(Uuid::nil());
    let first = document.changes().first();
    let versions = [
        None,
        Some(document.heads()),
        first.map(|change| vec![change.hash_hex()]),
    ];
    for at in &versions {
        let _ = document
            .entry(id, at.as_deref())
            .map(|entry| entry.known_pupils());
        document.revisions(at.as_deref());
        document.fields(at.as_deref()).contested();
    }
    let _ = document.report(id).map(|report| report.missing());
}

/// The bytes without the head that they may have, under one that fits.
fn with_head(bytes: &[u8]) -> Vec<u8> {
    let body = match bytes.get(CHUNK_HEAD_BYTES..) {
        Some(rest) if bytes.starts_with(&MAGIC) => {
            let length = rest.iter().take_while(|byte| **byte >= 0x80).count() + 1;
            rest.get(length..).unwrap_or_default()
        }
        _ => bytes,
    };
    let hashed = [&[CHANGE_CHUNK][..], &leb128(body.len() as u64), body].concat();
    let hash = Hex::<32>::parse(&ItemHash::of(&hashed).0).expect("a hash");
    [&MAGIC[..], &hash.0[..4], &hashed].concat()
}

pub fn changes() -> Vec<Input> {
    let mut all = Vec::new();
    let names = [
        "begin",
        "pupil",
        "text",
        "act",
        "addition",
        "merged",
        "withdrawn",
    ];
    all.extend(names.into_iter().zip(entry_changes()));
    all.extend(
        ["report", "ground", "sent"]
            .into_iter()
            .zip(report_changes()),
    );
    all
}

pub fn documents() -> Vec<Input> {
    let framed =
        |changes: Vec<Vec<u8>>| frame::write(Version::Two, changes.iter().map(Vec::as_slice));
    vec![
        ("entry", framed(entry_changes())),
        ("entry-begun", framed(entry_changes()[..2].to_vec())),
        ("report", framed(report_changes())),
    ]
}

/// An entry on which two people write at once.
pub fn entry_changes() -> Vec<Vec<u8>> {
    let new = NewEntry {
        kind: EntryKind::Observation,
        what: What::Alone,
        happened_at_ms: NOW_MS,
        recorded_at_ms: NOW_MS + 1,
        zone: None,
    };
    let pupil = PupilRef::Unknown(Uuid::from_u128(3));
    let text = |text: &str| entry::set_text(text).expect("within the limits");
    let mut changes = written(vec![
        entry::begin(&new),
        entry::set_pupil(pupil, Some(&Part::Alone)),
        text("Sto ved gjerdet og så på. Æ, ø, å."),
        entry::set_act(&Act::TalkedWith, true),
        entry::add(Uuid::from_u128(4), "Snakket med dem begge.").expect("within the limits"),
    ]);
    let mut other =
        Document::from_changes(changes[..2].iter().map(Vec::as_slice)).expect("a document");
    let edit = text("Gikk alene hele friminuttet.");
    changes.extend(other.write(COLLEAGUE, NOW_MS, edit).expect("an edit"));
    let mut merged = Document::from_changes(changes.iter().map(Vec::as_slice)).expect("a document");
    changes.extend(
        merged
            .write(ACTOR, NOW_MS, entry::withdraw())
            .expect("an edit"),
    );
    changes
}

pub fn report_changes() -> Vec<Vec<u8>> {
    let new = NewReport {
        recorded_at_ms: NOW_MS,
        origin: ReportOrigin::ByHand,
        pupil: None,
        happened: "Ble holdt utenfor leken tre dager på rad.".into(),
        entries: [(DocumentId(Uuid::from_u128(5)), vec!["ab".repeat(32)])].into(),
    };
    written(vec![
        report::begin(&new).expect("within the limits"),
        report::set_ground(&Ground::ALL[0]),
        report::send(),
    ])
}

fn written(edits: Vec<Edit>) -> Vec<Vec<u8>> {
    let mut document = Document::new();
    let mut write = |edit| document.write(ACTOR, NOW_MS, edit).expect("an edit");
    edits.into_iter().filter_map(&mut write).collect()
}
