//! Starting: what lies on the disk comes on the screen with no network; then the events that keep it fresh are listened to.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join3};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Session;
use shared::domain::{DocumentId, StaffId};
use shared::sync::{DocumentKind, PHONE_KEEPS_MS};

use super::account::{HAS_HAD_PEOPLE, PEOPLE, SESSION};
use super::exchange::LAST_CONTACT;
use super::{Access, OutboxView, State};
use crate::browser::{clock, lock, preferences, wake, worker};
use crate::storage::{StorageError, Write};

/// How many documents are read before the page gets a turn.
const ROWS_AT_ONCE: usize = 50;

impl State {
    pub(super) fn boot(self) {
        spawn_local(async move {
            self.read_disk().await;
            self.notice_eviction().await;
            spawn_local(self.keep_reserve());
            self.listen();
            self.watch_lock();
            spawn_local(worker::register(move || self.has_update.set(true)));
            self.check_session().await;
            self.exchange().await;
            if let Err(failure) = self.forget_old().await {
                leptos::logging::error!("old documents could not be forgotten: {failure}");
            }
        });
    }

    /// A phone that has had people on it and knows none any more was emptied by its browser: that is said, not passed over.
    async fn notice_eviction(self) {
        let people: Result<Option<Vec<(StaffId, String)>>, _> =
            self.disk.get_value().fact(PEOPLE).await;
        if matches!(people, Ok(None)) && preferences::is_on(HAS_HAD_PEOPLE) {
            self.was_evicted.set(true);
        }
        self.is_kept.set(worker::is_persisted().await);
    }

    /// Reads who is signed in and all that the pages show.
    pub(super) async fn read_disk(self) {
        match self.refresh().await {
            Ok(()) => self.disk_answered(),
            Err(failure) => {
                self.save_failure.set(Some(failure));
                if self.access.get_untracked() == Access::Loading {
                    self.access.set(Access::SignedOut);
                }
            }
        }
    }

    /// Reads the disk again, as after another tab, the worker or an exchange wrote.
    pub(super) async fn refresh(self) -> Result<(), StorageError> {
        let disk = self.disk.get_value();
        // By itself, since it opens the database.
        let session = self.watched(disk.fact(SESSION)).await?;
        let contact = disk.fact(LAST_CONTACT);
        let Some(session): Option<Session> = session else {
            self.last_contact_ms.set(contact.await?);
            self.access.set(Access::SignedOut);
            return Ok(());
        };
        let staff = session.staff;
        let is_new = self.session_untracked().as_ref() != Some(&session);
        let meeting = async {
            if is_new {
                self.meet(&session).await?;
            }
            Ok::<_, StorageError>(())
        };
        // Asked for together: every answer by itself is a turn to wait for.
        let (contact, met, counted) = join3(contact, meeting, self.count_outbox(staff)).await;
        self.last_contact_ms.set(contact?);
        met?;
        let read = match counted {
            Ok(()) => self.read_documents(staff).await,
            Err(failure) => Err(failure),
        };
        // Only now: the status line says nothing before it has counted.
        if is_new {
            self.access.set(Access::SignedIn(session));
        }
        read
    }

    /// Reads what is this person's, but for the documents and the outbox.
    async fn meet(self, session: &Session) -> Result<(), StorageError> {
        self.forget_screen();
        let staff = session.staff;
        let disk = self.disk.get_value();
        let name = format!("recent/{staff}");
        // Whether the school can be read hangs on the vault.
        let school = async {
            self.meet_vault(staff).await?;
            self.read_school(staff).await
        };
        let (school, sealer, recent) =
            join3(school, self.meet_sealer(session), disk.fact(&name)).await;
        school?;
        sealer?;
        self.recent.set(recent?.unwrap_or_default());
        Ok(())
    }

    async fn read_documents(self, staff: StaffId) -> Result<(), StorageError> {
        if !self.disk.get_value().is_open() {
            // What was written since it was locked stands in memory alone.
            return Ok(());
        }
        while !self.read_documents_once(staff).await? {}
        Ok(())
    }

    async fn read_documents_once(self, staff: StaffId) -> Result<bool, StorageError> {
        let writes = self.writes.get_value();
        let is_old = || self.writes.get_value() != writes;
        let disk = self.disk.get_value();
        let mut rows = disk
            .documents(staff, DocumentKind::Entry, clock::now_ms() - PHONE_KEEPS_MS)
            .await?;
        rows.extend(disk.documents(staff, DocumentKind::Report, 0).await?);
        let here: BTreeSet<DocumentId> = rows.iter().map(|row| row.id).collect();
        let shown: Vec<DocumentId> = self
            .shown
            .with_value(|shown| shown.keys().copied().collect());
        if is_old() {
            return Ok(false);
        }
        for gone in shown.into_iter().filter(|id| !here.contains(id)) {
            self.hide(gone);
        }
        for some in rows.rchunks(ROWS_AT_ONCE) {
            some.iter().for_each(|row| self.show(row));
            // A thumb that comes in between is not kept waiting.
            clock::wait(0).await;
            if is_old() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Counts what lies in the outbox.
    pub(super) async fn count_outbox(self, staff: StaffId) -> Result<(), StorageError> {
        let disk = self.disk.get_value();
        loop {
            let writes = self.writes.get_value();
            let (outbox, sent) = join(disk.outbox(), disk.sent()).await;
            let (outbox, sent) = (outbox?, sent?);
            if self.writes.get_value() == writes {
                self.outbox.set(OutboxView::of(
                    staff,
                    &outbox,
                    &sent,
                    clock::midnight_before(clock::now_ms()),
                ));
                return Ok(());
            }
        }
    }

    /// Takes everything off the screen that belongs to a person.
    pub(super) fn clear_screen(self) {
        self.forget_screen();
        self.recent.update(Vec::clear);
        self.outbox.set(OutboxView::default());
        self.school.set(None);
    }

    /// Takes every document off the screen and out of memory.
    pub(super) fn forget_screen(self) {
        // What stands on the screen as it lies on the disk is not drawn again, unless it is taken off here too.
        self.shown.update_value(BTreeMap::clear);
        self.entries.update(BTreeMap::clear);
        self.reports.update(BTreeMap::clear);
    }

    fn listen(self) {
        self.is_online.set(wake::is_online());
        wake::on_network(move |is_online| {
            self.is_online.set(is_online);
            if is_online {
                self.failures.set_value(0);
                spawn_local(self.exchange());
            }
        });
        wake::on_visibility(move |is_visible| {
            self.is_out_of_sight.set(!is_visible);
            if is_visible {
                self.failures.set_value(0);
                spawn_local(async move {
                    self.lock_if_due(false).await;
                    self.read_disk().await;
                    self.exchange().await;
                });
            } else {
                self.close_live();
            }
        });
        wake::on_other_wrote(move || spawn_local(self.read_disk()));
    }

    /// Entries older than a day leave the phone once the server has all of them; so does what was sent.
    pub(super) async fn forget_old(self) -> Result<(), StorageError> {
        let Some(session) = self.session_untracked() else {
            return Ok(());
        };
        let _disk_lock = lock::take(lock::DISK).await;
        let disk = self.disk.get_value();
        if !disk.is_open() {
            // What cannot be read has no age: it waits until it can.
            return Ok(());
        }
        let before_ms = clock::now_ms() - PHONE_KEEPS_MS;
        let outbox = disk.outbox().await?;
        let fresh = disk
            .documents(session.staff, DocumentKind::Entry, before_ms)
            .await?;
        let reports = disk
            .documents(session.staff, DocumentKind::Report, 0)
            .await?;
        let stays = |id| {
            fresh.iter().chain(&reports).any(|row| row.id == id)
                || outbox.iter().any(|item| item.document == id)
        };
        let old = disk
            .document_ids(session.staff)
            .await?
            .into_iter()
            .filter(|id| !stays(*id))
            .map(Write::ForgetDocument);
        let sent = disk
            .sent()
            .await?
            .into_iter()
            .filter(|sent| sent.at_ms < before_ms)
            .map(|sent| Write::ForgetSent(sent.hash));
        let writes: Vec<_> = old.chain(sent).collect();
        if writes.is_empty() {
            Ok(())
        } else {
            disk.write(&writes).await
        }
    }

    /// Asks the server for a newer version of the app: without it, what this one lacks may be gone there.
    pub fn look_for_update(self) {
        spawn_local(worker::look_for_update());
    }

    /// Takes the new version of the app into use; the page loads again, when what is being typed is saved.
    pub fn take_update(self) {
        spawn_local(async move {
            let _disk_lock = self.settle_disk().await;
            worker::take_update().await;
        });
    }
}
