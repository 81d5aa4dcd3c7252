//! Saving an edit: the document and its outbox item in one transaction on the disk, and only then is anybody told *Lagret*.
//! What the disk refuses stays in memory, loudly, and goes with the next attempt.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{LogLine, OwnerReport};
use shared::document::{Document, DocumentError, Edit, EditError};
use shared::domain::{ActorId, DeviceId, DocumentId, Report, StaffId};
use shared::sync::owner::{OwnerItem, OwnerKey};
use shared::sync::sealing::{SealingKeys, seal};
use shared::sync::{DocumentKind, Item};

use super::{State, View, view};
use crate::browser::{clock, lock, random, wake, worker};
use crate::storage::{DocumentRow, ItemRow, ItemState, StorageError, Write};

/// Why an edit is not on the disk.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SaveError {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the document is not on this phone")]
    NotHere,
    #[error("the school owner has no key to seal a report to")]
    NoOwner,
    #[error("the report is too long to be sent in one")]
    TooLong,
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Which document an edit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    New {
        id: DocumentId,
        kind: DocumentKind,
        at_ms: i64,
    },
    Existing(DocumentId),
}

/// What a report to the school owner has beside what it says.
#[derive(Debug, Clone)]
pub struct ToOwner {
    pub key: OwnerKey,
    pub pupil_name: String,
    pub class_name: Option<String>,
    pub suspected_names: Vec<String>,
    pub reporter_name: String,
    pub told_by_name: String,
    pub entries: Vec<LogLine>,
}

/// An edit on its way to the disk, with all that the moment of the tap knew.
#[derive(Debug, Clone)]
pub struct Pending {
    target: Target,
    edit: Edit,
    /// Whether it is to be sent.
    state: ItemState,
    staff: StaffId,
    actor: ActorId,
    at_ms: i64,
    /// For what goes to the school owner instead of the school.
    to_owner: Option<ToOwner>,
}

/// What a person's device seals with.
#[derive(Debug, Clone)]
pub struct Sealer {
    pub staff: StaffId,
    pub device: DeviceId,
    pub keys: SealingKeys,
}

/// What one transaction is to write.
#[derive(Debug, Default)]
struct Prepared {
    rows: BTreeMap<DocumentId, DocumentRow>,
    items: Vec<ItemRow>,
    /// Parts of drafts that go nowhere.
    dropped: Vec<u32>,
}

impl State {
    /// Writes an edit and returns when it is on the disk. `state` says whether it is to be sent.
    pub(super) async fn save(
        self,
        target: Target,
        edit: Edit,
        state: ItemState,
    ) -> Result<(), SaveError> {
        self.save_to(target, edit, state, None).await
    }

    /// Writes an edit that ends a draft, and sends what the draft says to the school owner.
    pub(super) async fn save_for_owner(
        self,
        target: Target,
        edit: Edit,
        to: ToOwner,
    ) -> Result<(), SaveError> {
        self.save_to(target, edit, ItemState::Waiting, Some(to))
            .await
    }

    async fn save_to(
        self,
        target: Target,
        edit: Edit,
        state: ItemState,
        to_owner: Option<ToOwner>,
    ) -> Result<(), SaveError> {
        let session = self.session_untracked().ok_or(SaveError::SignedOut)?;
        let at_ms = clock::now_ms();
        let pending = Pending {
            target,
            edit,
            state,
            staff: session.staff,
            actor: session.actor,
            at_ms,
            to_owner,
        };
        let saved = self.save_with_refused(Some(pending.clone())).await;
        if let Err(SaveError::Storage(failure)) = &saved {
            self.keep_refused(pending, failure.clone());
        }
        saved
    }

    /// Tries again to put on the disk what it refused.
    pub(super) async fn save_again(self) -> Result<(), SaveError> {
        let saved = self.save_with_refused(None).await;
        if let Err(SaveError::Storage(failure)) = &saved {
            self.save_failure.set(Some(failure.clone()));
        }
        saved
    }

    /// Writes an edit together with those that the disk refused before; everything or nothing.
    async fn save_with_refused(self, own: Option<Pending>) -> Result<(), SaveError> {
        // Large: it would be copied at every await on the way here.
        self.watched(Box::pin(self.write_with_refused(own))).await
    }

    async fn write_with_refused(self, own: Option<Pending>) -> Result<(), SaveError> {
        let _disk_lock = lock::take(lock::DISK).await;
        let mut prepared = Prepared::default();
        for earlier in self.refused.get_value() {
            match self.prepare(&mut prepared, earlier).await {
                Err(SaveError::Storage(failure)) => return Err(failure.into()),
                Err(other) => {
                    leptos::logging::error!("an edit cannot be written any more: {other}")
                }
                Ok(()) => {}
            }
        }
        if let Some(own) = own {
            self.prepare(&mut prepared, own).await?;
        }
        let rows = prepared.rows.values().cloned().map(Write::Document);
        let writes: Vec<_> = rows
            .chain(prepared.items.iter().cloned().map(Write::Item))
            .chain(prepared.dropped.iter().copied().map(Write::DropHeld))
            .collect();
        if !writes.is_empty() {
            self.disk.get_value().write_entry(&writes).await?;
        }
        self.refused.update_value(Vec::clear);
        self.save_failure.set(None);
        self.show_saved(&prepared);
        wake::tell_others();
        spawn_local(self.after_save());
        Ok(())
    }

    /// Makes the change that an edit is, on top of what the document says now.
    async fn prepare(self, prepared: &mut Prepared, pending: Pending) -> Result<(), SaveError> {
        let row = self.row_of(prepared, &pending).await?;
        let mut document = if row.saved.is_empty() {
            Document::new()
        } else {
            Document::load(&row.saved)?
        };
        let Some(change) = document.write(pending.actor, pending.at_ms, pending.edit)? else {
            return Ok(());
        };
        let mut row = DocumentRow {
            saved: document.save(),
            ..row
        };
        if !row.actors.iter().any(|(actor, _)| *actor == pending.actor) {
            row.actors.push((pending.actor, pending.staff));
        }
        let sealed = match &pending.to_owner {
            None => {
                if row.kind == DocumentKind::Report && pending.state == ItemState::Waiting {
                    self.release_held(prepared, row.id).await?;
                }
                let item = Item {
                    kind: row.kind,
                    document: row.id,
                    change: &change,
                };
                self.seal(pending.staff, &item.encode())?
            }
            Some(to) => {
                self.drop_held(prepared, row.id).await?;
                let item = for_owner(document.report(row.id)?, to)?;
                self.seal(pending.staff, &item.encode())?
            }
        };
        prepared
            .items
            .push(ItemRow::new(pending.staff, row.id, sealed, pending.state));
        prepared.rows.insert(row.id, row);
        Ok(())
    }

    /// An item as it goes up: only the server opens it.
    fn seal(self, staff: StaffId, item: &[u8]) -> Result<Vec<u8>, SaveError> {
        let sealer = self
            .sealer
            .get_value()
            .filter(|sealer| sealer.staff == staff)
            .ok_or(StorageError::NoKeys)?;
        let sealed = seal(item, sealer.device, &sealer.keys, random::fill);
        Ok(sealed.map_err(|_| StorageError::NoKeys)?)
    }

    async fn row_of(
        self,
        prepared: &Prepared,
        pending: &Pending,
    ) -> Result<DocumentRow, SaveError> {
        let id = match pending.target {
            Target::New { id, .. } | Target::Existing(id) => id,
        };
        if let Some(row) = prepared.rows.get(&id) {
            return Ok(row.clone());
        }
        match pending.target {
            Target::Existing(id) => {
                let on_disk = self.disk.get_value().document(id).await?;
                // A locked phone has what it wrote since then in memory alone.
                let row = on_disk.or_else(|| self.shown.with_value(|all| all.get(&id).cloned()));
                row.ok_or(SaveError::NotHere)
            }
            Target::New { id, kind, at_ms } => Ok(DocumentRow {
                id,
                staff: pending.staff,
                kind,
                at_ms,
                author: pending.staff,
                actors: Vec::new(),
                scopes: Default::default(),
                locked_at: None,
                receipts: None,
                saved: Vec::new(),
            }),
        }
    }

    /// What was written as a draft goes up with the change that is to be sent.
    async fn release_held(self, prepared: &mut Prepared, id: DocumentId) -> Result<(), SaveError> {
        for item in prepared.items.iter_mut().filter(|item| item.document == id) {
            item.state = ItemState::Waiting;
        }
        let outbox = self.disk.get_value().outbox().await?.into_iter();
        let held = outbox.filter(|item| item.document == id && item.state == ItemState::Held);
        let released: Vec<_> = held
            .map(|item| ItemRow {
                state: ItemState::Waiting,
                ..item
            })
            .collect();
        prepared.items.splice(0..0, released);
        Ok(())
    }

    /// What was written as a draft goes nowhere: it went to the school owner whole.
    async fn drop_held(self, prepared: &mut Prepared, id: DocumentId) -> Result<(), SaveError> {
        prepared.items.retain(|item| item.document != id);
        let outbox = self.disk.get_value().outbox().await?.into_iter();
        let held = outbox.filter(|item| item.document == id && item.state == ItemState::Held);
        prepared.dropped.extend(held.filter_map(|item| item.number));
        Ok(())
    }

    fn show_saved(self, saved: &Prepared) {
        self.note_write();
        for row in saved.rows.values() {
            self.show(row);
        }
        self.outbox.update(|outbox| {
            for item in &saved.items {
                if item.state == ItemState::Held {
                    outbox.held.insert(item.document);
                } else {
                    outbox.waiting.insert(item.document);
                    outbox.held.remove(&item.document);
                }
                outbox.sent.remove(&item.document);
            }
        });
    }

    /// What was read from the disk before this is old.
    pub(super) fn note_write(self) {
        self.writes.update_value(|writes| *writes += 1);
    }

    /// Puts one document on the screen, unless it stands there already.
    pub(super) fn show(self, row: &DocumentRow) {
        if self
            .shown
            .with_value(|shown| shown.get(&row.id) == Some(row))
        {
            return;
        }
        match view::of(row) {
            Some(View::Entry(entry)) => self.entries.update(|all| drop(all.insert(row.id, *entry))),
            Some(View::Report(report)) => {
                self.reports.update(|all| drop(all.insert(row.id, *report)))
            }
            None => leptos::logging::error!("a document on this phone cannot be read"),
        }
        self.shown
            .update_value(|shown| drop(shown.insert(row.id, row.clone())));
    }

    /// Takes one document off the screen.
    pub(super) fn hide(self, id: DocumentId) {
        if self
            .shown
            .try_update_value(|shown| shown.remove(&id))
            .flatten()
            .is_some()
        {
            self.entries.update(|all| drop(all.remove(&id)));
            self.reports.update(|all| drop(all.remove(&id)));
        }
    }

    async fn after_save(self) {
        spawn_local(worker::ask_to_send());
        spawn_local(self.keep_reserve());
        self.exchange().await;
        if !self.has_asked_to_persist.get_value() {
            self.has_asked_to_persist.set_value(true);
            self.is_kept.set(worker::ask_to_persist().await);
        }
    }
}

/// Sealed to the owner; without the entries it builds on when it would be too long for one request.
fn for_owner(report: Report, to: &ToOwner) -> Result<OwnerItem, SaveError> {
    let mut whole = OwnerReport {
        report,
        pupil_name: to.pupil_name.clone(),
        class_name: to.class_name.clone(),
        entries: to.entries.clone(),
        suspected_names: to.suspected_names.clone(),
        reporter_name: to.reporter_name.clone(),
        told_by_name: to.told_by_name.clone(),
        is_passed_on: false,
    };
    let seal = |report: &OwnerReport| {
        let item = OwnerItem::seal(report, &to.key, random::fill);
        item.map_err(|_| SaveError::NoOwner)
    };
    let item = seal(&whole)?;
    if item.is_sendable() {
        return Ok(item);
    }
    whole.entries.clear();
    let item = seal(&whole)?;
    match item.is_sendable() {
        true => Ok(item),
        false => Err(SaveError::TooLong),
    }
}
