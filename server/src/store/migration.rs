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

macro_rules! steps {
    ($database:literal) => {
        [
            (
                1,
                "school",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0001_school.sql"
                )),
            ),
            (
                2,
                "documents",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0002_documents.sql"
                )),
            ),
            (
                3,
                "keys",
                include_str!(concat!("../../../migrations/", $database, "/0003_keys.sql")),
            ),
            (
                4,
                "erasure",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0004_erasure.sql"
                )),
            ),
            (
                5,
                "owner",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0005_owner.sql"
                )),
            ),
            (
                6,
                "audit",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0006_audit.sql"
                )),
            ),
            (
                7,
                "sign_in",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0007_sign_in.sql"
                )),
            ),
            (
                8,
                "protected",
                include_str!(concat!(
                    "../../../migrations/",
                    $database,
                    "/0008_protected.sql"
                )),
            ),
        ]
    };
}

macro_rules! content_key_steps {
    ($database:literal) => {
        [(
            1,
            "content_key",
            include_str!(concat!(
                "../../../migrations/",
                $database,
                "/content_keys_0001.sql"
            )),
        )]
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
