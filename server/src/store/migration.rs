//! The tables, as numbered steps that run once each when the store is opened. Every step has a file of the same name for
//! both databases; the list here is what ships.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tables {
    Main,
    /// The keys of what people write.
    ContentKeys,
}

macro_rules! step {
    ($database:literal, $number:literal, $name:literal, $file:literal) => {
        (
            $number,
            $name,
            include_str!(concat!(
                "../../../migrations/",
                $database,
                "/",
                $file,
                ".sql"
            )),
        )
    };
}

macro_rules! steps {
    ($database:literal) => {
        [
            step!($database, 1, "school", "0001_school"),
            step!($database, 2, "documents", "0002_documents"),
            step!($database, 3, "keys", "0003_keys"),
            step!($database, 4, "erasure", "0004_erasure"),
            step!($database, 5, "owner", "0005_owner"),
            step!($database, 6, "audit", "0006_audit"),
            step!($database, 7, "sign_in", "0007_sign_in"),
            step!($database, 8, "protected", "0008_protected"),
            step!($database, 9, "passkey", "0009_passkey"),
            step!($database, 10, "day_code", "0010_day_code"),
            step!($database, 11, "notice", "0011_notice"),
            step!($database, 12, "identity", "0012_identity"),
            step!($database, 13, "feide_groups", "0013_feide_groups"),
            step!($database, 14, "handed", "0014_handed"),
            step!($database, 15, "push", "0015_push"),
        ]
    };
}

macro_rules! content_key_steps {
    ($database:literal) => {
        [step!($database, 1, "content_key", "content_keys_0001")]
    };
}

pub(super) fn sqlite(tables: Tables) -> Migrator {
    match tables {
        Tables::Main => migrator(steps!("sqlite")),
        Tables::ContentKeys => migrator(content_key_steps!("sqlite")),
    }
}

pub(super) fn postgres(tables: Tables) -> Migrator {
    match tables {
        Tables::Main => migrator(steps!("postgres")),
        Tables::ContentKeys => migrator(content_key_steps!("postgres")),
    }
}

fn migrator<const STEPS: usize>(steps: [(i64, &'static str, &'static str); STEPS]) -> Migrator {
    let step = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(steps.into_iter().map(step).collect())
}
