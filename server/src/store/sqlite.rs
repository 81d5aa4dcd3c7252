//! What only SQLite needs: how its file is opened. WAL, and synced to disk at each commit.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::migration::{self, Tables};
use super::{Database, StoreError};

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
    if let Some(folder) = options
        .get_filename()
        .parent()
        .filter(|folder| *folder != Path::new(""))
    {
        create_private(folder)?;
    }
    keep_private(options.get_filename())?;
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    migration::sqlite(tables).run(&writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    Ok(Database::Sqlite { readers, writer })
}

/// A folder that only the server's own user may look into; one that is there already stays as it is.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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
