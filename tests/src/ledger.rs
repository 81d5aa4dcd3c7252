//! What phones wrote and what the server signed for: whatever happens to the server, each signed change is in its database, once,
//! under the commit number of its receipt.

use std::collections::BTreeMap;

use server::audit::verify::verify_school;
use server::projection::rebuild::rebuild;
use server::store::Store;
use server::store::content_key::ContentKey;
use shared::api::{ApiError, path};
use shared::document::entry;
use shared::domain::{DocumentId, Part, PupilId, PupilRef, What};
use shared::sync::{ItemHash, Outcome, Receipt};

use crate::phone::Phone;
use crate::{rows, wire};

#[derive(Default)]
pub struct Ledger {
    /// The change that each item carries, by its document and its hash in hex.
    written: BTreeMap<ItemHash, String>,
    signed: Vec<Signed>,
}

/// A receipt that a phone got.
struct Signed {
    change: String,
    seq: i64,
    /// By the clock of the test, whatever that counts.
    at: usize,
}

/// What came of sending.
#[derive(Debug)]
pub enum Sent {
    Received(Vec<Receipt>),
    Refused(u16, ApiError),
    /// No answer, or not a whole one.
    Broken,
}

/// Sends what a phone has to the server at an address, `most` items at once.
pub async fn send(phone: &mut Phone, address: &str, most: usize) -> Sent {
    let later = phone.outbox.split_off(phone.outbox.len().min(most));
    let (cookie, body) = (&phone.person.cookie, phone.body(false));
    let sent = match wire::request(address, "POST", path::SYNC, cookie, &body).await {
        Ok(answer) if answer.status == 200 => Sent::Received(phone.receive(&answer.body).receipts),
        Ok(answer) => Sent::Refused(
            answer.status,
            serde_json::from_slice(&answer.body).expect("a refusal in the API's own words"),
        ),
        Err(_) => Sent::Broken,
    };
    phone.outbox.extend(later);
    sent
}

impl Ledger {
    /// A first tap and a pupil: two changes.
    pub fn log(&mut self, phone: &mut Phone, pupil: PupilId) {
        let id = phone.log(What::Alone, server::clock::now_ms());
        self.note(phone, id);
        phone.amend(
            id,
            entry::set_pupil(PupilRef::Known(pupil), Some(&Part::Alone)),
        );
        self.note(phone, id);
    }

    fn note(&mut self, phone: &Phone, id: DocumentId) {
        let item = phone.outbox.last().expect("it was just written");
        let heads = phone.documents[&id].heads();
        let change = format!("{}{}", id.0.simple(), heads.concat());
        self.written.insert(ItemHash::of(item), change);
    }

    pub fn sign(&mut self, receipts: &[Receipt], at: usize) {
        for receipt in receipts {
            let Outcome::Stored { seq, .. } = receipt.outcome else {
                panic!("{:?}", receipt.outcome);
            };
            let change = self.written[&receipt.item].clone();
            self.signed.push(Signed { change, seq, at });
        }
    }

    pub fn written(&self) -> usize {
        self.written.len()
    }

    /// When there were receipts.
    pub fn moments(&self) -> Vec<usize> {
        self.signed.iter().map(|signed| signed.at).collect()
    }

    pub fn is_all_signed(&self) -> bool {
        self.signed.len() == self.written.len()
    }

    /// What was signed for until that moment is there, and the record tells of all that is there and of nothing else.
    pub async fn check(&self, store: &Store, until: usize) -> Result<(), String> {
        let mut stored = BTreeMap::new();
        for (change, seq) in rows::of_changes(store).await {
            if stored.insert(change, seq).is_some() {
                return Err("a change is there twice".into());
            }
        }
        let signed = self.signed.iter().filter(|signed| signed.at <= until);
        let lost = signed.filter(|signed| stored.get(&signed.change) != Some(&signed.seq));
        match lost.count() {
            0 => can_be_opened(store).await?,
            lost => return Err(format!("{lost} changes that were signed for are gone")),
        }
        record_is_whole(store).await
    }

    /// What was signed for is there, and pupil logs and inboxes are as when they are computed anew.
    pub async fn check_all(&self, store: &Store) {
        self.check(store, usize::MAX)
            .await
            .expect("nothing is lost");
        check_projections(store).await;
    }
}

/// The key of all that is stored is there: it was on the disk before anything was encrypted with it.
async fn can_be_opened(store: &Store) -> Result<(), String> {
    for (school, documents) in rows::of_documents(store).await {
        let documents: Vec<_> = documents.into_iter().map(|id| (school, id)).collect();
        let keys = store.content_keys().find(&documents).await;
        let keys = keys.map_err(|error| error.to_string())?;
        let is_kept = |key: &&ContentKey| matches!(key, ContentKey::Kept(_));
        match documents.len() - keys.values().filter(is_kept).count() {
            0 => {}
            keyless => {
                return Err(format!(
                    "{keyless} documents are there and their keys are not"
                ));
            }
        }
    }
    Ok(())
}

/// Every row of the record follows from the one before it, and the changes that rows tell of are those that are stored.
pub async fn record_is_whole(store: &Store) -> Result<(), String> {
    let mut tx = store.read().await.expect("the database");
    let schools = tx.places().await.expect("schools");
    drop(tx);
    for (school, _) in schools {
        let verified = verify_school(store, school, Vec::new()).await;
        match verified.expect("the record can be read").findings {
            findings if findings.is_empty() => {}
            findings => return Err(format!("the record: {findings:?}")),
        }
    }
    Ok(())
}

pub async fn check_projections(store: &Store) {
    let projections = rows::of_projections(store).await;
    rebuild(store, |_| {}).await.expect("computed anew");
    assert_eq!(rows::of_projections(store).await, projections);
}
