//! Answers of the server's and what they change.

use shared::document::entry::{NewEntry, begin, set_text};
use shared::domain::{ActorId, EntryKind, What};
use shared::sync::SyncAnswer;
use uuid::Uuid;

use super::*;

const NOW_MS: i64 = 1_000;

fn staff() -> StaffId {
    Uuid::from_u128(1).into()
}

fn id() -> DocumentId {
    DocumentId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

fn first_change() -> (Document, Vec<u8>) {
    let mut document = Document::new();
    let new = NewEntry {
        kind: EntryKind::Observation,
        what: What::Alone,
        happened_at_ms: NOW_MS,
        recorded_at_ms: NOW_MS,
        zone: None,
    };
    let change = document
        .write(ActorId(Uuid::from_u128(2)), NOW_MS, begin(&new))
        .unwrap()
        .unwrap();
    (document, change)
}

fn item(change: &[u8]) -> ItemRow {
    let item = ItemRow::new(staff(), id(), change.to_vec(), ItemState::Waiting);
    ItemRow {
        number: Some(7),
        ..item
    }
}

fn before(outbox: Vec<ItemRow>, documents: Vec<DocumentRow>) -> Before {
    Before {
        staff: staff(),
        now_ms: NOW_MS,
        outbox,
        sent: Vec::new(),
        documents: documents.into_iter().map(|row| (row.id, row)).collect(),
        cursors: vec![Cursor {
            scope: "own".into(),
            seq: 1,
            since: None,
        }],
        epoch: Some("first".into()),
    }
}

fn answer(receipts: Vec<Receipt>, documents: Vec<FeedDocument>, changes: Vec<Vec<u8>>) -> Answer {
    let head = SyncAnswer {
        is_signed_in: true,
        key_id: 1,
        epoch: "first".into(),
        receipts: Vec::new(),
        cursors: vec![Cursor {
            scope: "own".into(),
            seq: 2,
            since: None,
        }],
        documents,
        has_more: false,
        school_version: 1,
        server_time_ms: NOW_MS,
    };
    Answer {
        head,
        receipts,
        changes,
    }
}

fn news(scope: &str, is_gone: bool, changes: u32) -> FeedDocument {
    FeedDocument {
        document: id(),
        kind: DocumentKind::Entry,
        scope: scope.into(),
        is_gone,
        is_erased: false,
        author: staff(),
        actors: vec![(ActorId(Uuid::from_u128(2)), staff())],
        locked_at: None,
        receipts: None,
        changes,
    }
}

fn stored(document: &Document, scope: &str) -> DocumentRow {
    let mut row = merged(staff(), None, &news(scope, false, 0), &[]).unwrap_or(DocumentRow {
        id: id(),
        staff: staff(),
        kind: DocumentKind::Entry,
        at_ms: NOW_MS,
        author: staff(),
        actors: Vec::new(),
        scopes: BTreeSet::from([scope.to_owned()]),
        locked_at: None,
        receipts: None,
        saved: Vec::new(),
    });
    row.saved = document.save();
    row
}

#[test]
fn after_a_restore_what_was_sent_is_offered_again_as_it_was_receipted() {
    let (_, change) = first_change();
    let sent = |hash: &str, at_ms| SentRow {
        hash: shared::sync::ItemHash(hash.into()),
        staff: staff(),
        document: id(),
        at_ms,
        bytes: change.clone(),
    };
    let mut before = before(Vec::new(), Vec::new());
    before.sent = vec![sent("a", 30), sent("b", 10), sent("c", 20)];
    before.epoch = Some("before".into());
    let writes = receive(&before, &answer(vec![], vec![], vec![])).writes;
    let offered = writes.iter().filter_map(|write| match write {
        Write::Item(item) => Some(item.hash.0.as_str()),
        _ => None,
    });
    assert_eq!(offered.collect::<Vec<_>>(), ["b", "c", "a"]);
}

#[test]
fn an_item_leaves_the_outbox_by_its_own_receipt_alone() {
    let (_, change) = first_change();
    let item = item(&change);
    let receipt = |hash: &str, outcome| Receipt {
        item: shared::sync::ItemHash(hash.into()),
        outcome,
    };
    let writes = |receipt| {
        receive(
            &before(vec![item.clone()], vec![]),
            &answer(vec![receipt], vec![], vec![]),
        )
        .writes
    };
    assert!(matches!(
        writes(receipt(&item.hash.0, Outcome::Stored { seq: 1, at_ms: 1 }))[..],
        [Write::Receipted { number: 7, .. }]
    ));
    assert!(writes(receipt("another", Outcome::Stored { seq: 1, at_ms: 1 })).is_empty());
    assert!(writes(receipt(&item.hash.0, Outcome::MissingDependency)).is_empty());
    assert!(writes(receipt(&item.hash.0, Outcome::Unknown)).is_empty());
    let refused = Outcome::Refused {
        reason: "not-opened".into(),
    };
    assert!(matches!(
        &writes(receipt(&item.hash.0, refused))[..],
        [Write::Item(kept)] if kept.state == ItemState::Problem && kept.bytes == item.bytes
    ));
    let aside = writes(receipt(
        &item.hash.0,
        Outcome::Quarantined {
            reason: "too large".into(),
        },
    ));
    assert!(
        matches!(&aside[..], [Write::Item(kept)] if kept.state == ItemState::Problem && kept.bytes == item.bytes)
    );
}

#[test]
fn what_was_erased_goes_whole_and_what_was_unsent_of_it_on_its_own_receipt() {
    let (document, change) = first_change();
    let (unsent, row) = (item(&change), stored(&document, "own"));
    let kept = SentRow {
        hash: shared::sync::ItemHash("sent".into()),
        staff: staff(),
        document: id(),
        at_ms: 1,
        bytes: change.clone(),
    };
    let mut before = before(vec![unsent.clone()], vec![row]);
    before.sent = vec![kept.clone()];
    let gone = FeedDocument {
        is_erased: true,
        ..news("shift", true, 0)
    };
    let receipt = Receipt {
        item: unsent.hash.clone(),
        outcome: Outcome::Erased,
    };
    let untold = receive(&before, &answer(vec![], vec![gone.clone()], vec![])).writes;
    assert_eq!(
        untold,
        [Write::ForgetDocument(id()), Write::ForgetSent(kept.hash)]
    );
    let told = receive(&before, &answer(vec![receipt], vec![gone], vec![])).writes;
    assert!(matches!(told[0], Write::Receipted { number: 7, .. }));
    assert_eq!(told[1], Write::ForgetSent(unsent.hash));
}

#[test]
fn a_colleagues_change_is_merged_into_what_lies_here() {
    let (mut document, _) = first_change();
    let mine = stored(&document, "own");
    let more = document.write(
        ActorId(Uuid::from_u128(3)),
        NOW_MS,
        set_text("alone by the gate").unwrap(),
    );
    let answer = answer(
        vec![],
        vec![news("own", false, 1)],
        vec![more.unwrap().unwrap()],
    );
    let received = receive(&before(vec![], vec![mine]), &answer);
    let [Write::Document(row)] = &received.writes[..] else {
        panic!("{received:?}")
    };
    let entry = Document::load(&row.saved)
        .unwrap()
        .entry(id(), None)
        .unwrap();
    assert_eq!(entry.text, "alone by the gate");
}

#[test]
fn what_left_the_last_scope_is_forgotten_unless_it_is_unsent() {
    let (document, change) = first_change();
    let gone = answer(vec![], vec![news("own", true, 0)], vec![]);
    let forgotten = receive(&before(vec![], vec![stored(&document, "own")]), &gone);
    assert_eq!(forgotten.writes, [Write::ForgetDocument(id())]);
    let kept = receive(
        &before(vec![item(&change)], vec![stored(&document, "own")]),
        &gone,
    );
    assert!(!kept.writes.contains(&Write::ForgetDocument(id())));
}

#[test]
fn a_scope_that_the_answer_no_longer_names_is_lost() {
    let (document, _) = first_change();
    let mut before = before(vec![], vec![stored(&document, "shift/1")]);
    before.cursors.push(Cursor {
        scope: "shift/1".into(),
        seq: 1,
        since: None,
    });
    let received = receive(&before, &answer(vec![], vec![], vec![]));
    assert_eq!(received.writes, [Write::ForgetDocument(id())]);
}

#[test]
fn after_a_restore_what_was_sent_is_offered_again() {
    let (_, change) = first_change();
    let sent = item(&change);
    let mut before = before(vec![], vec![]);
    before.sent = vec![SentRow {
        hash: sent.hash.clone(),
        staff: staff(),
        document: id(),
        at_ms: 1,
        bytes: sent.bytes.clone(),
    }];
    assert!(
        receive(&before, &answer(vec![], vec![], vec![]))
            .writes
            .is_empty()
    );
    before.epoch = Some("another".into());
    let received = receive(&before, &answer(vec![], vec![], vec![]));
    assert!(
        matches!(&received.writes[..], [Write::Item(item), Write::ForgetSent(_)] if item.bytes == sent.bytes)
    );
}
