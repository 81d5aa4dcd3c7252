//! Databases for one test each: SQLite in a folder that goes with it, PostgreSQL under a name of its own on the server that
//! `FRIMINUTT_TEST_POSTGRES` names.

use server::store::{self, Store};
use sqlx::{AssertSqlSafe, PgPool};
use tempfile::TempDir;

const WRITE_AHEAD: &str = "-wal";

/// A database that nobody else uses.
pub struct Database {
    pub address: String,
    _folder: Option<TempDir>,
}

impl Database {
    pub fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let address = format!("sqlite://{}", folder.path().join("test.db").display());
        Database {
            address,
            _folder: Some(folder),
        }
    }

    /// A copy of a SQLite database as it is now, made while it is in use; without the keys of what people have written.
    pub async fn backup_of(store: &Store) -> Database {
        let store::Database::Sqlite { writer, .. } = store.database() else {
            panic!("PostgreSQL has tools of its own for it");
        };
        let copy = Database::sqlite();
        let file = copy.address.trim_start_matches("sqlite://");
        sqlx::query(AssertSqlSafe(format!("vacuum into '{file}'")))
            .execute(writer)
            .await
            .expect("a copy");
        copy
    }

    /// Brings the newest keys of what people have written to a backup that is restored; nobody may be writing.
    pub fn bring_keys_of(&self, other: &Database) {
        for end in ["", WRITE_AHEAD] {
            if is_there(&other.keys_file(end)) {
                std::fs::copy(other.keys_file(end), self.keys_file(end))
                    .expect("a copy of the keys");
            }
        }
    }

    /// Whether keys of what people have written stand in SQLite's write-ahead file.
    pub fn has_keys_in_write_ahead(&self) -> bool {
        is_there(&self.keys_file(WRITE_AHEAD))
    }

    fn keys_file(&self, end: &str) -> String {
        let file = self.file().replace("test.db", "test.content-keys.db");
        format!("{file}{end}")
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> &str {
        self.address.trim_start_matches("sqlite://")
    }

    /// None where PostgreSQL is left out on purpose.
    pub async fn postgres() -> Option<Database> {
        if std::env::var_os("FRIMINUTT_SKIP_POSTGRES").is_some() {
            eprintln!("left out: FRIMINUTT_SKIP_POSTGRES is set");
            return None;
        }
        let server = std::env::var("FRIMINUTT_TEST_POSTGRES")
            .expect("set FRIMINUTT_TEST_POSTGRES to a PostgreSQL server's address, or FRIMINUTT_SKIP_POSTGRES=1; `cargo xtask test` does the first");
        Some(Database {
            address: create(&server).await,
            _folder: None,
        })
    }
}

fn is_there(file: &str) -> bool {
    std::fs::exists(file).expect("a folder that can be looked into")
}

/// Makes a new database on a PostgreSQL server; its address.
pub async fn create(server: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address ends in a database's name");
    let admin = PgPool::connect(server)
        .await
        .expect("the PostgreSQL server answers");
    sqlx::query(AssertSqlSafe(format!("create database {name}")))
        .execute(&admin)
        .await
        .expect("a database can be made");
    admin.close().await;
    format!("{base}/{name}")
}

/// `on_both_databases! { async fn a_sentence(database: Database) { … } }` becomes two tests.
#[macro_export]
macro_rules! on_both_databases {
    ($(async fn $name:ident($database:ident: Database) $body:block)+) => {$(
        mod $name {
            #[expect(clippy::allow_attributes, reason = "a test may need nothing of its file")]
            #[allow(unused_imports)]
            use super::*;

            async fn run($database: $crate::database::Database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                run($crate::database::Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(database) = $crate::database::Database::postgres().await {
                    run(database).await;
                }
            }
        }
    )+};
}
