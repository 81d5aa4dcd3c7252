//! What people write, encrypted under its document's key (AES-256-GCM-SIV, RFC 8452) and bound to the place where it is stored.
//! The same words in the same place encrypt to the same bytes, so a projection that is computed anew is the same.

use std::collections::{BTreeSet, HashMap};

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use shared::domain::SchoolId;
use uuid::Uuid;

use super::content_key::{CONTENT_KEY_BYTES, ContentKey, ContentKeys, OfSchool};
use super::{StoreError, Tx};

/// Each key serves one document, and the cipher bears the repetition of a nonce: only equal words in an equal place show.
const NONCE: [u8; 12] = [0; 12];

/// Where it is stored: what belongs in one place does not open in another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// A change, by its hash.
    Change(&'a [u8]),
    Entry,
    Report,
}

/// The keys that a transaction has met.
#[derive(Debug)]
pub(super) struct Content {
    keys: ContentKeys,
    /// None for a document that was looked up and has none.
    met: HashMap<OfSchool, Option<ContentKey>>,
}

impl Content {
    pub fn new(keys: ContentKeys) -> Content {
        Content {
            keys,
            met: HashMap::new(),
        }
    }

    /// Looks up the keys of documents that are about to be read.
    async fn meet(&mut self, documents: BTreeSet<OfSchool>) -> Result<(), StoreError> {
        let is_new = |document: &OfSchool| !self.met.contains_key(document);
        let new: Vec<OfSchool> = documents.into_iter().filter(is_new).collect();
        let found = self.keys.find(&new).await?;
        let key = |document: OfSchool| (document, found.get(&document).copied());
        self.met.extend(new.into_iter().map(key));
        Ok(())
    }

    /// Looks up the keys of documents that are about to be written, and makes those that are not there.
    async fn provide(&mut self, documents: BTreeSet<OfSchool>) -> Result<(), StoreError> {
        let has_none = |document: &OfSchool| !matches!(self.met.get(document), Some(Some(_)));
        let new: Vec<OfSchool> = documents.into_iter().filter(has_none).collect();
        if !new.is_empty() {
            let found = self.keys.find_or_make(&new).await?;
            let found = found.into_iter();
            self.met
                .extend(found.map(|(document, key)| (document, Some(key))));
        }
        Ok(())
    }

    /// The key of a document that was met; none for one that has none.
    fn key(&self, school: SchoolId, document: Uuid) -> Option<ContentKey> {
        self.met.get(&(school, document)).copied().flatten()
    }

    /// Decrypts in place what was read; false when the document's key is not there.
    fn open(
        &self,
        school: SchoolId,
        document: Uuid,
        place: Place,
        bytes: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        let Some(ContentKey::Kept(key)) = self.key(school, document) else {
            return Ok(false);
        };
        let aad = aad(school, document, place);
        let payload = Payload {
            msg: bytes,
            aad: &aad,
        };
        let opened = cipher(&key).decrypt(&Nonce::from(NONCE), payload);
        *bytes = opened.map_err(|_| StoreError::Unreadable("encrypted content"))?;
        Ok(true)
    }

    fn seal(
        &self,
        school: SchoolId,
        document: Uuid,
        place: Place,
        bytes: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let Some(ContentKey::Kept(key)) = self.key(school, document) else {
            return Err(StoreError::Erased);
        };
        let aad = aad(school, document, place);
        let payload = Payload {
            msg: bytes,
            aad: &aad,
        };
        let sealed = cipher(&key).encrypt(&Nonce::from(NONCE), payload);
        sealed.map_err(|_| StoreError::Unreadable("content"))
    }
}

impl Tx {
    /// Looks up the keys of these documents of several schools in one go.
    pub async fn meet_keys(&mut self, documents: BTreeSet<OfSchool>) -> Result<(), StoreError> {
        self.content.meet(documents).await
    }

    /// Makes the keys that these documents of several schools lack, in one go: it is a sync of the disk.
    pub async fn provide_keys(&mut self, documents: BTreeSet<OfSchool>) -> Result<(), StoreError> {
        self.content.provide(documents).await
    }

    /// Which of these documents were erased, as their keys tell: also when a backup was restored in which they still are.
    pub async fn erased_among(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        self.content.meet(of_school(school, documents)).await?;
        let is_erased = |id: &&Uuid| self.content.key(school, **id) == Some(ContentKey::Destroyed);
        Ok(documents.iter().filter(is_erased).copied().collect())
    }

    /// Which of these documents have a key that opens them.
    pub async fn readable_among(
        &mut self,
        school: SchoolId,
        documents: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        self.content.meet(of_school(school, documents)).await?;
        let is_kept =
            |id: &&Uuid| matches!(self.content.key(school, **id), Some(ContentKey::Kept(_)));
        Ok(documents.iter().filter(is_kept).copied().collect())
    }

    /// Encrypts documents that were written before there were keys; how many of these there were.
    pub async fn encrypt_older(
        &mut self,
        school: SchoolId,
        limit: i64,
    ) -> Result<usize, StoreError> {
        let documents = fetch_all!(
            self,
            (Uuid,),
            "select document_id from unencrypted where school_id = $1 order by document_id limit $2",
            school.0,
            limit
        )?;
        let documents: Vec<Uuid> = documents.into_iter().map(|(id,)| id).collect();
        let rows = fetch_list!(
            self,
            (Uuid, Vec<u8>, Vec<u8>),
            "select document_id, hash, bytes from change where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        let sealed = self
            .seal_rows(school, &rows, |row: &(Uuid, Vec<u8>, Vec<u8>)| {
                (row.0, Place::Change(&row.1), &row.2)
            })
            .await?;
        for ((document, hash, _), bytes) in sealed {
            execute!(
                self,
                "update change set bytes = $4 where school_id = $1 and document_id = $2 and hash = $3",
                school.0,
                *document,
                hash.as_slice(),
                bytes
            )?;
        }
        execute_list!(
            self,
            "delete from unencrypted where school_id = $1 and document_id in ({list})",
            [school.0],
            documents
        )?;
        Ok(documents.len())
    }

    /// Whether there is anything that was written before there were keys.
    pub async fn has_unencrypted(&mut self) -> Result<bool, StoreError> {
        let any = fetch_optional!(self, (Uuid,), "select document_id from unencrypted limit 1")?;
        Ok(any.is_some())
    }

    /// Whether there is any document that must have a key.
    pub(super) async fn has_encrypted(&mut self) -> Result<bool, StoreError> {
        let any = fetch_optional!(
            self,
            (Uuid,),
            "select d.id from document d where not exists
                 (select 1 from unencrypted u where u.school_id = d.school_id and u.document_id = d.id) limit 1"
        )?;
        Ok(any.is_some())
    }

    /// Encrypts rows on their way in: of each its document, its place and its words.
    pub(super) async fn seal_rows<'a, Row>(
        &mut self,
        school: SchoolId,
        rows: &'a [Row],
        of: fn(&Row) -> (Uuid, Place<'_>, &[u8]),
    ) -> Result<Vec<(&'a Row, Vec<u8>)>, StoreError> {
        let documents: Vec<Uuid> = rows.iter().map(|row| of(row).0).collect();
        self.content.provide(of_school(school, &documents)).await?;
        let seal = |row: &'a Row| {
            let (document, place, bytes) = of(row);
            Ok((row, self.content.seal(school, document, place, bytes)?))
        };
        rows.iter().map(seal).collect()
    }

    /// Decrypts rows on their way out; those whose document has no key any more are left out.
    pub(super) async fn open_rows<Row>(
        &mut self,
        school: SchoolId,
        mut rows: Vec<Row>,
        of: fn(&mut Row) -> (Uuid, Place<'_>, &mut Vec<u8>),
    ) -> Result<Vec<Row>, StoreError> {
        let documents: Vec<Uuid> = rows.iter_mut().map(|row| of(row).0).collect();
        self.content.meet(of_school(school, &documents)).await?;
        let mut opened = Vec::with_capacity(rows.len());
        for mut row in rows {
            let (document, place, bytes) = of(&mut row);
            if self.content.open(school, document, place, bytes)? {
                opened.push(row);
            }
        }
        Ok(opened)
    }
}

fn of_school(school: SchoolId, documents: &[Uuid]) -> BTreeSet<OfSchool> {
    documents
        .iter()
        .map(|document| (school, *document))
        .collect()
}

fn cipher(key: &[u8; CONTENT_KEY_BYTES]) -> Aes256GcmSiv {
    Aes256GcmSiv::new(key.into())
}

fn aad(school: SchoolId, document: Uuid, place: Place) -> Vec<u8> {
    let (label, hash): (&[u8], &[u8]) = match place {
        Place::Change(hash) => (b"change", hash),
        Place::Entry => (b"entry", b""),
        Place::Report => (b"report", b""),
    };
    [label, school.0.as_bytes(), document.as_bytes(), hash].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    const DOCUMENT: Uuid = Uuid::from_u128(1);

    on_both! {
        async fn what_was_written_before_there_were_keys_is_encrypted_once(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            let change = fixture::change(&mut tx, &yard, DOCUMENT, b"ord").await;
            execute!(tx, "update change set bytes = $1", b"ord".as_slice()).unwrap();
            execute!(tx, "insert into unencrypted (school_id, document_id) values ($1, $2)", yard.school.0, DOCUMENT).unwrap();
            assert!(tx.has_unencrypted().await.unwrap() && !tx.has_encrypted().await.unwrap());
            assert_eq!(tx.encrypt_older(yard.school, 10).await.unwrap(), 1);
            assert_eq!(tx.encrypt_older(yard.school, 10).await.unwrap(), 0);
            assert!(!tx.has_unencrypted().await.unwrap() && tx.has_encrypted().await.unwrap());
            let stored = fetch_all!(tx, (Vec<u8>,), "select bytes from change").unwrap();
            assert!(stored.iter().all(|(bytes,)| bytes != b"ord"));
            let read = tx.changes(yard.school, &[DOCUMENT]).await.unwrap();
            assert_eq!((read.len(), &read[0].bytes, &read[0].hash), (1, &b"ord".to_vec(), &change));
        }

        async fn what_is_written_opens_in_its_own_place_alone(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.content.provide(of_school(yard.school, &[DOCUMENT])).await.unwrap();
            let sealed = tx.content.seal(yard.school, DOCUMENT, Place::Entry, b"ord").unwrap();
            assert_eq!(tx.content.seal(yard.school, DOCUMENT, Place::Entry, b"ord").unwrap(), sealed);
            let open = |place, bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                tx.content.open(yard.school, DOCUMENT, place, &mut bytes).map(|is_open| (is_open, bytes))
            };
            assert_eq!(open(Place::Entry, &sealed).unwrap(), (true, b"ord".to_vec()));
            assert!(open(Place::Report, &sealed).is_err() && open(Place::Change(&[1]), &sealed).is_err());
            for at in 0..sealed.len() {
                let mut flipped = sealed.clone();
                flipped[at] ^= 1;
                assert!(open(Place::Entry, &flipped).is_err());
            }
        }

        async fn without_its_key_nothing_opens_and_nothing_is_written(store: Store) {
            let yard = fixture::school(&store).await;
            let mut tx = store.write().await.unwrap();
            tx.content.provide(of_school(yard.school, &[DOCUMENT])).await.unwrap();
            let sealed = tx.content.seal(yard.school, DOCUMENT, Place::Entry, b"ord").unwrap();
            store.content_keys().destroy(yard.school, &[DOCUMENT], 1).await.unwrap();
            let mut later = store.read().await.unwrap();
            assert_eq!(later.erased_among(yard.school, &[DOCUMENT, Uuid::from_u128(2)]).await.unwrap(), [DOCUMENT]);
            assert!(later.readable_among(yard.school, &[DOCUMENT]).await.unwrap().is_empty());
            assert!(!later.content.open(yard.school, DOCUMENT, Place::Entry, &mut sealed.clone()).unwrap());
            let mut writer = tx;
            writer.content.met.clear();
            writer.content.provide(of_school(yard.school, &[DOCUMENT])).await.unwrap();
            assert!(matches!(writer.content.seal(yard.school, DOCUMENT, Place::Entry, b"ord"), Err(StoreError::Erased)));
        }
    }
}
