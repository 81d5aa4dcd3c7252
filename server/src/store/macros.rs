//! One literal, two databases: each macro matches on the arm of `Tx` and runs the same statement on it. The common subset:
//! `$1`, `$2` … as parameters, every column `not null` unless it is read as `Option`, `cast(sum(x) as bigint)`, time as
//! unix milliseconds, no `lower`, `like` or `order by` on people's words, correctness by unique keys and `on conflict`.

/// Below SQLite's 32,766.
pub(super) const MAX_PARAMETERS: usize = 30_000;

/// Runs a statement; the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::store::Tx::Postgres(tx) => sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Every row of a query, each read as `$row`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
            $crate::store::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// The first row of a query, if there is one.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
            $crate::store::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// `fetch_all!` for a query with one list: `in ({list})` stands for `$list`, whose items follow the other parameters. A
/// long list is asked for in several rounds, so an `order by` holds within a round only; an empty one asks nothing.
macro_rules! fetch_list {
    ($tx:expr, $row:ty, $sql:literal, [$($bind:expr),* $(,)?], $list:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        for items in $list.chunks($crate::store::macros::MAX_PARAMETERS - 100) {
            let sql = $crate::store::macros::with_list($sql, [$(stringify!($bind)),*].len(), items.len());
            rows.extend(match $tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query_as::<_, $row>(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                    for item in items { query = query.bind(*item); }
                    query.fetch_all(&mut **tx).await?
                }
                $crate::store::Tx::Postgres(tx) => {
                    let mut query = sqlx::query_as::<_, $row>(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                    for item in items { query = query.bind(*item); }
                    query.fetch_all(&mut **tx).await?
                }
            });
        }
        Ok::<_, $crate::store::StoreError>(rows)
    }};
}

/// `execute!` for a statement with one list, as in `fetch_list!`.
macro_rules! execute_list {
    ($tx:expr, $sql:literal, [$($bind:expr),* $(,)?], $list:expr) => {{
        let mut touched = 0_u64;
        for items in $list.chunks($crate::store::macros::MAX_PARAMETERS - 100) {
            let sql = $crate::store::macros::with_list($sql, [$(stringify!($bind)),*].len(), items.len());
            touched += match $tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                    for item in items { query = query.bind(*item); }
                    query.execute(&mut **tx).await?.rows_affected()
                }
                $crate::store::Tx::Postgres(tx) => {
                    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                    for item in items { query = query.bind(*item); }
                    query.execute(&mut **tx).await?.rows_affected()
                }
            };
        }
        Ok::<_, $crate::store::StoreError>(touched)
    }};
}

/// Inserts many rows with as few statements as the parameter limit allows: `$head` is `insert into t (a, b)`, `$tail` what
/// follows the values, such as `on conflict (a) do nothing`, or nothing. The number of rows it touched.
macro_rules! insert_rows {
    ($tx:expr, $head:literal, $rows:expr, |$row:pat_param| [$($value:expr),+ $(,)?], $tail:literal) => {{
        let rows_at_once = $crate::store::macros::MAX_PARAMETERS / [$(stringify!($value)),+].len();
        let mut touched = 0_u64;
        for rows in $rows.chunks(rows_at_once) {
            touched += match $tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(concat!($head, " "));
                    query.push_values(rows, |mut values, $row| { $(values.push_bind($value);)+ });
                    query.push(concat!(" ", $tail)).build().execute(&mut **tx).await?.rows_affected()
                }
                $crate::store::Tx::Postgres(tx) => {
                    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(concat!($head, " "));
                    query.push_values(rows, |mut values, $row| { $(values.push_bind($value);)+ });
                    query.push(concat!(" ", $tail)).build().execute(&mut **tx).await?.rows_affected()
                }
            };
        }
        Ok::<_, $crate::store::StoreError>(touched)
    }};
}

/// A struct that a row of either database is read into, column by field name.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type),+ }

        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row;
                Ok($name { $($field: row.try_get(stringify!($field))?),+ })
            }
        }

        impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &'r sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row;
                Ok($name { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}

/// Writes `$n, $n+1, …` for `{list}`.
pub(super) fn with_list(sql: &str, binds: usize, items: usize) -> String {
    let list: Vec<String> = (binds + 1..=binds + items)
        .map(|n| format!("${n}"))
        .collect();
    sql.replace("{list}", &list.join(", "))
}
