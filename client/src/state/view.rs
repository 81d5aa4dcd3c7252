//! What the pages read, made from what lies on the disk: values to values, so that no count is ever remembered.

use std::collections::{BTreeMap, BTreeSet};

use shared::api::{ReportReceipts, Revision};
use shared::document::Document;
use shared::domain::{ActorId, DocumentId, Entry, Report, StaffId};
use shared::sync::DocumentKind;

use crate::storage::{DocumentRow, ItemRow, ItemState, SentRow};

/// An entry on this phone, as it reads now.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryView {
    pub entry: Entry,
    pub author: StaffId,
    pub actors: Vec<(ActorId, StaffId)>,
    pub is_locked: bool,
    /// Every change, oldest first.
    pub revisions: Vec<Revision>,
    /// `Document::heads` of this version.
    pub heads: Vec<String>,
}

/// A report on this phone, as it reads now.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportView {
    pub report: Report,
    pub author: StaffId,
    pub receipts: ReportReceipts,
}

impl ReportView {
    /// Opened, left, and nothing told.
    pub fn is_blank_draft(&self) -> bool {
        !self.report.is_sent && !self.report.is_withdrawn && self.report.is_blank()
    }
}

/// One document as its kind's view.
#[derive(Debug, Clone, PartialEq)]
pub enum View {
    Entry(Box<EntryView>),
    Report(Box<ReportView>),
}

/// Reads a document; none when it cannot be read, which leaves its bytes where they are.
pub fn of(row: &DocumentRow) -> Option<View> {
    let document = Document::load(&row.saved).ok()?;
    match row.kind {
        DocumentKind::Entry => Some(View::Entry(Box::new(EntryView {
            entry: document.entry(row.id, row.locked_at.as_deref()).ok()?,
            author: row.author,
            actors: row.actors.clone(),
            is_locked: row.locked_at.is_some(),
            revisions: document.revisions(row.locked_at.as_deref()),
            heads: document.heads(),
        }))),
        DocumentKind::Report => Some(View::Report(Box::new(ReportView {
            report: document.report(row.id).ok()?,
            author: row.author,
            receipts: row.receipts.unwrap_or_default(),
        }))),
    }
}

/// The outbox by document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxView {
    /// With something to be sent.
    pub waiting: BTreeSet<DocumentId>,
    /// Drafts.
    pub held: BTreeSet<DocumentId>,
    /// Put aside by the server, with its reason.
    pub problems: BTreeMap<DocumentId, String>,
    /// Receipted today, with nothing more to be sent.
    pub sent: BTreeSet<DocumentId>,
}

impl OutboxView {
    /// Counts one person's outbox; `midnight_ms` is when today began.
    pub fn of(
        staff: StaffId,
        outbox: &[ItemRow],
        sent: &[SentRow],
        midnight_ms: i64,
    ) -> OutboxView {
        let mut view = OutboxView::default();
        for item in outbox.iter().filter(|item| item.staff == staff) {
            match item.state {
                ItemState::Waiting => drop(view.waiting.insert(item.document)),
                ItemState::Held => drop(view.held.insert(item.document)),
                ItemState::Problem => {
                    drop(view.problems.insert(item.document, item.reason.clone()))
                }
            }
        }
        view.waiting
            .retain(|document| !view.problems.contains_key(document));
        let today = sent
            .iter()
            .filter(|sent| sent.staff == staff && sent.at_ms >= midnight_ms);
        view.sent = today.map(|sent| sent.document).collect();
        view.sent.retain(|document| {
            !view.waiting.contains(document) && !view.problems.contains_key(document)
        });
        view
    }

    /// How many documents have something that the server lacks, drafts included.
    pub fn unsent(&self) -> usize {
        let problems = self.problems.keys().copied().collect();
        let waiting: BTreeSet<_> = self.waiting.union(&problems).copied().collect();
        waiting.union(&self.held).count()
    }
}

#[cfg(test)]
mod tests {
    use shared::sync::ItemHash;
    use uuid::Uuid;

    use super::*;

    fn item(document: u128, state: ItemState) -> ItemRow {
        let document = Uuid::from_u128(document).into();
        ItemRow::new(Uuid::from_u128(1).into(), document, Vec::new(), state)
    }

    fn sent(document: u128, at_ms: i64) -> SentRow {
        let hash = ItemHash(document.to_string());
        SentRow {
            hash,
            staff: Uuid::from_u128(1).into(),
            document: Uuid::from_u128(document).into(),
            at_ms,
            bytes: vec![],
        }
    }

    #[test]
    fn a_document_counts_once_and_as_sent_only_when_all_of_it_is() {
        let outbox = [
            item(1, ItemState::Waiting),
            item(1, ItemState::Waiting),
            item(2, ItemState::Problem),
            item(2, ItemState::Waiting),
        ];
        let view = OutboxView::of(
            Uuid::from_u128(1).into(),
            &outbox,
            &[sent(1, 5), sent(3, 5), sent(4, 1)],
            5,
        );
        assert_eq!(
            (view.waiting.len(), view.problems.len(), view.sent.len()),
            (1, 1, 1)
        );
        assert_eq!(view.unsent(), 2);
    }

    #[test]
    fn another_persons_outbox_is_not_counted() {
        let view = OutboxView::of(
            Uuid::from_u128(2).into(),
            &[item(1, ItemState::Waiting)],
            &[sent(3, 5)],
            0,
        );
        assert_eq!(view, OutboxView::default());
    }
}
