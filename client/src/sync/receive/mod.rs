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
mod tests;
