//! What people write: Automerge documents, and every edit a person can make on one. A document is a flat map of keys to short
//! scalars (`key`), so edits of different things never collide, and what was written is read straight from the changes (`fields`).

mod change;
mod edit;
pub mod entry;
mod fields;
pub mod key;
pub mod report;
mod schema;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, Change, ROOT};

pub use change::{DecodedChange, Scalar, Write, WriteId};
pub use edit::{Edit, EditError};
pub use fields::{Field, Fields};
pub use schema::{SchemaError, Writer, check_writes};

use crate::api::Revision;
use crate::domain::{ActorId, DocumentId, Entry, Report};

/// Why bytes are not a document that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("Automerge refuses the bytes: {0}")]
    Automerge(String),
    #[error("a change builds on another that is not here")]
    MissingDependency,
    #[error("a change writes something other than short values in the document's own map")]
    NotFlat,
    #[error("an actor id is not 16 bytes")]
    BadActor,
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// A document with its whole history.
#[derive(Debug, Clone, Default)]
pub struct Document {
    automerge: Automerge,
    changes: Vec<DecodedChange>,
}

impl Document {
    /// An empty document, before its first edit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what `save` wrote.
    pub fn load(saved: &[u8]) -> Result<Self, DocumentError> {
        let automerge =
            Automerge::load(saved).map_err(|e| DocumentError::Automerge(e.to_string()))?;
        let changes = automerge
            .get_changes(&[])
            .iter()
            .map(change::decode)
            .collect::<Result<_, _>>()?;
        Ok(Document { automerge, changes })
    }

    /// Puts a document together from raw changes, each after those it builds on.
    pub fn from_changes<'a>(
        changes: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, DocumentError> {
        let mut document = Self::new();
        for change in changes {
            document.apply(change)?;
        }
        Ok(document)
    }

    /// The whole document, compressed, for the phone's own disk.
    pub fn save(&self) -> Vec<u8> {
        self.automerge.save()
    }

    /// Takes in a raw change; one that is here already changes nothing.
    pub fn apply(&mut self, raw: &[u8]) -> Result<(), DocumentError> {
        let change = Change::from_bytes(raw.to_vec())
            .map_err(|e| DocumentError::Automerge(e.to_string()))?;
        if self.has(&change.hash().0) {
            return Ok(());
        }
        if change.deps().iter().any(|dep| !self.has(&dep.0)) {
            return Err(DocumentError::MissingDependency);
        }
        let decoded = change::decode(&change)?;
        self.automerge
            .apply_changes([change])
            .map_err(|e| DocumentError::Automerge(e.to_string()))?;
        self.changes.push(decoded);
        Ok(())
    }

    /// Writes an edit and gives the raw change for the outbox; none when the document says all of it already.
    pub fn write(
        &mut self,
        actor: ActorId,
        at_ms: i64,
        edit: Edit,
    ) -> Result<Option<Vec<u8>>, DocumentError> {
        let fields = self.fields(None);
        let writes: Vec<_> = edit
            .writes
            .into_iter()
            .filter(|(key, value)| !fields.says(key, value.as_ref()))
            .collect();
        if writes.is_empty() {
            return Ok(None);
        }
        self.automerge
            .set_actor(actor.0.as_bytes().as_slice().into());
        let mut transaction = self.automerge.transaction();
        for (key, value) in writes {
            let written = match value {
                Some(value) => transaction.put(ROOT, key, value.into_automerge()),
                None => transaction.delete(ROOT, key),
            };
            written.map_err(|e| DocumentError::Automerge(e.to_string()))?;
        }
        transaction.commit_with(CommitOptions::default().with_time(at_ms));
        let Some(change) = self.automerge.get_last_local_change() else {
            return Ok(None);
        };
        self.changes.push(change::decode(&change)?);
        Ok(Some(change.raw_bytes().to_vec()))
    }

    /// The change hashes that nothing builds on yet, in hex, sorted: names this very version.
    pub fn heads(&self) -> Vec<String> {
        let mut heads: Vec<_> = self
            .automerge
            .get_heads()
            .iter()
            .map(|hash| change::hex(&hash.0))
            .collect();
        heads.sort();
        heads
    }

    /// Every change, each after those it builds on.
    pub fn changes(&self) -> &[DecodedChange] {
        &self.changes
    }

    /// Whether every one of these changes (hex) is here.
    pub fn has_all(&self, hashes: &[String]) -> bool {
        hashes
            .iter()
            .all(|hash| self.changes.iter().any(|c| change::hex(&c.hash) == *hash))
    }

    /// What it says now, or what it said at these heads.
    pub fn fields(&self, at: Option<&[String]>) -> Fields {
        fields_at(&self.changes, at)
    }

    /// Reads an entry; see `read_entry`.
    pub fn entry(
        &self,
        id: DocumentId,
        locked_at: Option<&[String]>,
    ) -> Result<Entry, DocumentError> {
        Ok(read_entry(id, &self.changes, locked_at)?)
    }

    /// Reads a report.
    pub fn report(&self, id: DocumentId) -> Result<Report, DocumentError> {
        Ok(read_report(id, &self.changes)?)
    }

    /// Every earlier wording; see `read_revisions`.
    pub fn revisions(&self, locked_at: Option<&[String]>) -> Vec<Revision> {
        read_revisions(&self.changes, locked_at)
    }

    fn has(&self, hash: &[u8; 32]) -> bool {
        self.changes.iter().any(|c| c.hash == *hash)
    }
}

/// Reads an entry from its changes. Once locked, its fields read as they stood then, and only additions are taken from later changes.
pub fn read_entry(
    id: DocumentId,
    changes: &[DecodedChange],
    locked_at: Option<&[String]>,
) -> Result<Entry, SchemaError> {
    let mut fields = fields_at(changes, locked_at);
    if locked_at.is_some() {
        fields.take_additions(fields_at(changes, None));
    }
    entry::read(id, &fields)
}

/// Reads a report from its changes.
pub fn read_report(id: DocumentId, changes: &[DecodedChange]) -> Result<Report, SchemaError> {
    report::read(id, &fields_at(changes, None))
}

/// Every wording there was, oldest first, with who and when.
pub fn read_revisions(changes: &[DecodedChange], locked_at: Option<&[String]>) -> Vec<Revision> {
    let within = locked_at.map(|heads| change::ancestors(changes, heads));
    let revision = |c: &DecodedChange| Revision {
        by: c.actor,
        at_ms: c.at_ms,
        writes: c
            .writes
            .iter()
            .map(|w| (w.key.clone(), w.value.as_ref().map(Scalar::to_text)))
            .collect(),
        is_after_lock: within
            .as_ref()
            .is_some_and(|hashes| !hashes.contains(&c.hash)),
    };
    changes.iter().map(revision).collect()
}

/// The entry that a key of a report names, if it names one.
pub fn reported_entry(key: &str) -> Option<DocumentId> {
    key.strip_prefix(key::ENTRY)?.parse().ok()
}

fn fields_at(changes: &[DecodedChange], at: Option<&[String]>) -> Fields {
    match at {
        None => Fields::of(changes.iter()),
        Some(heads) => {
            let within = change::ancestors(changes, heads);
            Fields::of(changes.iter().filter(|c| within.contains(&c.hash)))
        }
    }
}
