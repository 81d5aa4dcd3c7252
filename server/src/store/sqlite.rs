//! What only SQLite needs: how its file is opened. WAL, and synced to disk at each commit.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};

use super::migration::{self, Tables};
use super::{Database, StoreError};
use crate::durable;

/// Takes the write lock at once: a transaction that reads first and writes later could be refused halfway.
pub(super) const BEGIN_WRITE: &str = "begin immediate";
const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const CACHE_KIB: &str = "-16384";

pub(super) async fn open(address: &str, tables: Tables) -> Result<Database, StoreError> {
    let options = SqliteConnectOptions::from_str(address)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", CACHE_KIB)
        // What is deleted is overwritten: a destroyed key lies in no free page.
        .pragma("secure_delete", "on")
        .disable_statement_logging();
    let folder = durable::folder_of(options.get_filename());
    durable::create_folder(folder)?;
    keep_private(options.get_filename())?;
    durable::sync_folder(folder)?;
    let writer = pool()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    make_durable(&writer).await?;
    migration::sqlite(tables).run(&writer).await?;
    let readers = pool()
        .min_connections(1)
        .max_connections(READERS)
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    Ok(Database::Sqlite { readers, writer })
}

/// Brings to the disk what a killed process has written and not synced: SQLite finds it in the system's memory and takes it for
/// committed. Else a phone that sends again would get a receipt for what the next power loss takes.
async fn make_durable(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    let moved = sqlx::query("pragma wal_checkpoint").execute(writer);
    moved.await.map(drop)
}

/// Connections stay open: with the last one SQLite forgets which commits failed, and finds them in the file when it reads that
/// anew. But one whose transaction did not end as sqlx knows it is closed: after a full disk or an I/O error SQLite has rolled back
/// by itself, sqlx 0.9 rolls back in vain, and whoever began on that connection would be refused until the server is started again.
fn pool() -> SqlitePoolOptions {
    let options = SqlitePoolOptions::new()
        .idle_timeout(None)
        .max_lifetime(None);
    options.after_release(|connection, _| {
        Box::pin(async move {
            // Waits for the rollback of a transaction that was given up.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

/// Makes the database's file before SQLite does, for the server's own user alone. SQLite gives the files beside it the same
/// rights.
fn keep_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::Tables;

    #[tokio::test]
    async fn nobody_else_on_the_machine_reads_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let address = format!("sqlite://{}", data.join("a.db").display());
        let store = super::open(&address, Tables::Main).await.unwrap();
        let rights = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(rights(&data), 0o700);
        for file in std::fs::read_dir(&data).unwrap() {
            assert_eq!(rights(&file.unwrap().path()), 0o600);
        }
        store.close().await;
    }
}
