//! A phone in memory: documents and outbox as the real one has them, made with the same code, sent over the same wire.

use std::collections::{BTreeMap, BTreeSet};

use shared::document::entry::{self, NewEntry};
use shared::document::report::{self, NewReport};
use shared::document::{Document, Edit};
use shared::domain::{
    DeviceId, DocumentId, Entry, EntryKind, Part, PupilId, PupilRef, ReportOrigin, What,
};
use shared::sync::frame::Version;
use shared::sync::sealing::SealingKeys;
use shared::sync::{
    Cursor, DocumentKind, FeedDocument, Item, ItemHash, Outcome, Receipt, SyncAnswer, SyncRequest,
    answer, frame, sealing,
};
use uuid::Uuid;

use crate::school::Person;
use crate::server::{Server, keys};

/// One person's phone.
pub struct Phone {
    pub person: Person,
    pub documents: BTreeMap<DocumentId, Document>,
    /// Items not receipted yet, oldest first, sealed as they go up.
    pub outbox: Vec<Vec<u8>>,
    /// Which document each item belongs to: the item itself does not say it any more.
    documents_of: BTreeMap<ItemHash, DocumentId>,
    /// Items the server has said are safe: offered again when it was restored from a backup.
    pub sent: BTreeMap<ItemHash, Vec<u8>>,
    pub cursors: Vec<Cursor>,
    /// By which scopes a document that came down is here; what was written here needs none.
    pub scopes: BTreeMap<DocumentId, BTreeSet<String>>,
    epoch: Option<String>,
    keys: SealingKeys,
    /// What the feed last said of each document, by scope.
    pub told: BTreeMap<(String, DocumentId), FeedDocument>,
}

impl Phone {
    pub fn of(person: &Person) -> Phone {
        Phone {
            person: person.clone(),
            documents: BTreeMap::new(),
            outbox: Vec::new(),
            documents_of: BTreeMap::new(),
            sent: BTreeMap::new(),
            cursors: Vec::new(),
            scopes: BTreeMap::new(),
            epoch: None,
            keys: keys().sealing_keys(person.device),
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
            let item = Item {
                kind,
                document: id,
                change: &change,
            };
            let sealed = seal_with(&self.keys, self.person.device, &item.encode());
            self.documents_of.insert(ItemHash::of(&sealed), id);
            self.outbox.push(sealed);
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
            device: None,
        })
        .expect("a request");
        let parts = std::iter::once(head.as_slice()).chain(self.outbox.iter().map(Vec::as_slice));
        frame::write(Version::Two, parts)
    }

    pub async fn send(&self, server: &Server, body: &[u8]) -> (u16, Vec<u8>) {
        let answer = server
            .ask(&self.person, "POST", shared::api::path::SYNC, body)
            .await;
        (answer.status, answer.body)
    }

    /// Takes an answer in: receipts let items go, the feed changes documents, a scope that is gone takes its documents along.
    pub fn receive(&mut self, body: &[u8]) -> SyncAnswer {
        let read = answer::read(body, &self.keys.verifying, usize::MAX).expect("an answer");
        let mut answer = read.head;
        answer.receipts = read.receipts;
        for receipt in &answer.receipts {
            self.take_receipt(receipt);
        }
        let before = self.epoch.replace(answer.epoch.clone());
        if before.is_some_and(|epoch| epoch != answer.epoch) {
            self.offer_again(|_| true);
        }
        self.take_feed(&answer, &read.changes);
        if !answer.cursors.is_empty() {
            self.leave_scopes(&answer.cursors);
            self.cursors.clone_from(&answer.cursors);
        }
        answer
    }

    fn take_receipt(&mut self, receipt: &Receipt) {
        let place = self
            .outbox
            .iter()
            .position(|item| ItemHash::of(item) == receipt.item);
        match (&receipt.outcome, place) {
            (outcome, Some(place)) if outcome.is_safe() => {
                let item = self.outbox.remove(place);
                self.sent.insert(receipt.item.clone(), item);
            }
            (Outcome::MissingDependency, Some(place)) => {
                let documents_of = self.documents_of.clone();
                let document = documents_of.get(&ItemHash::of(&self.outbox[place]));
                self.offer_again(|item| documents_of.get(item) == document);
            }
            _ => {}
        }
    }

    fn offer_again(&mut self, is_meant: impl Fn(&ItemHash) -> bool) {
        let again = self.sent.extract_if(.., |hash, _| is_meant(hash));
        self.outbox.extend(again.map(|(_, item)| item));
    }

    fn take_feed(&mut self, answer: &SyncAnswer, changes: &[Vec<u8>]) {
        let mut changes = changes.iter();
        for told in &answer.documents {
            if told.is_erased {
                self.forget_erased(told.document);
                continue;
            }
            let document = self.documents.entry(told.document).or_default();
            for change in changes.by_ref().take(told.changes as usize) {
                document
                    .apply(change)
                    .expect("the server relays only what applies");
            }
            let scopes = self.scopes.entry(told.document).or_default();
            match told.is_gone {
                true => drop(scopes.remove(&told.scope)),
                false => drop(scopes.insert(told.scope.clone())),
            }
            self.told
                .insert((told.scope.clone(), told.document), told.clone());
        }
        self.forget_what_no_scope_holds();
    }

    /// Whatever the phone has of it goes, what it keeps to offer again included.
    fn forget_erased(&mut self, id: DocumentId) {
        self.documents.remove(&id);
        self.scopes.remove(&id);
        let documents_of = &self.documents_of;
        self.sent
            .retain(|item, _| documents_of.get(item) != Some(&id));
    }

    fn leave_scopes(&mut self, now: &[Cursor]) {
        let is_left = |scope: &String| now.iter().all(|cursor| cursor.scope != *scope);
        for scopes in self.scopes.values_mut() {
            scopes.retain(|scope| !is_left(scope));
        }
        self.forget_what_no_scope_holds();
    }

    /// Nothing unsent is touched.
    fn forget_what_no_scope_holds(&mut self) {
        let document_of = |item: &Vec<u8>| self.documents_of.get(&ItemHash::of(item)).copied();
        let unsent: BTreeSet<_> = self.outbox.iter().filter_map(document_of).collect();
        let loose = |id: &DocumentId, scopes: &mut BTreeSet<String>| {
            scopes.is_empty() && !unsent.contains(id)
        };
        for (id, _) in self.scopes.extract_if(.., loose) {
            self.documents.remove(&id);
        }
    }
}

/// What is in a sealed item; only the server could know it.
pub fn unseal(item: &[u8]) -> Vec<u8> {
    let sealed = sealing::Sealed::read(item).expect("a sealed item");
    keys().open_item(&sealed).expect("an item of the tests")
}

/// Seals bytes as a device does.
pub fn seal(device: DeviceId, item: &[u8]) -> Vec<u8> {
    seal_with(&keys().sealing_keys(device), device, item)
}

fn seal_with(keys: &SealingKeys, device: DeviceId, item: &[u8]) -> Vec<u8> {
    let fill = |bytes: &mut [u8]| bytes.fill_with(|| Uuid::new_v4().as_bytes()[0]);
    sealing::seal(item, device, keys, fill).expect("a key of the server's")
}
