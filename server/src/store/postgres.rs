//! What only PostgreSQL needs: how it is connected to.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool, Postgres, Transaction};

use super::{Store, StoreError, migration};

/// All of a reading transaction sees one moment, as on SQLite.
pub(super) const BEGIN_READ: &str = "begin isolation level repeatable read read only";
pub(super) const BEGIN_WRITE: &str = "begin";
const CONNECTIONS: u32 = 16;
/// A database that is gone is told within this time; a queue at the bell is shorter.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(10);

pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    let options = PgConnectOptions::from_str(address)?
        .application_name("friminutt")
        .options([("synchronous_commit", "on")])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .connect_with(options)
        .await?;
    migration::postgres().run(&pool).await?;
    Ok(Store::Postgres(pool))
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
