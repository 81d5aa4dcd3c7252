//! The second half of the gate: whether a change follows from its document, and whether this person may write it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::document::{
    DecodedChange, Document, Writer, check_writes, key, read_entry, read_report,
};
use shared::domain::{DocumentId, StaffId};
use shared::sync::gate::{History, Refusal};
use shared::sync::{DocumentKind, Outcome};
use uuid::Uuid;

use super::prepare::{Checked, Prepared, passed};
use crate::access::{Resource, Verb, may};
use crate::auth::SignedIn;
use crate::store::change::{ChangeRow, DocumentRow};

/// Most changes one document takes; an entry is amended a few times.
const MAX_CHANGES: usize = 1_000;
/// Most bytes of changes one document takes.
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
/// So far apart a phone's clock and the server's may be when an account ends.
const CLOCKS_DIFFER_MS: i64 = 10 * 60 * 1000;
/// Written when the account had ended.
const AFTER_THE_END: &str = "account-closed";

/// A document while a group is being committed.
pub(super) struct Open {
    pub row: DocumentRow,
    pub changes: Vec<DecodedChange>,
    /// Rows of the changes, those of this group included.
    pub rows: Vec<ChangeRow>,
    /// How many of the rows were stored before this group.
    pub stored: usize,
    history: History,
    /// Changed in this group by other than a change of its own: it was locked.
    pub is_touched: bool,
    /// Its place in the feed after this group.
    pub feed_seq: i64,
}

/// What a person may do in a document, as far as it is not the document itself that says so.
pub(super) struct Standing {
    /// Had duty in the entry's shift when it happened; the phone may have come back days later.
    pub was_on_shift: bool,
}

impl Open {
    /// A document that this group begins.
    pub fn new(checked: &Checked, sender: &SignedIn, now_ms: i64) -> Self {
        let row = DocumentRow {
            id: checked.document,
            kind: i32::from(checked.kind.to_byte()),
            author_id: sender.staff.0,
            received_at_ms: now_ms,
            locked_at: None,
            opened_at_ms: None,
            talk_at_ms: None,
            owner_told_at_ms: None,
            escalated_at_ms: None,
            erased_at_ms: None,
        };
        Open {
            row,
            changes: Vec::new(),
            rows: Vec::new(),
            stored: 0,
            history: History::default(),
            is_touched: false,
            feed_seq: 0,
        }
    }

    /// A document from what is stored of it.
    pub fn load(row: DocumentRow, rows: Vec<ChangeRow>) -> Result<Self, String> {
        let mut history = History::default();
        let mut changes = Vec::with_capacity(rows.len());
        for stored in &rows {
            let change = passed(&stored.bytes).map_err(|refusal| refusal.code().to_owned())?;
            history
                .add(&change)
                .map_err(|refusal| refusal.code().to_owned())?;
            changes.push(DecodedChange::from_passed(&change).map_err(|e| e.to_string())?);
        }
        Ok(Open {
            row,
            changes,
            stored: rows.len(),
            rows,
            history,
            is_touched: false,
            feed_seq: 0,
        })
    }

    pub fn kind(&self) -> Option<DocumentKind> {
        u8::try_from(self.row.kind)
            .ok()
            .and_then(DocumentKind::from_byte)
    }

    pub fn id(&self) -> DocumentId {
        DocumentId(self.row.id)
    }

    pub fn locked_at(&self) -> Option<Vec<String>> {
        self.row.locked_heads()
    }

    pub fn is_new(&self) -> bool {
        self.stored == 0
    }

    /// Has changes that this group adds.
    pub fn has_news(&self) -> bool {
        self.rows.len() > self.stored
    }

    /// The version it is in now: change hashes that nothing builds on.
    pub fn heads(&self) -> Vec<String> {
        let built_on = |hash: &[u8; 32]| self.changes.iter().any(|c| c.deps.contains(hash));
        let mut heads: Vec<_> = self
            .changes
            .iter()
            .filter(|c| !built_on(&c.hash))
            .map(DecodedChange::hash_hex)
            .collect();
        heads.sort();
        heads
    }

    pub fn has_all(&self, heads: &[String]) -> bool {
        !heads.is_empty()
            && heads
                .iter()
                .all(|head| self.changes.iter().any(|c| c.hash_hex() == *head))
    }

    /// For an entry: when it happened, as it reads now.
    pub fn happened_at_ms(&self) -> Option<i64> {
        read_entry(self.id(), &self.changes, self.locked_at().as_deref())
            .ok()
            .map(|entry| entry.happened_at_ms)
    }

    /// For a report that was sent, and of which colleagues may know: the entries it builds on, each in the version it had then.
    pub fn reported_entries(&self) -> Vec<(Uuid, Vec<String>)> {
        match read_report(self.id(), &self.changes) {
            Ok(report) if report.is_sent && !report.suspects_employee() => report
                .entries
                .into_iter()
                .map(|(entry, heads)| (entry.0, heads))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Takes the change in, or says why not; `seq` is the commit number it would get.
    pub fn accept(
        &mut self,
        item: &Prepared,
        checked: &Checked,
        sender: &SignedIn,
        standing: &Standing,
        seq: i64,
        now_ms: i64,
    ) -> Outcome {
        if let Some(known) = self.rows.iter().find(|row| row.hash == checked.change.hash) {
            return Outcome::Stored {
                seq: known.seq,
                at_ms: known.received_at_ms,
            };
        }
        if let Some(reason) = item.bar.clone() {
            return Outcome::Quarantined { reason };
        }
        let is_late = |ends_at_ms| checked.change.at_ms > ends_at_ms + CLOCKS_DIFFER_MS;
        if sender.ends_at_ms.is_some_and(is_late) {
            return Outcome::Quarantined {
                reason: AFTER_THE_END.into(),
            };
        }
        match self.check(item, checked, sender, standing) {
            Ok(()) => {}
            Err(Refused::Missing) => return Outcome::MissingDependency,
            Err(Refused::Because(reason)) => return Outcome::Quarantined { reason },
        }
        self.rows.push(ChangeRow {
            document_id: self.row.id,
            hash: checked.change.hash.to_vec(),
            seq,
            actor_id: checked.change.actor.0,
            actor_seq: checked.change.seq as i64,
            staff_id: sender.staff.0,
            device_id: sender.device.0,
            received_at_ms: now_ms,
            bytes: item.change_bytes().to_vec(),
        });
        self.changes.push(checked.change.clone());
        Outcome::Stored { seq, at_ms: now_ms }
    }

    fn check(
        &mut self,
        item: &Prepared,
        checked: &Checked,
        sender: &SignedIn,
        standing: &Standing,
    ) -> Result<(), Refused> {
        let change = passed(item.change_bytes()).map_err(Refused::from)?;
        if self.kind() != Some(checked.kind) {
            return Err(because("another-kind"));
        }
        if self.rows.len() >= MAX_CHANGES
            || self.rows.iter().map(|row| row.bytes.len()).sum::<usize>() > MAX_DOCUMENT_BYTES
        {
            return Err(because("document-full"));
        }
        let is_author = self.row.author_id == sender.staff.0;
        if !self.may_write(checked.kind, sender, standing) {
            return Err(because("no-part-in-document"));
        }
        let writer = if is_author {
            Writer::Author
        } else {
            Writer::Colleague
        };
        check_writes(checked.kind, &checked.change, writer).map_err(|e| because(e.code()))?;
        if self.pretends_to_be_first(&checked.change) {
            return Err(because("not-first"));
        }
        self.history.check(&change).map_err(Refused::from)?;
        let mut changes = self.changes.clone();
        changes.push(checked.change.clone());
        let reads = match checked.kind {
            DocumentKind::Entry => read_entry(self.id(), &changes, None).map(drop),
            DocumentKind::Report => read_report(self.id(), &changes).map(drop),
        };
        reads.map_err(|e| because(e.code()))?;
        if !self.is_first() && !self.automerge_takes(item.change_bytes()) {
            return Err(because("automerge-refuses"));
        }
        self.history.add(&change).map_err(Refused::from)
    }

    fn may_write(&self, kind: DocumentKind, sender: &SignedIn, standing: &Standing) -> bool {
        let author = Some(StaffId(self.row.author_id));
        match (kind, self.is_first()) {
            (DocumentKind::Entry, true) => may(sender, Verb::Create, Resource::NEW_ENTRY),
            (DocumentKind::Report, true) => may(sender, Verb::Create, Resource::NEW_REPORT),
            (DocumentKind::Entry, false) => may(
                sender,
                Verb::Write,
                Resource::Entry {
                    author,
                    is_on_its_shift: standing.was_on_shift,
                    classes: &[],
                },
            ),
            (DocumentKind::Report, false) => may(
                sender,
                Verb::Write,
                Resource::Report {
                    told_by: None,
                    is_handed: false,
                    reporter: author,
                    suspected: &[],
                },
            ),
        }
    }

    /// A change that says it has seen nothing of a document that is here, or none of what stands under a key written once:
    /// the only way round what may be written at first or once.
    fn pretends_to_be_first(&self, change: &DecodedChange) -> bool {
        let written = |key: &str| {
            let mut writes = self.changes.iter().flat_map(|earlier| &earlier.writes);
            writes.any(|write| write.key == key)
        };
        let mut additions = change
            .writes
            .iter()
            .filter(|write| write.key.starts_with(key::ADDITION));
        (!self.is_first() && change.deps.is_empty()) || additions.any(|write| written(&write.key))
    }

    fn is_first(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lets Automerge itself apply it: what would break a colleague's phone breaks here first, where it does no harm. A first
    /// change refers to nothing, so the gate alone decides.
    fn automerge_takes(&self, change: &[u8]) -> bool {
        let all = self
            .rows
            .iter()
            .map(|row| row.bytes.as_slice())
            .chain([change]);
        catch_unwind(AssertUnwindSafe(|| Document::from_changes(all).is_ok())).unwrap_or(false)
    }
}

/// Why a change is not taken in now.
enum Refused {
    Missing,
    Because(String),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::DependencyNotKnown => Refused::Missing,
            other => because(other.code()),
        }
    }
}

fn because(reason: &str) -> Refused {
    Refused::Because(reason.to_owned())
}
