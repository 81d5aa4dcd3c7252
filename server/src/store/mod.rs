//! The only place with SQL: `Store` opens transactions, and everything asked of the database is a method of `Tx`, one file
//! per topic. Each statement is written once and runs on SQLite and on PostgreSQL (`macros`); `sqlite` and `postgres` hold
//! what differs. A transaction that is dropped without `commit` has changed nothing. What is recorded of
//! it (`audit`) is written with the commit. What people write is encrypted on its way
//! in and decrypted on its way out (`content`), each document under a key that lies in another database (`content_key`).

#[macro_use]
mod macros;
#[cfg(test)]
#[macro_use]
pub(crate) mod on_both;
#[cfg(test)]
pub(crate) mod fixture;

mod migration;
mod postgres;
mod sqlite;

pub mod audit;
pub mod change;
pub mod content;
pub mod content_key;
pub mod day_code;
pub mod device;
pub mod duty;
pub mod erasure;
pub mod failed_attempt;
pub mod feed;
pub mod handed;
pub mod identity;
pub mod installation;
pub mod log;
pub mod notice;
pub mod notice_address;
pub mod owner;
pub mod passkey;
pub mod pattern;
pub mod push;
pub mod quarantine;
pub mod reading;
pub mod report;
pub mod roster;
pub mod school;
pub mod session;
pub mod settings;
pub mod staff;
pub mod unopened;

use shared::audit::AuditEvent;
use shared::domain::SchoolId;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use thiserror::Error;

use content::Content;
use content_key::ContentKeys;
use migration::Tables;

/// A database as it is connected to.
#[derive(Debug, Clone)]
pub enum Database {
    /// Many readers and one writer: SQLite takes one at a time, and waiting in our queue is fairer than in its lock.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// What is behind one server: the database, and the one with the keys of what people write.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    content_keys: ContentKeys,
}

/// One transaction. Everything a request asks or writes goes through it.
#[derive(Debug)]
pub struct Tx {
    connection: Connection,
    content: Content,
    /// What is to be written into the record with the commit.
    recorded: Vec<(SchoolId, AuditEvent)>,
}

/// A transaction of one of the databases.
#[derive(Debug)]
pub enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

pub use postgres::Announcements;

/// Why the database did not do it.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("the database address must begin with sqlite:// or postgres://")]
    UnknownScheme,
    #[error("the data folder cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    #[error("the database cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("what is stored in {0} cannot be read")]
    Unreadable(&'static str),
    #[error(
        "the keys of what people have written are not where they are looked for: bring the newest copy of their database back, or name it with --content-keys"
    )]
    NoContentKeys,
    #[error("the document was erased")]
    Erased,
    #[error("the machine gives no random numbers")]
    NoRandomness,
    #[error("a report could not be sealed to the school owner")]
    Unsealed,
}

impl Store {
    /// Opens the database that the address names and brings its tables up to date. The keys of what people write lie beside it:
    /// in a file of their own on SQLite, in a schema of their own on PostgreSQL.
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        Store::open_with(address, None).await
    }

    /// `open`, with the keys of what people write in the database that another address names.
    pub async fn open_with(address: &str, content_keys: Option<&str>) -> Result<Store, StoreError> {
        let database = Database::open(address, Tables::Main).await?;
        let content_keys = match content_keys {
            Some(address) => ContentKeys::open(address).await?,
            None => ContentKeys::open(&content_key::beside(address)).await?,
        };
        let store = Store {
            database,
            content_keys,
        };
        let must_have_keys = store.read().await?.has_encrypted().await?;
        if must_have_keys && store.content_keys.is_empty().await? {
            // Or SQLite lays the empty one's write-ahead file over the copy that is brought back.
            store.close().await;
            return Err(StoreError::NoContentKeys);
        }
        Ok(store)
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    pub fn content_keys(&self) -> &ContentKeys {
        &self.content_keys
    }

    /// What other server processes announce; none on SQLite, which has one process.
    pub async fn announcements(&self) -> Result<Option<Announcements>, StoreError> {
        match &self.database {
            Database::Sqlite { .. } => Ok(None),
            Database::Postgres(pool) if pool.is_closed() => Ok(None),
            Database::Postgres(pool) => Announcements::open(pool).await.map(Some),
        }
    }

    /// A transaction that reads, all of it as of one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(self.tx(self.database.read().await?))
    }

    /// A transaction that writes. On SQLite it waits for its turn here and then meets no other writer.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(self.tx(self.database.write().await?))
    }

    fn tx(&self, connection: Connection) -> Tx {
        Tx {
            connection,
            content: Content::new(self.content_keys.clone()),
            recorded: Vec::new(),
        }
    }

    /// Finishes what is running and closes the connections.
    pub async fn close(&self) {
        self.database.close().await;
        self.content_keys.close().await;
    }
}

impl Database {
    async fn open(address: &str, tables: Tables) -> Result<Database, StoreError> {
        if address.starts_with("sqlite:") {
            sqlite::open(address, tables).await
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            postgres::open(address, tables).await
        } else {
            Err(StoreError::UnknownScheme)
        }
    }

    async fn read(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Database::Sqlite { readers, .. } => Connection::Sqlite(readers.begin().await?),
            Database::Postgres(pool) => {
                Connection::Postgres(postgres::begin(pool, postgres::BEGIN_READ).await?)
            }
        })
    }

    async fn write(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Database::Sqlite { writer, .. } => {
                Connection::Sqlite(writer.begin_with(sqlite::BEGIN_WRITE).await?)
            }
            Database::Postgres(pool) => {
                Connection::Postgres(postgres::begin(pool, postgres::BEGIN_WRITE).await?)
            }
        })
    }

    async fn close(&self) {
        match self {
            Database::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Database::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Connection::Sqlite(tx) => tx.commit().await?,
            Connection::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Tx {
    /// On disk when this returns.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.append_recorded().await?;
        self.connection.commit().await
    }
}
