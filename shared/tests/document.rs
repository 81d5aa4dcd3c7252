//! Documents through their public door: any edits on any replicas in any order converge, nothing that was written is lost, and
//! what we read is what Automerge reads.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use proptest::prelude::*;
use shared::document::{Document, Edit, Writer, check_writes, entry};
use shared::domain::{Act, ActorId, DocumentId, Entry, EntryKind, Part, PupilRef, What};
use shared::sync::DocumentKind;
use uuid::Uuid;

const BASE_MS: i64 = 1_790_000_000_000;

fn actor(n: usize) -> ActorId {
    ActorId(Uuid::from_u128(0xA000 + n as u128))
}

fn id() -> DocumentId {
    DocumentId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

fn begun() -> (Document, Vec<u8>) {
    let mut document = Document::new();
    let new = entry::NewEntry {
        kind: EntryKind::Observation,
        what: What::Alone,
        happened_at_ms: BASE_MS,
        recorded_at_ms: BASE_MS,
        zone: None,
    };
    let change = document
        .write(actor(0), BASE_MS, entry::begin(&new))
        .unwrap()
        .unwrap();
    (document, change)
}

fn edit(choice: u8, n: u8) -> Edit {
    let pupil = PupilRef::Known(Uuid::from_u128(u128::from(n % 4)).into());
    match choice % 8 {
        0 => entry::set_text(&format!("tekst {n}")).unwrap(),
        1 => entry::set_pupil(pupil, Some(&Part::ALL[usize::from(n) % 4])),
        2 => entry::remove_pupil(pupil),
        3 => entry::set_act(&Act::ALL[usize::from(n) % 5], n.is_multiple_of(2)),
        4 => entry::set_what(&What::ALL[usize::from(n) % 6], n.is_multiple_of(3)),
        5 => entry::add(Uuid::from_u128(u128::from(n)), "i tillegg").unwrap(),
        6 => entry::describe_unknown(Uuid::from_u128(u128::from(n % 3)), "blå jakke").unwrap(),
        _ => entry::set_happened_at(BASE_MS + i64::from(n)),
    }
}

/// What Automerge itself reads: every value of every key.
fn by_automerge(document: &Document) -> BTreeMap<String, Vec<String>> {
    let doc = automerge::Automerge::load(&document.save()).unwrap();
    let values = |key: &str| {
        let mut values: Vec<_> = doc
            .get_all(ROOT, key)
            .unwrap()
            .into_iter()
            .map(|(value, _)| value.to_string())
            .collect();
        values.sort();
        values
    };
    doc.keys(ROOT)
        .map(|key| (key.clone(), values(&key)))
        .collect()
}

fn by_us(document: &Document) -> BTreeMap<String, Vec<String>> {
    let fields = document.fields(None);
    let all = fields.iter().map(|(key, values)| {
        let mut values: Vec<_> = values
            .iter()
            .map(|field| match &field.value {
                shared::document::Scalar::Text(text) => format!("\"{text}\""),
                other => other.to_text(),
            })
            .collect();
        values.sort();
        (key.to_owned(), values)
    });
    all.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_edits_on_three_replicas_in_any_order_converge(
        steps in prop::collection::vec((0..3usize, any::<u8>(), any::<u8>(), any::<bool>()), 1..30),
        order in any::<u64>(),
    ) {
        let (first, change) = begun();
        let mut replicas = [first.clone(), Document::from_changes([change.as_slice()]).unwrap(), Document::from_changes([change.as_slice()]).unwrap()];
        let mut all = vec![change];
        for (step, (who, choice, n, shares)) in steps.into_iter().enumerate() {
            let written = replicas[who].write(actor(who), BASE_MS + step as i64, edit(choice, n)).unwrap();
            all.extend(written);
            if shares {
                deliver(&mut replicas[(who + 1) % 3], &all, order.rotate_left(step as u32));
            }
        }
        for replica in &mut replicas {
            deliver(replica, &all, order);
        }
        let read: Vec<Entry> = replicas.iter().map(|r| r.entry(id(), None).unwrap()).collect();
        prop_assert_eq!(&read[0], &read[1]);
        prop_assert_eq!(&read[1], &read[2]);
        prop_assert_eq!(replicas[0].heads(), replicas[2].heads());
        prop_assert_eq!(by_us(&replicas[0]), by_automerge(&replicas[0]));
        prop_assert_eq!(replicas[0].revisions(None).len(), all.len());
        prop_assert_eq!(Document::load(&replicas[1].save()).unwrap().fields(None), replicas[2].fields(None));
        for change in replicas[0].changes() {
            prop_assert_eq!(check_writes(DocumentKind::Entry, change, Writer::Author), Ok(()));
        }
    }
}

/// Delivers all changes, again and again in a shuffled order, until those that miss a dependency are in too.
fn deliver(document: &mut Document, changes: &[Vec<u8>], seed: u64) {
    let mut order: Vec<_> = (0..changes.len()).collect();
    order.sort_by_key(|i| (*i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
    for _ in 0..=changes.len() {
        for i in &order {
            let _ = document.apply(&changes[*i]);
        }
    }
}

#[test]
fn two_wordings_written_without_knowing_of_each_other_are_both_shown_until_one_is_chosen() {
    let (mut kari, change) = begun();
    let mut ola = Document::from_changes([change.as_slice()]).unwrap();
    let from_kari = kari
        .write(
            actor(0),
            BASE_MS + 1,
            entry::set_text("Sto ved porten").unwrap(),
        )
        .unwrap()
        .unwrap();
    let from_ola = ola
        .write(
            actor(1),
            BASE_MS + 2,
            entry::set_text("Sto alene ved porten").unwrap(),
        )
        .unwrap()
        .unwrap();
    kari.apply(&from_ola).unwrap();
    ola.apply(&from_kari).unwrap();

    let read = kari.entry(id(), None).unwrap();
    assert_eq!(read, ola.entry(id(), None).unwrap());
    let mut wordings: Vec<_> = read.contested["text"]
        .iter()
        .map(|w| (w.text.as_str(), w.by))
        .collect();
    wordings.sort();
    assert_eq!(
        wordings,
        [
            ("Sto alene ved porten", actor(1)),
            ("Sto ved porten", actor(0))
        ]
    );

    let chosen = kari
        .write(actor(0), BASE_MS + 3, entry::set_text(&read.text).unwrap())
        .unwrap();
    assert!(
        chosen.is_some(),
        "saying the winning wording again settles it"
    );
    assert!(kari.entry(id(), None).unwrap().contested.is_empty());
    assert_eq!(kari.revisions(None).len(), 4);
}

#[test]
fn after_the_lock_only_additions_are_read_and_nothing_is_lost() {
    let (mut document, _) = begun();
    document
        .write(
            actor(0),
            BASE_MS,
            entry::set_text("slik det ble meldt").unwrap(),
        )
        .unwrap();
    let locked_at = document.heads();
    document
        .write(
            actor(1),
            BASE_MS + 1,
            entry::set_text("endret etterpå").unwrap(),
        )
        .unwrap();
    document
        .write(
            actor(1),
            BASE_MS + 2,
            entry::add(Uuid::from_u128(7), "og så dette").unwrap(),
        )
        .unwrap();

    let read = document.entry(id(), Some(&locked_at)).unwrap();
    assert_eq!(read.text, "slik det ble meldt");
    assert_eq!(
        read.additions
            .iter()
            .map(|a| a.text.as_str())
            .collect::<Vec<_>>(),
        ["og så dette"]
    );
    let late: Vec<_> = document
        .revisions(Some(&locked_at))
        .into_iter()
        .filter(|r| r.is_after_lock)
        .collect();
    assert_eq!(late.len(), 2);
    assert_eq!(
        late[0].writes,
        [("text".to_owned(), Some("endret etterpå".to_owned()))]
    );
}

#[test]
fn a_change_that_builds_on_one_not_here_is_told_and_taken_later() {
    let (mut document, first) = begun();
    let second = document
        .write(actor(0), BASE_MS, entry::set_text("senere").unwrap())
        .unwrap()
        .unwrap();
    let mut other = Document::new();
    assert_eq!(
        other.apply(&second),
        Err(shared::document::DocumentError::MissingDependency)
    );
    other.apply(&first).unwrap();
    other.apply(&second).unwrap();
    other.apply(&second).unwrap();
    assert_eq!(
        other.entry(id(), None).unwrap(),
        document.entry(id(), None).unwrap()
    );
}

#[test]
fn saying_the_same_again_writes_nothing() {
    let (mut document, _) = begun();
    assert!(
        document
            .write(actor(0), BASE_MS, entry::set_what(&What::Alone, true))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_first_tap_stays_small() {
    let (_, change) = begun();
    assert!(change.len() < 400, "{} bytes", change.len());
}

#[test]
fn marks_that_turn_the_writing_are_neither_written_nor_read() {
    let (mut document, _) = begun();
    let turned = "Ola \u{202e}irak ols";
    document
        .write(actor(0), BASE_MS, entry::set_text(turned).unwrap())
        .unwrap();
    let read = |document: &Document| document.entry(id(), None).unwrap().text;
    assert_eq!(read(&document), "Ola irak ols");
    // Past our own functions, as whoever has another app can.
    let other = automerge::ActorId::from(actor(1).0.as_bytes().as_slice());
    let mut foreign = automerge::AutoCommit::load(&document.save())
        .unwrap()
        .with_actor(other);
    foreign.put(ROOT, "text", "Kari \u{2067}irak").unwrap();
    let change = foreign.get_last_local_change().unwrap();
    document.apply(change.raw_bytes()).unwrap();
    assert_eq!(read(&document), "Kari irak");
}
