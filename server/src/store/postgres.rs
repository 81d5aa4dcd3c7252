//! What only PostgreSQL needs: how it is connected to.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{Store, StoreError, migration};

/// All of a reading transaction sees one moment, as on SQLite.
pub(super) const BEGIN_READ: &str = "begin isolation level repeatable read read only";
const CONNECTIONS: u32 = 16;
/// A database that is gone is told within this time; a queue at the bell is shorter.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(10);

pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    let options = PgConnectOptions::from_str(address)?
        .application_name("friminutt")
        .options([("synchronous_commit", "on")]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT_FOR_CONNECTION)
        .connect_with(options)
        .await?;
    migration::postgres().run(&pool).await?;
    Ok(Store::Postgres(pool))
}
