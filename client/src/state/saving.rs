//! Saving an edit: the document and its outbox item in one transaction on the disk, and only then is anybody told *Lagret*.
//! What the disk refuses stays in memory, loudly, and goes with the next attempt.

use leptos::prelude::*;
use shared::document::{Document, DocumentError, Edit, EditError};
use shared::domain::{DocumentId, StaffId};
use shared::sync::DocumentKind;

use super::{State, View, view};
use crate::browser::{clock, lock, wake, worker};
use crate::storage::{DocumentRow, ItemRow, ItemState, StorageError, Write};

/// Why an edit is not on the disk.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SaveError {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the document is not on this phone")]
    NotHere,
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A document with the items that go with it, before it is on the disk.
#[derive(Debug, Clone)]
pub struct Unsaved {
    pub row: DocumentRow,
    pub items: Vec<ItemRow>,
}

/// Which document an edit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    New { id: DocumentId, kind: DocumentKind, at_ms: i64 },
    Existing(DocumentId),
}

impl State {
    /// Writes an edit and returns when it is on the disk. `state` says whether it is to be sent.
    pub(super) async fn save(self, target: Target, edit: Edit, state: ItemState) -> Result<(), SaveError> {
        let session = self.session_untracked().ok_or(SaveError::SignedOut)?;
        let _disk_lock = lock::take(lock::DISK).await;
        let mut unsaved = self.row_of(target, session.staff).await?;
        if state == ItemState::Waiting {
            self.release_held(&mut unsaved).await?;
        }
        let row = &mut unsaved.row;
        let mut document = if row.saved.is_empty() { Document::new() } else { Document::load(&row.saved)? };
        let Some(change) = document.write(session.actor, clock::now_ms(), edit)? else {
            return self.write_unsaved().await;
        };
        row.saved = document.save();
        if !row.actors.iter().any(|(actor, _)| *actor == session.actor) {
            row.actors.push((session.actor, session.staff));
        }
        unsaved.items.push(ItemRow::new(session.staff, unsaved.row.kind, unsaved.row.id, &change, state));
        self.unsaved.update_value(|all| {
            all.retain(|other| other.row.id != unsaved.row.id);
            all.push(unsaved);
        });
        self.write_unsaved().await
    }

    /// Writes what is not on the disk yet; everything or nothing.
    async fn write_unsaved(self) -> Result<(), SaveError> {
        let unsaved = self.unsaved.get_value();
        let mut writes = Vec::new();
        for one in &unsaved {
            writes.push(Write::Document(one.row.clone()));
            writes.extend(one.items.iter().cloned().map(Write::Item));
        }
        if !writes.is_empty()
            && let Err(failure) = self.disk.get_value().write(&writes).await
        {
            self.save_failure.set(Some(failure.clone()));
            return Err(failure.into());
        }
        self.save_failure.set(None);
        self.unsaved.update_value(Vec::clear);
        for one in unsaved {
            self.show_saved(&one);
        }
        wake::tell_others();
        self.after_save();
        Ok(())
    }

    /// Tries again to put on the disk what it refused.
    pub async fn save_again(self) -> Result<(), SaveError> {
        let _disk_lock = lock::take(lock::DISK).await;
        self.write_unsaved().await
    }

    fn show_saved(self, saved: &Unsaved) {
        self.show(&saved.row);
        let id = saved.row.id;
        self.outbox.update(|outbox| {
            for item in &saved.items {
                if item.state == ItemState::Held {
                    outbox.held.insert(id);
                } else {
                    outbox.waiting.insert(id);
                    outbox.held.remove(&id);
                }
            }
            outbox.sent.remove(&id);
        });
    }

    /// Puts one document on the screen.
    pub(super) fn show(self, row: &DocumentRow) {
        match view::of(row) {
            Some(View::Entry(entry)) => self.entries.update(|all| drop(all.insert(row.id, *entry))),
            Some(View::Report(report)) => self.reports.update(|all| drop(all.insert(row.id, *report))),
            None => leptos::logging::error!("a document on this phone cannot be read"),
        }
    }

    /// What was written as a draft goes up with the change that is to be sent.
    async fn release_held(self, unsaved: &mut Unsaved) -> Result<(), SaveError> {
        if unsaved.row.kind != DocumentKind::Report {
            return Ok(());
        }
        for item in &mut unsaved.items {
            item.state = ItemState::Waiting;
        }
        let held = self.disk.get_value().outbox().await?.into_iter();
        let held = held.filter(|item| item.document == unsaved.row.id && item.state == ItemState::Held);
        let released: Vec<_> = held.map(|item| ItemRow { state: ItemState::Waiting, ..item }).collect();
        unsaved.items.splice(0..0, released);
        Ok(())
    }

    async fn row_of(self, target: Target, staff: StaffId) -> Result<Unsaved, SaveError> {
        let id = match target {
            Target::New { id, .. } | Target::Existing(id) => id,
        };
        if let Some(unsaved) = self.unsaved.get_value().into_iter().find(|unsaved| unsaved.row.id == id) {
            return Ok(unsaved);
        }
        let row = match target {
            Target::Existing(id) => self.disk.get_value().document(id).await?.ok_or(SaveError::NotHere)?,
            Target::New { id, kind, at_ms } => DocumentRow {
                id,
                staff,
                kind,
                at_ms,
                author: staff,
                actors: Vec::new(),
                scopes: Default::default(),
                locked_at: None,
                receipts: None,
                saved: Vec::new(),
            },
        };
        Ok(Unsaved { row, items: Vec::new() })
    }

    fn after_save(self) {
        leptos::task::spawn_local(async move {
            worker::ask_to_send().await;
            self.exchange().await;
            if !self.has_asked_to_persist.get_value() {
                self.has_asked_to_persist.set_value(true);
                worker::ask_to_persist().await;
            }
        });
    }
}
