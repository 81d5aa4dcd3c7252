//! The only place with SQL: `Store` opens transactions, and everything asked of the database is a method of `Tx`, one file
//! per topic. Each statement is written once and runs on SQLite and on PostgreSQL (`macros`); `sqlite` and `postgres` hold
//! what differs. A transaction that is dropped without `commit` has changed nothing.

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

pub mod change;
pub mod device;
pub mod duty;
pub mod feed;
pub mod installation;
pub mod log;
pub mod pattern;
pub mod quarantine;
pub mod reading;
pub mod report;
pub mod roster;
pub mod school;
pub mod session;
pub mod settings;
pub mod staff;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use thiserror::Error;

/// The database behind one server.
#[derive(Debug, Clone)]
pub enum Store {
    /// Many readers and one writer: SQLite takes one at a time, and waiting in our queue is fairer than in its lock.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// One transaction. Everything a request asks or writes goes through it.
#[derive(Debug)]
pub enum Tx {
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
}

impl Store {
    /// Opens the database that the address names and brings its tables up to date.
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        if address.starts_with("sqlite:") {
            sqlite::open(address).await
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            postgres::open(address).await
        } else {
            Err(StoreError::UnknownScheme)
        }
    }

    /// What other server processes announce; none on SQLite, which has one process.
    pub async fn announcements(&self) -> Result<Option<Announcements>, StoreError> {
        match self {
            Store::Sqlite { .. } => Ok(None),
            Store::Postgres(pool) if pool.is_closed() => Ok(None),
            Store::Postgres(pool) => Announcements::open(pool).await.map(Some),
        }
    }

    /// A transaction that reads, all of it as of one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Store::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Store::Postgres(pool) => {
                Tx::Postgres(postgres::begin(pool, postgres::BEGIN_READ).await?)
            }
        })
    }

    /// A transaction that writes. On SQLite it waits for its turn here and then meets no other writer.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Store::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with(sqlite::BEGIN_WRITE).await?)
            }
            Store::Postgres(pool) => {
                Tx::Postgres(postgres::begin(pool, postgres::BEGIN_WRITE).await?)
            }
        })
    }

    /// Finishes what is running and closes the connections.
    pub async fn close(&self) {
        match self {
            Store::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Store::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// On disk when this returns.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
