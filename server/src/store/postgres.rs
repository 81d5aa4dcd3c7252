//! What only PostgreSQL needs: how it is connected to.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{Store, StoreError, migration};

/// All of a reading transaction sees one moment, as on SQLite.
pub(super) const BEGIN_READ: &str = "begin isolation level repeatable read read only";
const CONNECTIONS: u32 = 16;

pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    let options = PgConnectOptions::from_str(address)?
        .application_name("friminutt")
        .options([("synchronous_commit", "on")]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_with(options)
        .await?;
    migration::postgres().run(&pool).await?;
    Ok(Store::Postgres(pool))
}
