//! What only PostgreSQL needs: how it is connected to.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, Postgres, Transaction};

use super::migration::{self, Tables};
use super::{Database, StoreError};

/// All of a reading transaction sees one moment, as on SQLite.
pub(super) const BEGIN_READ: &str = "begin isolation level repeatable read read only";
pub(super) const BEGIN_WRITE: &str = "begin";
const CONNECTIONS: u32 = 16;
/// A database that is gone is told within this time; a queue at the bell is shorter.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(10);

/// Where the keys of what people write lie when no other database is named for them: apart, so that a backup can leave them out.
const CONTENT_KEYS_SCHEMA: &str = "friminutt_keys";

pub(super) async fn open(address: &str, tables: Tables) -> Result<Database, StoreError> {
    let options = PgConnectOptions::from_str(address)?
        .application_name("friminutt")
        .options([("synchronous_commit", "on")])
        .disable_statement_logging();
    let options = match tables {
        Tables::Main => options,
        Tables::ContentKeys => {
            make_schema(&options).await?;
            options.options([("search_path", CONTENT_KEYS_SCHEMA)])
        }
    };
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .connect_with(options)
        .await?;
    migration::postgres(tables).run(&pool).await?;
    Ok(Database::Postgres(pool))
}

async fn make_schema(options: &PgConnectOptions) -> Result<(), StoreError> {
    let statement = format!("create schema if not exists {CONTENT_KEYS_SCHEMA}");
    let mut connection = options.connect().await?;
    let made = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(&mut connection)
        .await;
    if made.is_err() {
        // Two processes that make it at once are told of each other's.
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await?;
    }
    Ok(connection.close().await?)
}

/// The channel over which server processes announce their commits.
pub(super) const CHANNEL: &str = "friminutt";
/// Longest announcement, in bytes; PostgreSQL takes less than 8,000.
pub(super) const MAX_ANNOUNCEMENT_BYTES: usize = 7_500;

/// What other processes announce.
pub struct Announcements(PgListener);

impl Announcements {
    pub(super) async fn open(pool: &PgPool) -> Result<Announcements, StoreError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Announcements(listener))
    }

    /// The next one; none when the connection was lost, and with it what was announced meanwhile.
    pub async fn next(&mut self) -> Option<String> {
        let heard = self.0.try_recv().await.ok().flatten()?;
        Some(heard.payload().to_owned())
    }
}

/// Begins in a task of its own, which goes on when whoever asked is gone: sqlx 0.9 leaves a transaction that was given up
/// while it began open on its connection, and the next who gets the connection is in it, perhaps with only reading allowed.
pub(super) async fn begin(
    pool: &PgPool,
    statement: &'static str,
) -> Result<Transaction<'static, Postgres>, StoreError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
}
