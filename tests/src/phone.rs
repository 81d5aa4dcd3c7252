//! A phone in memory: documents and outbox as the real one has them, made with the same code, sent over the same wire.

use std::collections::BTreeMap;

use shared::document::entry::{self, NewEntry};
use shared::document::report::{self, NewReport};
use shared::document::{Document, Edit};
use shared::domain::{DocumentId, Entry, EntryKind, Part, PupilId, PupilRef, ReportOrigin, What};
use shared::sync::{
    Cursor, DocumentKind, FeedDocument, Item, Outcome, SyncAnswer, SyncRequest, frame,
};
use uuid::Uuid;

use crate::school::Person;
use crate::server::Server;

/// One person's phone.
pub struct Phone {
    pub person: Person,
    pub documents: BTreeMap<DocumentId, Document>,
    /// Items not receipted yet, oldest first.
    pub outbox: Vec<Vec<u8>>,
    pub cursors: Vec<Cursor>,
    /// What the feed last said of each document, by scope.
    pub told: BTreeMap<(String, DocumentId), FeedDocument>,
}

impl Phone {
    pub fn of(person: &Person) -> Phone {
        Phone {
            person: person.clone(),
            documents: BTreeMap::new(),
            outbox: Vec::new(),
            cursors: Vec::new(),
            told: BTreeMap::new(),
        }
    }

    /// The first tap.
    pub fn log(&mut self, what: What, happened_at_ms: i64) -> DocumentId {
        let new = NewEntry {
            kind: EntryKind::Observation,
            what,
            happened_at_ms,
            recorded_at_ms: server::clock::now_ms(),
            zone: None,
        };
        let id = DocumentId(Uuid::now_v7());
        self.write(id, DocumentKind::Entry, entry::begin(&new));
        id
    }

    /// The first tap, with one pupil in it.
    pub fn log_pupil(
        &mut self,
        what: What,
        happened_at_ms: i64,
        pupil: PupilId,
        part: &Part,
    ) -> DocumentId {
        let id = self.log(what, happened_at_ms);
        self.amend(id, entry::set_pupil(PupilRef::Known(pupil), Some(part)));
        id
    }

    pub fn amend(&mut self, id: DocumentId, edit: Edit) {
        self.write(id, DocumentKind::Entry, edit);
    }

    /// A report on an entry, not sent yet.
    pub fn begin_report(&mut self, pupil: Option<PupilId>, entries: &[DocumentId]) -> DocumentId {
        let entries = entries
            .iter()
            .map(|id| (*id, self.documents[id].heads()))
            .collect();
        let recorded_at_ms = server::clock::now_ms();
        let new = NewReport {
            recorded_at_ms,
            origin: ReportOrigin::ByHand,
            pupil,
            happened: "Sto utenfor hele friminuttet".into(),
            entries,
        };
        let id = DocumentId(Uuid::now_v7());
        self.write(
            id,
            DocumentKind::Report,
            report::begin(&new).expect("within the limits"),
        );
        id
    }

    pub fn write_report(&mut self, id: DocumentId, edit: Edit) {
        self.write(id, DocumentKind::Report, edit);
    }

    fn write(&mut self, id: DocumentId, kind: DocumentKind, edit: Edit) {
        let document = self.documents.entry(id).or_default();
        if let Some(change) = document
            .write(self.person.actor, server::clock::now_ms(), edit)
            .expect("an edit")
        {
            self.outbox.push(
                Item {
                    kind,
                    document: id,
                    change: &change,
                }
                .encode(),
            );
        }
    }

    pub fn entry(&self, id: DocumentId) -> Entry {
        self.documents[&id].entry(id, None).expect("an entry")
    }

    /// Sends the outbox and takes in everything new, until there is no more.
    pub async fn sync(&mut self, server: &Server) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            let answer = self.exchange(server, true).await;
            outcomes.extend(answer.receipts.into_iter().map(|receipt| receipt.outcome));
            if !answer.has_more {
                return outcomes;
            }
        }
    }

    /// One request and its answer.
    pub async fn exchange(&mut self, server: &Server, wants_feed: bool) -> SyncAnswer {
        let (status, body) = self.send(server, &self.body(wants_feed)).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        self.receive(&body)
    }

    /// The request as it goes over the wire.
    pub fn body(&self, wants_feed: bool) -> Vec<u8> {
        let head = serde_json::to_vec(&SyncRequest {
            cursors: self.cursors.clone(),
            wants_feed,
        })
        .expect("a request");
        frame::write(std::iter::once(head.as_slice()).chain(self.outbox.iter().map(Vec::as_slice)))
    }

    pub async fn send(&self, server: &Server, body: &[u8]) -> (u16, Vec<u8>) {
        let answer = server
            .ask(&self.person, "POST", shared::api::path::SYNC, body)
            .await;
        (answer.status, answer.body)
    }

    /// Takes an answer in: receipts let items go, the feed changes documents.
    pub fn receive(&mut self, body: &[u8]) -> SyncAnswer {
        let parts = frame::read(body, usize::MAX).expect("our framing");
        let answer: SyncAnswer = serde_json::from_slice(parts.whole[0]).expect("an answer");
        for receipt in &answer.receipts {
            if receipt.outcome.is_safe() {
                self.outbox
                    .retain(|item| shared::sync::ItemHash::of(item) != receipt.item);
            }
        }
        let mut changes = parts.whole[1..].iter();
        for told in &answer.documents {
            let document = self.documents.entry(told.document).or_default();
            for change in changes.by_ref().take(told.changes as usize) {
                document
                    .apply(change)
                    .expect("the server relays only what applies");
            }
            self.told
                .insert((told.scope.clone(), told.document), told.clone());
        }
        if !answer.cursors.is_empty() {
            self.cursors.clone_from(&answer.cursors);
        }
        answer
    }
}
