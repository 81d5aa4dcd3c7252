//! The keys of what people write, one for each document, in a database of their own: who has a copy of the documents' database and
//! not of this one reads nothing, and where a key was destroyed the document is gone from every copy. A key is on disk before
//! anything is encrypted with it.

use std::collections::HashMap;
use std::path::Path;

use shared::domain::SchoolId;
use uuid::Uuid;

use super::migration::Tables;
use super::{Connection, Database, StoreError};

pub const CONTENT_KEY_BYTES: usize = 32;
const SQLITE: &str = "sqlite://";
const FILE_EXTENSION: &str = "content-keys.db";

/// What there is of a document's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKey {
    Kept([u8; CONTENT_KEY_BYTES]),
    /// The document was erased.
    Destroyed,
}

/// A document among all schools' documents.
pub type OfSchool = (SchoolId, Uuid);
/// What was found of documents' keys.
pub type Keys = HashMap<OfSchool, ContentKey>;

/// The database with the keys.
#[derive(Debug, Clone)]
pub struct ContentKeys(Database);

/// A transaction in it.
struct KeyTx {
    connection: Connection,
}

row! {
    struct ContentKeyRow {
        document_id: Uuid,
        key: Option<Vec<u8>>,
    }
}

/// Where the keys lie when it is not said: a file beside SQLite's own, a schema of the same PostgreSQL database.
pub(super) fn beside(address: &str) -> String {
    match address.strip_prefix(SQLITE) {
        Some(file) => {
            let file = Path::new(file).with_extension(FILE_EXTENSION);
            format!("{SQLITE}{}", file.display())
        }
        None => address.to_owned(),
    }
}

impl ContentKeys {
    pub(super) async fn open(address: &str) -> Result<ContentKeys, StoreError> {
        Ok(ContentKeys(
            Database::open(address, Tables::ContentKeys).await?,
        ))
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }

    /// The keys of those of these documents that have or had one.
    pub async fn find(&self, documents: &[OfSchool]) -> Result<Keys, StoreError> {
        if documents.is_empty() {
            return Ok(Keys::new());
        }
        let mut tx = KeyTx {
            connection: self.0.read().await?,
        };
        tx.find(documents).await
    }

    /// The keys of all of these documents; those that have none get one. One transaction, and so one sync of the disk, for all.
    pub async fn find_or_make(&self, documents: &[OfSchool]) -> Result<Keys, StoreError> {
        let mut tx = KeyTx {
            connection: self.0.write().await?,
        };
        let mut new = Vec::with_capacity(documents.len());
        for document in documents {
            let mut key = [0; CONTENT_KEY_BYTES];
            getrandom::fill(&mut key).map_err(|_| StoreError::NoRandomness)?;
            new.push((*document, key));
        }
        let made = insert_rows!(
            tx,
            "insert into content_key (school_id, document_id, key)",
            new,
            |row| [row.0.0.0, row.0.1, row.1.as_slice()],
            "on conflict (school_id, document_id) do nothing"
        )?;
        let keys = match made as usize == new.len() {
            true => new
                .into_iter()
                .map(|(document, key)| (document, ContentKey::Kept(key)))
                .collect(),
            false => tx.find(documents).await?,
        };
        tx.connection.commit().await?;
        Ok(keys)
    }

    /// Destroys the keys of these documents, for ever; one that has none will get none.
    pub async fn destroy(
        &self,
        school: SchoolId,
        documents: &[Uuid],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut tx = KeyTx {
            connection: self.0.write().await?,
        };
        insert_rows!(
            tx,
            "insert into content_key (school_id, document_id, destroyed_at_ms)",
            documents,
            |document| [school.0, *document, now_ms],
            "on conflict (school_id, document_id) do update set key = null, destroyed_at_ms = excluded.destroyed_at_ms"
        )?;
        tx.connection.commit().await?;
        self.forget_old_pages().await
    }

    /// Whether there is any key at all.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let mut tx = KeyTx {
            connection: self.0.read().await?,
        };
        let any = fetch_optional!(tx, (Uuid,), "select document_id from content_key limit 1")?;
        Ok(any.is_none())
    }

    /// What was overwritten is not left in SQLite's write-ahead file, nor in PostgreSQL's table.
    async fn forget_old_pages(&self) -> Result<(), StoreError> {
        match &self.0 {
            Database::Sqlite { writer, .. } => {
                // A reader in the middle of something keeps the file until the next time.
                sqlx::query("pragma wal_checkpoint(truncate)")
                    .execute(writer)
                    .await?;
            }
            Database::Postgres(pool) => {
                sqlx::query("vacuum content_key").execute(pool).await?;
            }
        }
        Ok(())
    }
}

impl KeyTx {
    async fn find(&mut self, documents: &[OfSchool]) -> Result<Keys, StoreError> {
        let mut by_school: HashMap<SchoolId, Vec<Uuid>> = HashMap::new();
        for (school, document) in documents {
            by_school.entry(*school).or_default().push(*document);
        }
        let mut keys = Keys::new();
        for (school, documents) in by_school {
            let rows = fetch_list!(
                self,
                ContentKeyRow,
                "select document_id, key from content_key where school_id = $1 and document_id in ({list})",
                [school.0],
                documents
            )?;
            for row in rows {
                keys.insert((school, row.document_id), read(row.key)?);
            }
        }
        Ok(keys)
    }
}

fn read(key: Option<Vec<u8>>) -> Result<ContentKey, StoreError> {
    let Some(key) = key else {
        return Ok(ContentKey::Destroyed);
    };
    let key = key.try_into();
    Ok(ContentKey::Kept(
        key.map_err(|_| StoreError::Unreadable("content_key"))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture;

    const FIRST: Uuid = Uuid::from_u128(1);
    const SECOND: Uuid = Uuid::from_u128(2);

    #[test]
    fn the_keys_lie_beside_the_database() {
        assert_eq!(
            beside("sqlite://data/friminutt.db"),
            "sqlite://data/friminutt.content-keys.db"
        );
        assert_eq!(beside("postgres://a@b/c"), "postgres://a@b/c");
    }

    on_both! {
        async fn a_document_keeps_its_key_and_has_one_of_its_own(store: Store) {
            let yard = fixture::school(&store).await;
            let other = fixture::school(&store).await;
            let keys = store.content_keys();
            assert!(keys.is_empty().await.unwrap());
            let (first, second, others) = ((yard.school, FIRST), (yard.school, SECOND), (other.school, FIRST));
            let made = keys.find_or_make(&[first, second]).await.unwrap();
            assert_ne!(made[&first], made[&second]);
            assert_eq!(keys.find_or_make(&[second, first]).await.unwrap(), made);
            assert_eq!(keys.find(&[first, (yard.school, Uuid::from_u128(9))]).await.unwrap(), Keys::from([(first, made[&first])]));
            assert!(keys.find(&[others]).await.unwrap().is_empty());
            // Some there and some not, of several schools at once.
            let all = keys.find_or_make(&[others, first]).await.unwrap();
            assert!(all[&others] != made[&first] && all[&first] == made[&first]);
            assert_eq!(keys.find(&[first, others]).await.unwrap(), all);
        }

        async fn a_destroyed_key_never_comes_back(store: Store) {
            let yard = fixture::school(&store).await;
            let keys = store.content_keys();
            let both = [(yard.school, FIRST), (yard.school, SECOND)];
            keys.find_or_make(&both[..1]).await.unwrap();
            // One had a key, the other none: neither gets one again.
            keys.destroy(yard.school, &[FIRST, SECOND], 10).await.unwrap();
            keys.destroy(yard.school, &[FIRST], 20).await.unwrap();
            let gone = Keys::from(both.map(|document| (document, ContentKey::Destroyed)));
            assert_eq!(keys.find_or_make(&both).await.unwrap(), gone);
            assert_eq!(keys.find(&both).await.unwrap(), gone);
        }
    }
}
