//! What an answer changes on the phone, as the writes of one transaction: receipts, documents, what is to be forgotten, and
//! the cursors. Nothing unsent is touched by anything but its own receipt.

use std::collections::{BTreeMap, BTreeSet};

use shared::document::{Document, DocumentError};
use shared::domain::{DocumentId, StaffId};
use shared::sync::{Cursor, DocumentKind, FeedDocument, Outcome, Receipt};

use crate::storage::{DocumentRow, ItemRow, ItemState, SentRow, Write};
use shared::sync::answer::Answer;

/// What is on the phone before the answer is taken in.
pub struct Before {
    pub staff: StaffId,
    pub now_ms: i64,
    pub outbox: Vec<ItemRow>,
    pub sent: Vec<SentRow>,
    /// Those that the answer names, and all of them when a scope was lost.
    pub documents: BTreeMap<DocumentId, DocumentRow>,
    pub cursors: Vec<Cursor>,
    /// None before the first answer.
    pub epoch: Option<String>,
}

/// What the answer does.
#[derive(Debug, Default)]
pub struct Received {
    pub writes: Vec<Write>,
    /// Items that left the outbox or were put aside.
    pub settled: usize,
    /// Documents that could not be read; told to nobody but the developer, and asked for again with the next epoch.
    pub unreadable: usize,
}

/// The scopes that the client had and has no longer.
pub fn lost_scopes(had: &[Cursor], has: &[Cursor]) -> BTreeSet<String> {
    let has: BTreeSet<&String> = has.iter().map(|cursor| &cursor.scope).collect();
    had.iter()
        .map(|cursor| &cursor.scope)
        .filter(|scope| !has.contains(scope))
        .cloned()
        .collect()
}

/// Takes an answer in.
pub fn receive(before: &Before, answer: &Answer) -> Received {
    let mut received = Received::default();
    let is_restored = before
        .epoch
        .as_ref()
        .is_some_and(|epoch| *epoch != answer.head.epoch);
    for receipt in &answer.receipts {
        take_receipt(before, receipt, &mut received);
    }
    if is_restored {
        offer_again(before, |_| true, &mut received);
    }
    let unsent: BTreeSet<DocumentId> = before.outbox.iter().map(|item| item.document).collect();
    let mut documents = before.documents.clone();
    take_feed(before, answer, &mut documents, &mut received);
    let lost = lost_scopes(&before.cursors, &answer.head.cursors);
    let erased: BTreeSet<DocumentId> = erased(answer).collect();
    for (id, after) in documents {
        if !erased.contains(&id) {
            write_document(before, id, after, &lost, &unsent, &mut received);
        }
    }
    for id in erased {
        forget_erased(before, id, &mut received);
    }
    received
}

/// The documents that the answer says are gone from everywhere.
fn erased(answer: &Answer) -> impl Iterator<Item = DocumentId> {
    let documents = answer.head.documents.iter();
    documents
        .filter(|news| news.is_erased)
        .map(|news| news.document)
}

/// Whatever the phone has of it goes, and what it keeps to offer again. What it has not sent yet is let go on its own receipt.
fn forget_erased(before: &Before, id: DocumentId, received: &mut Received) {
    if before.documents.contains_key(&id) {
        received.writes.push(Write::ForgetDocument(id));
    }
    let sent = before.sent.iter().filter(|sent| sent.document == id);
    received
        .writes
        .extend(sent.map(|sent| Write::ForgetSent(sent.hash.clone())));
}

fn write_document(
    before: &Before,
    id: DocumentId,
    mut after: DocumentRow,
    lost: &BTreeSet<String>,
    unsent: &BTreeSet<DocumentId>,
    received: &mut Received,
) {
    let earlier = before.documents.get(&id);
    after.scopes.retain(|scope| !lost.contains(scope));
    let had_scopes = earlier.is_some_and(|row| !row.scopes.is_empty());
    if had_scopes && after.scopes.is_empty() && !unsent.contains(&id) {
        received.writes.push(Write::ForgetDocument(id));
    } else if earlier != Some(&after) {
        received.writes.push(Write::Document(after));
    }
}

fn take_receipt(before: &Before, receipt: &Receipt, received: &mut Received) {
    let Some(item) = before.outbox.iter().find(|item| item.hash == receipt.item) else {
        return;
    };
    match (&receipt.outcome, item.number) {
        (outcome, Some(number)) if outcome.is_safe() => {
            let (hash, bytes) = (item.hash.clone(), item.bytes.clone());
            let sent = SentRow {
                hash,
                staff: item.staff,
                document: item.document,
                at_ms: before.now_ms,
                bytes,
            };
            let erased =
                (*outcome == Outcome::Erased).then(|| Write::ForgetSent(sent.hash.clone()));
            received.writes.push(Write::Receipted { number, sent });
            received.writes.extend(erased);
            received.settled += 1;
        }
        (Outcome::Quarantined { reason } | Outcome::Refused { reason }, _) => {
            let item = ItemRow {
                state: ItemState::Problem,
                reason: reason.clone(),
                ..item.clone()
            };
            received.writes.push(Write::Item(item));
            received.settled += 1;
        }
        (Outcome::MissingDependency, _) => {
            offer_again(before, |sent| sent.document == item.document, received)
        }
        _ => {}
    }
}

/// Puts what the server once had back into the outbox; a duplicate costs nothing.
fn offer_again(before: &Before, is_meant: impl Fn(&SentRow) -> bool, received: &mut Received) {
    let lies_there = |sent: &SentRow| before.outbox.iter().any(|item| item.hash == sent.hash);
    let mut offered: Vec<&SentRow> = before
        .sent
        .iter()
        .filter(|sent| is_meant(sent) && !lies_there(sent))
        .collect();
    // As they were receipted: a batch that builds on a later one would be refused for ever.
    offered.sort_by_key(|sent| sent.at_ms);
    for sent in offered {
        let again = Write::Item(ItemRow {
            number: None,
            staff: sent.staff,
            document: sent.document,
            hash: sent.hash.clone(),
            state: ItemState::Waiting,
            reason: String::new(),
            bytes: sent.bytes.clone(),
        });
        if !received.writes.contains(&again) {
            received
                .writes
                .extend([again, Write::ForgetSent(sent.hash.clone())]);
        }
    }
}

fn take_feed(
    before: &Before,
    answer: &Answer,
    documents: &mut BTreeMap<DocumentId, DocumentRow>,
    received: &mut Received,
) {
    let mut changes = answer.changes.as_slice();
    for news in &answer.head.documents {
        let (own, rest) = changes.split_at(changes.len().min(news.changes as usize));
        changes = rest;
        if news.is_gone || news.is_erased {
            if let Some(row) = documents.get_mut(&news.document) {
                row.scopes.remove(&news.scope);
            }
            continue;
        }
        match merged(before.staff, documents.get(&news.document), news, own) {
            Ok(row) => {
                documents.insert(news.document, row);
            }
            Err(_) => received.unreadable += 1,
        }
    }
}

fn merged(
    staff: StaffId,
    earlier: Option<&DocumentRow>,
    news: &FeedDocument,
    changes: &[Vec<u8>],
) -> Result<DocumentRow, DocumentError> {
    let mut document = match earlier {
        Some(row) => Document::load(&row.saved)?,
        None => Document::new(),
    };
    for change in changes {
        document.apply(change)?;
    }
    let at_ms = match news.kind {
        DocumentKind::Entry => document.entry(news.document, None)?.happened_at_ms,
        DocumentKind::Report => document.report(news.document)?.recorded_at_ms,
    };
    let mut scopes = earlier.map(|row| row.scopes.clone()).unwrap_or_default();
    scopes.insert(news.scope.clone());
    let mut actors: BTreeMap<_, _> = earlier
        .map(|row| row.actors.clone())
        .unwrap_or_default()
        .into_iter()
        .collect();
    actors.extend(news.actors.iter().copied());
    Ok(DocumentRow {
        id: news.document,
        staff,
        kind: news.kind,
        at_ms,
        author: news.author,
        actors: actors.into_iter().collect(),
        scopes,
        locked_at: news.locked_at.clone(),
        receipts: news.receipts,
        saved: document.save(),
    })
}

#[cfg(test)]
mod tests {
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

    fn answer(
        receipts: Vec<Receipt>,
        documents: Vec<FeedDocument>,
        changes: Vec<Vec<u8>>,
    ) -> Answer {
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
}
