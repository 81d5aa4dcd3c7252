//! The loop around `sync`: everything unsent up and everything new down, again while there is more, later when there is no
//! contact. One at a time over all tabs; no lock on the disk is held while the server is waited for.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{School, Session, path};
use shared::domain::{DocumentId, StaffId};
use shared::sync::answer::Answer;
use shared::sync::{Cursor, Hex};
use uuid::Uuid;

use super::account::{VERIFYING, cursors_key};
use super::saving::Sealer;
use super::{Access, State};
use crate::browser::wake::{self, Live};
use crate::browser::{clock, fetch, lock};
use crate::storage::{DocumentRow, ItemState, StorageError, Write, disk};
use crate::sync::answer::{self, Refusal};
use crate::sync::receive::{Before, lost_scopes, receive};
use crate::sync::{batch, pace};

pub(super) const LAST_CONTACT: &str = "last_contact_ms";
const EPOCH: &str = "epoch";

/// Why an exchange ended.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
enum Stop {
    #[error("nothing more to do")]
    Done,
    #[error("there was no contact")]
    NoContact,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the server took none of what was sent")]
    NoProgress,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl State {
    /// Sends and fetches now. When one is under way another follows it.
    pub async fn exchange(self) {
        if self.is_sending.get_untracked() {
            self.is_wanted.set_value(true);
            return;
        }
        let Some(_sending) = lock::take_if_free(lock::SENDING).await else {
            return self.try_later();
        };
        self.is_sending.set(true);
        let stop = loop {
            self.is_wanted.set_value(false);
            match self.round().await {
                Ok(()) => {}
                Err(Stop::Done) if self.is_wanted.get_value() => {}
                Err(stop) => break stop,
            }
        };
        self.is_sending.set(false);
        self.end(stop);
    }

    fn end(self, stop: Stop) {
        match stop {
            Stop::Done => {
                self.failures.set_value(0);
                self.is_online.set(true);
                self.disk_answered();
                self.open_live();
                spawn_local(self.count_unopened());
            }
            Stop::Refused(Refusal::SignedOut) => {
                self.close_live();
                if matches!(self.access.get_untracked(), Access::SignedIn(_)) {
                    self.session_expired();
                    // It may say why.
                    spawn_local(self.check_session());
                }
            }
            Stop::Storage(failure) => {
                self.save_failure.set(Some(failure));
                self.try_later();
            }
            Stop::NoContact | Stop::Refused(Refusal::NotTheServer) => {
                // Whatever the browser believes: the server was not reached.
                self.is_online.set(false);
                self.try_later();
            }
            Stop::NoProgress | Stop::Refused(Refusal::NotNow) => self.try_later(),
        }
    }

    fn try_later(self) {
        self.failures.update_value(|failures| *failures += 1);
        let failures = self.failures.get_value();
        spawn_local(async move {
            clock::wait(pace::wait_ms(failures, clock::chance())).await;
            // A later failure, or a success, has its own next attempt.
            if self.failures.get_value() == failures {
                self.exchange().await;
            }
        });
    }

    /// One request and its answer; `Ok` when there is more. With the vault closed, or nobody signed in, what is sealed goes up and
    /// nothing comes down.
    async fn round(self) -> Result<(), Stop> {
        let session = self.session_untracked();
        let staff = session.as_ref().map(|session| session.staff);
        let disk = self.disk.get_value();
        let reader = session.as_ref().filter(|_| disk.is_open());
        let cursors: Vec<Cursor> = match reader {
            Some(reader) => disk
                .fact(&cursors_key(reader.staff))
                .await?
                .unwrap_or_default(),
            None => Vec::new(),
        };
        let Some(key) = disk.fact::<Hex<32>>(VERIFYING).await? else {
            return Err(Stop::Done);
        };
        let outbox = disk.outbox().await?;
        let header = batch::header(cursors.clone(), reader.map(|reader| reader.device));
        let items = batch::next(&outbox, staff, header.len());
        if session.is_none() && items.is_empty() {
            return Err(Stop::Done);
        }
        let body = batch::body(&header, &items);
        let (status, body) = fetch::post(path::SYNC, &body)
            .await
            .map_err(|_| Stop::NoContact)?;
        let answer = answer::read(status, &body, &key)?;
        let reader = reader.filter(|_| answer.head.is_signed_in);
        let is_quiet = items.is_empty()
            && answer.head.documents.is_empty()
            && (reader.is_none() || answer.head.cursors == cursors);
        let settled = if is_quiet {
            self.note_contact(reader, &answer).await?
        } else {
            self.take_in(reader, cursors, &answer).await?
        };
        if reader.is_some() {
            // Somebody has signed in again, in another tab.
            if let Access::Expired(session) = self.access.get_untracked() {
                self.access.set(Access::SignedIn(session));
            }
            self.follow_server(&answer).await;
        }
        let has_more = answer.head.has_more || batch::waiting(&outbox, staff).count() > items.len();
        if settled < items.len() && (settled == 0 || !has_more) {
            return Err(Stop::NoProgress);
        }
        match has_more {
            true => Ok(()),
            // What could go up has gone up.
            false if session.is_some() && !answer.head.is_signed_in => {
                Err(Stop::Refused(Refusal::SignedOut))
            }
            false => Err(Stop::Done),
        }
    }

    /// Fetches anew what the answer says has changed: the school, the keys.
    async fn follow_server(self, answer: &Answer) {
        let has_school = |school: &School| school.version == answer.head.school_version;
        if !self
            .school
            .get_untracked()
            .is_some_and(|school| has_school(&school))
        {
            self.fetch_school().await;
            // Roles and classes may be among what has changed; once for each version, whether the school came or not.
            let version = Some(answer.head.school_version);
            if self.asked_version.get_value() != version {
                self.asked_version.set_value(version);
                spawn_local(self.check_session());
            }
        }
        let has_keys = |sealer: &Sealer| sealer.keys.key_id == answer.head.key_id;
        let has_asked = self.asked_key.get_value() == Some(answer.head.key_id);
        // Once for each: keys that nobody vouches for would be asked for without end.
        if !has_asked && !self.sealer.get_value().as_ref().is_some_and(has_keys) {
            self.asked_key.set_value(Some(answer.head.key_id));
            spawn_local(self.check_session());
        }
    }

    /// Writes what the answer means in one transaction; how many items it settled.
    async fn take_in(
        self,
        reader: Option<&Session>,
        cursors: Vec<Cursor>,
        answer: &Answer,
    ) -> Result<usize, Stop> {
        let _disk_lock = lock::take(lock::DISK).await;
        let disk = self.disk.get_value();
        // Locked meanwhile: the receipts count, the documents come again.
        let reader = reader.filter(|reader| self.open_for.get_value() == Some(reader.staff));
        let answer = &match reader {
            Some(_) => answer.clone(),
            None => without_feed(answer),
        };
        let before = Before {
            staff: reader.map_or(StaffId(Uuid::nil()), |reader| reader.staff),
            now_ms: clock::now_ms(),
            outbox: disk.outbox().await?,
            sent: disk.sent().await?,
            documents: match reader {
                Some(reader) => self.documents_of(reader, &cursors, answer).await?,
                None => BTreeMap::new(),
            },
            cursors: reader.map(|_| cursors).unwrap_or_default(),
            epoch: disk.fact(EPOCH).await?,
        };
        let mut received = receive(&before, answer);
        received.writes.extend(
            reader.map(|reader| disk::fact(cursors_key(reader.staff), &answer.head.cursors)),
        );
        received.writes.extend([
            disk::fact(EPOCH, &answer.head.epoch),
            disk::fact(LAST_CONTACT, &before.now_ms),
        ]);
        disk.write(&received.writes).await?;
        if received.unreadable > 0 {
            leptos::logging::error!(
                "{} documents of the feed cannot be read",
                received.unreadable
            );
        }
        self.note_write();
        for write in &received.writes {
            match write {
                Write::Document(row) => self.show(row),
                Write::ForgetDocument(id) => self.hide(*id),
                _ => {}
            }
        }
        if let Some(session) = self.session_untracked() {
            self.count_outbox(session.staff).await?;
        }
        self.last_contact_ms.set(Some(before.now_ms));
        wake::tell_others();
        Ok(received.settled)
    }

    async fn note_contact(self, reader: Option<&Session>, answer: &Answer) -> Result<usize, Stop> {
        let now_ms = clock::now_ms();
        let disk = self.disk.get_value();
        let known: Option<String> = disk.fact(EPOCH).await?;
        if known.is_none_or(|epoch| epoch == answer.head.epoch) {
            disk.write(&[
                disk::fact(LAST_CONTACT, &now_ms),
                disk::fact(EPOCH, &answer.head.epoch),
            ])
            .await?;
            self.last_contact_ms.set(Some(now_ms));
            return Ok(0);
        }
        self.take_in(reader, answer.head.cursors.clone(), answer)
            .await?;
        // What was offered again is in the outbox now.
        self.is_wanted.set_value(true);
        Ok(0)
    }

    /// The documents that an answer names, and all of them when a scope was lost.
    async fn documents_of(
        self,
        session: &Session,
        cursors: &[Cursor],
        answer: &Answer,
    ) -> Result<BTreeMap<DocumentId, DocumentRow>, StorageError> {
        let disk = self.disk.get_value();
        let mut ids: Vec<_> = answer
            .head
            .documents
            .iter()
            .map(|news| news.document)
            .collect();
        if !lost_scopes(cursors, &answer.head.cursors).is_empty() {
            ids.extend(disk.document_ids(session.staff).await?);
        }
        let mut documents = BTreeMap::new();
        for id in ids {
            if !documents.contains_key(&id)
                && let Some(row) = disk.document(id).await?
            {
                documents.insert(id, row);
            }
        }
        Ok(documents)
    }

    /// Only a page that somebody sees listens. A browser keeps few connections to one server, and a page it has put away,
    /// for a step back or in another tab, would keep one of them: after six, no page gets an answer any more.
    fn open_live(self) {
        if !wake::is_visible() || !matches!(self.access.get_untracked(), Access::SignedIn(_)) {
            return;
        }
        let is_open = self
            .live
            .with_value(|live| live.as_ref().is_some_and(|live| !live.is_closed()));
        if is_open {
            return;
        }
        let exchange_after = move |wait_ms: u32| {
            spawn_local(async move {
                clock::wait(wait_ms).await;
                self.exchange().await;
            });
        };
        self.live.set_value(Live::open(
            path::LIVE,
            move || exchange_after(pace::after_ping_ms(clock::chance())),
            move || exchange_after(pace::LISTEN_AGAIN_MS),
        ));
    }

    pub(super) fn close_live(self) {
        self.live.set_value(None);
    }

    /// All that is to be sent, of everybody, as a file that the server takes in (`friminutt take-in`); sealed as it lies here.
    pub async fn unsent_file(self) -> Result<Vec<u8>, StorageError> {
        let outbox = self.disk.get_value().outbox().await?;
        let unsent: Vec<_> = outbox
            .iter()
            .filter(|item| item.is_sealed() && item.state != ItemState::Held)
            .collect();
        Ok(batch::body(&batch::header(Vec::new(), None), &unsent))
    }

    /// Lets the server judge again what it had put aside.
    pub async fn send_again(self, document: DocumentId) -> Result<(), StorageError> {
        let disk_lock = lock::take(lock::DISK).await;
        let disk = self.disk.get_value();
        let put_aside = disk
            .outbox()
            .await?
            .into_iter()
            .filter(|item| item.document == document && item.state == ItemState::Problem);
        let writes: Vec<_> = put_aside
            .map(|item| {
                Write::Item(crate::storage::ItemRow {
                    state: ItemState::Waiting,
                    reason: String::new(),
                    ..item
                })
            })
            .collect();
        disk.write(&writes).await?;
        drop(disk_lock);
        self.refresh().await?;
        self.exchange().await;
        Ok(())
    }
}

/// The same answer with nothing coming down.
fn without_feed(answer: &Answer) -> Answer {
    let mut answer = answer.clone();
    answer.head.documents.clear();
    answer.head.cursors.clear();
    answer.changes.clear();
    answer
}
