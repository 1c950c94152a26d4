//! Brings the schema up to date at start, under the database's own lock, and down again by hand.

use sqlx::migrate::Migrator;

use super::{Db, Sql, StoreError, StoreResult, sql};

static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");

/// Applies every migration that is missing; other processes wait meanwhile.
///
/// # Errors
/// The database's, or a migration that was changed after it had been applied.
pub async fn up(db: &Db) -> StoreResult<()> {
    let done = match db {
        Db::Postgres(pool) => POSTGRES.run(pool).await,
        Db::Sqlite { write, .. } => SQLITE.run(write).await,
    };
    done.map_err(readable)
}

/// Takes migrations back down to `version` (0: all of them).
///
/// # Errors
/// The database's.
pub async fn down(db: &Db, version: i64) -> StoreResult<()> {
    let done = match db {
        Db::Postgres(pool) => POSTGRES.undo(pool, version).await,
        Db::Sqlite { write, .. } => SQLITE.undo(write, version).await,
    };
    done.map_err(readable)
}

/// The newest version that this program knows.
#[must_use]
pub fn newest() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The newest version that was applied; 0 for an empty database.
///
/// # Errors
/// The database's.
pub async fn applied(on: &mut impl Sql) -> StoreResult<i64> {
    let text = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM _sqlx_migrations WHERE success";
    sql!(on, c => sqlx::query_scalar(text).fetch_one(c).await)
}

/// Applies migrations up to `version`, which is not applied yet.
#[cfg(test)]
pub(crate) async fn up_to(db: &Db, version: i64) -> StoreResult<()> {
    let done = match db {
        Db::Postgres(pool) => POSTGRES.run_to(version, pool).await,
        Db::Sqlite { write, .. } => SQLITE.run_to(version, write).await,
    };
    done.map_err(readable)
}

/// Every version, the oldest first.
#[cfg(test)]
pub(crate) fn versions() -> Vec<i64> {
    SQLITE.iter().filter(|one| one.migration_type.is_up_migration()).map(|one| one.version).collect()
}

#[allow(clippy::wildcard_enum_match_arm, reason = "errors of a library that may get more")]
fn readable(error: sqlx::migrate::MigrateError) -> StoreError {
    match error {
        sqlx::migrate::MigrateError::Execute(error) => error.into(),
        other => StoreError::Corrupt(format!("schema migration: {other}")),
    }
}

#[cfg(test)]
mod tests;
