//! The tables, as numbered steps that run once each when the store is opened. Every step has a file of the same name for
//! both databases; the list here is what ships.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

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
        ]
    };
}

pub(super) fn sqlite() -> Migrator {
    migrator(steps!("sqlite"))
}

pub(super) fn postgres() -> Migrator {
    migrator(steps!("postgres"))
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
