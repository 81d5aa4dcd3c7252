//! Tables as text, row by row and sorted: to compare two states of a database, whatever is in it. And statements that no
//! address has yet.

use std::collections::BTreeMap;

use server::store::{Database, Store};
use shared::domain::SchoolId;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// What is computed from documents, and can be computed anew.
pub const PROJECTIONS: [&str; 5] = ["entry", "pupil_log", "report", "report_entry", "pattern"];

/// Every row of a table.
pub async fn of_table(store: &Store, table: &str) -> Vec<String> {
    let mut rows: Vec<String> = match store.database() {
        Database::Sqlite { readers, .. } => {
            let columns: String = sqlx::query_scalar(AssertSqlSafe(format!(
                "select group_concat('quote(' || name || ')', ' || '','' || ') from pragma_table_info('{table}')"
            )))
            .fetch_one(readers)
            .await
            .expect("the table's columns");
            sqlx::query_scalar(AssertSqlSafe(format!("select {columns} from {table}")))
                .fetch_all(readers)
                .await
        }
        Database::Postgres(pool) => {
            sqlx::query_scalar(AssertSqlSafe(format!("select t::text from {table} t")))
                .fetch_all(pool)
                .await
        }
    }
    .expect("the table can be read");
    rows.sort();
    rows
}

/// Every change that is stored: its document and its hash in hex, and its commit number. Two documents that a phone begins in the
/// same millisecond begin with the same change.
pub async fn of_changes(store: &Store) -> Vec<(String, i64)> {
    match store.database() {
        Database::Sqlite { readers, .. } => {
            sqlx::query_as("select lower(hex(document_id) || hex(hash)), seq from change")
                .fetch_all(readers)
                .await
        }
        Database::Postgres(pool) => sqlx::query_as(
            "select replace(document_id::text, '-', '') || encode(hash, 'hex'), seq from change",
        )
        .fetch_all(pool)
        .await,
    }
    .expect("the changes can be read")
}

/// The documents that have changes, school by school.
pub async fn of_documents(store: &Store) -> BTreeMap<SchoolId, Vec<Uuid>> {
    let sql = "select distinct school_id, document_id from change";
    let pairs: Vec<(Uuid, Uuid)> = match store.database() {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await,
        Database::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
    }
    .expect("the changes can be read");
    let mut documents: BTreeMap<SchoolId, Vec<Uuid>> = BTreeMap::new();
    for (school, document) in pairs {
        documents.entry(school.into()).or_default().push(document);
    }
    documents
}

/// All projections, table by table.
pub async fn of_projections(store: &Store) -> Vec<(&'static str, Vec<String>)> {
    let mut all = Vec::new();
    for table in PROJECTIONS {
        all.push((table, of_table(store, table).await));
    }
    all
}

/// Runs a statement that stands for itself; how many rows it touched.
pub async fn execute(store: &Store, sql: &'static str) -> u64 {
    match store.database() {
        Database::Sqlite { writer, .. } => {
            let done = sqlx::query(sql).execute(writer).await;
            done.map(|done| done.rows_affected())
        }
        Database::Postgres(pool) => {
            let done = sqlx::query(sql).execute(pool).await;
            done.map(|done| done.rows_affected())
        }
    }
    .expect("the statement runs")
}

/// Runs a statement about one id.
pub async fn run(store: &Store, sql: &'static str, id: Uuid) {
    match store.database() {
        Database::Sqlite { writer, .. } => {
            sqlx::query(sql).bind(id).execute(writer).await.map(drop)
        }
        Database::Postgres(pool) => sqlx::query(sql).bind(id).execute(pool).await.map(drop),
    }
    .expect("the statement runs");
}

/// Puts words in a column of every row of a SQLite table, one after another and over again.
pub async fn rewrite(store: &Store, table: &str, column: &str, words: &[&str]) {
    let Database::Sqlite { writer, .. } = store.database() else {
        panic!("only where a row has a number of its own");
    };
    let select = AssertSqlSafe(format!("select rowid from {table} order by rowid"));
    let rows: Vec<i64> = sqlx::query_scalar(select)
        .fetch_all(writer)
        .await
        .expect("the table can be read");
    for (row, words) in rows.into_iter().zip(words.iter().cycle()) {
        let update = AssertSqlSafe(format!("update {table} set {column} = $1 where rowid = $2"));
        sqlx::query(update)
            .bind(*words)
            .bind(row)
            .execute(writer)
            .await
            .expect("the row can be written");
    }
}
