//! Stamps a test of the store onto both databases: SQLite in a folder that goes away, PostgreSQL in a database of its own
//! on the server that `FRIMINUTT_TEST_POSTGRES` names.

use super::Store;

/// `on_both! { async fn a_sentence(store: Store) { … } }` becomes two tests.
macro_rules! on_both {
    ($(async fn $name:ident($store:ident: Store) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($store: $crate::store::Store) $body

            #[tokio::test]
            async fn on_sqlite() {
                let folder = tempfile::tempdir().unwrap();
                let address = format!("sqlite://{}", folder.path().join("test.db").display());
                run($crate::store::Store::open(&address).await.unwrap()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(store) = $crate::store::on_both::postgres().await {
                    run(store).await;
                }
            }
        }
    )+};
}

pub(crate) use on_both;

/// A new database, or none where PostgreSQL is left out on purpose.
pub(crate) async fn postgres() -> Option<Store> {
    if std::env::var_os("FRIMINUTT_SKIP_POSTGRES").is_some() {
        eprintln!("left out: FRIMINUTT_SKIP_POSTGRES is set");
        return None;
    }
    let server = std::env::var("FRIMINUTT_TEST_POSTGRES")
        .expect("set FRIMINUTT_TEST_POSTGRES to a PostgreSQL server's address, or FRIMINUTT_SKIP_POSTGRES=1; `cargo xtask test` does the first");
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address ends in a database's name");
    let admin = sqlx::PgPool::connect(&server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&admin)
        .await
        .unwrap();
    admin.close().await;
    Some(Store::open(&format!("{base}/{name}")).await.unwrap())
}
