//! One literal, two databases: each macro matches on the connection and runs the same statement on it. The common subset:
//! `$1`, `$2` … as parameters, every column `not null` unless it is read as `Option`, `cast(sum(x) as bigint)`, time as
//! unix milliseconds, no `lower`, `like` or `order by` on people's words, correctness by unique keys and `on conflict`.

/// Most rows or listed items in one statement: few on SQLite, which looks for each named parameter among all that stand before
/// it; many on PostgreSQL, where each statement is a way to the server and back. A few lengths only, so that statements are
/// prepared once.
pub(super) const SQLITE_AT_ONCE: usize = 64;
pub(super) const POSTGRES_AT_ONCE: usize = 1024;

/// Runs a statement; the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.connection {
            $crate::store::Connection::Sqlite(tx) => sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::store::Connection::Postgres(tx) => sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Every row of a query, each read as `$row`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.connection {
            $crate::store::Connection::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
            $crate::store::Connection::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// The first row of a query, if there is one.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.connection {
            $crate::store::Connection::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
            $crate::store::Connection::Postgres(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// `fetch_all!` for a query with one list: `in ({list})` stands for `$list`, whose items follow the other parameters. A
/// long list is asked for in several rounds, so an `order by` holds within a round only; an empty one asks nothing.
macro_rules! fetch_list {
    ($tx:expr, $row:ty, $sql:literal, [$($bind:expr),* $(,)?], $list:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        match &mut $tx.connection {
            $crate::store::Connection::Sqlite(tx) => for items in $list.chunks($crate::store::macros::SQLITE_AT_ONCE) {
                let (sql, items) = $crate::store::macros::with_list($sql, <[&str]>::len(&[$(stringify!($bind)),*]), items);
                let mut query = sqlx::query_as::<_, $row>(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                for item in items { query = query.bind(item); }
                rows.extend(query.fetch_all(&mut **tx).await?);
            },
            $crate::store::Connection::Postgres(tx) => for items in $list.chunks($crate::store::macros::POSTGRES_AT_ONCE) {
                let (sql, items) = $crate::store::macros::with_list($sql, <[&str]>::len(&[$(stringify!($bind)),*]), items);
                let mut query = sqlx::query_as::<_, $row>(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                for item in items { query = query.bind(item); }
                rows.extend(query.fetch_all(&mut **tx).await?);
            },
        }
        Ok::<_, $crate::store::StoreError>(rows)
    }};
}

/// `execute!` for a statement with one list, as in `fetch_list!`.
macro_rules! execute_list {
    ($tx:expr, $sql:literal, [$($bind:expr),* $(,)?], $list:expr) => {{
        let mut touched = 0_u64;
        match &mut $tx.connection {
            $crate::store::Connection::Sqlite(tx) => for items in $list.chunks($crate::store::macros::SQLITE_AT_ONCE) {
                let (sql, items) = $crate::store::macros::with_list($sql, <[&str]>::len(&[$(stringify!($bind)),*]), items);
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                for item in items { query = query.bind(item); }
                touched += query.execute(&mut **tx).await?.rows_affected();
            },
            $crate::store::Connection::Postgres(tx) => for items in $list.chunks($crate::store::macros::POSTGRES_AT_ONCE) {
                let (sql, items) = $crate::store::macros::with_list($sql, <[&str]>::len(&[$(stringify!($bind)),*]), items);
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))$(.bind($bind))*;
                for item in items { query = query.bind(item); }
                touched += query.execute(&mut **tx).await?.rows_affected();
            },
        }
        Ok::<_, $crate::store::StoreError>(touched)
    }};
}

/// Inserts many rows with few statements: `$head` is `insert into t (a, b)`, `$tail` what
/// follows the values, such as `on conflict (a) do nothing`, or nothing. The number of rows it touched.
macro_rules! insert_rows {
    ($tx:expr, $head:literal, $rows:expr, |$row:pat_param| [$($value:expr),+ $(,)?], $tail:literal) => {{
        let mut touched = 0_u64;
        match &mut $tx.connection {
            $crate::store::Connection::Sqlite(tx) => for rows in $crate::store::macros::portions(&$rows, $crate::store::macros::SQLITE_AT_ONCE) {
                let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(concat!($head, " "));
                query.push_values(rows, |mut values, $row| { $(values.push_bind($value);)+ });
                touched += query.push(concat!(" ", $tail)).build().execute(&mut **tx).await?.rows_affected();
            },
            $crate::store::Connection::Postgres(tx) => for rows in $crate::store::macros::portions(&$rows, $crate::store::macros::POSTGRES_AT_ONCE) {
                let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(concat!($head, " "));
                query.push_values(rows, |mut values, $row| { $(values.push_bind($value);)+ });
                touched += query.push(concat!(" ", $tail)).build().execute(&mut **tx).await?.rows_affected();
            },
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

/// Writes `$n, $n+1, …` for `{list}`, and the items that belong there: the last one is repeated until their number is a power
/// of two.
pub(super) fn with_list<T: Copy>(
    sql: &str,
    binds: usize,
    items: &[T],
) -> (String, impl Iterator<Item = T>) {
    let length = items.len().next_power_of_two();
    let list: Vec<String> = (binds + 1..=binds + length)
        .map(|n| format!("${n}"))
        .collect();
    let repeated = items.last().copied().into_iter().cycle();
    (
        sql.replace("{list}", &list.join(", ")),
        items.iter().copied().chain(repeated).take(length),
    )
}

/// Cuts rows into portions whose lengths are powers of two, `most` at most.
pub(super) fn portions<T>(rows: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = most.min(1 << rest.len().checked_ilog2()?);
        let (portion, after) = rest.split_at(length);
        rest = after;
        Some(portion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_all_rows_in_order_and_of_few_lengths() {
        for count in 0..500 {
            let rows: Vec<usize> = (0..count).collect();
            let portions: Vec<&[usize]> = portions(&rows, SQLITE_AT_ONCE).collect();
            assert_eq!(portions.concat(), rows);
            assert!(
                portions
                    .iter()
                    .all(|it| it.len().is_power_of_two() && it.len() <= SQLITE_AT_ONCE)
            );
        }
    }

    #[test]
    fn a_list_is_filled_up_with_its_last_item() {
        let (sql, items) = with_list("id in ({list}) and x = $1", 1, &[7, 8, 9]);
        assert_eq!(sql, "id in ($2, $3, $4, $5) and x = $1");
        assert_eq!(items.collect::<Vec<_>>(), [7, 8, 9, 9]);
    }
}
