//! Brings the schema up to date at start, under the database's own lock, and down again by hand.

use std::sync::LazyLock;

use sqlx::migrate::Migrator;

use super::{Db, Sql, StoreError, StoreResult, dialect, execute, settings, sql, transact};

/// A program may meet migrations that it does not know: those of a newer one beside it.
fn tolerant(mut migrator: Migrator) -> Migrator {
    migrator.set_ignore_missing(true);
    migrator
}

static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| tolerant(sqlx::migrate!("../migrations/postgres")));
static SQLITE: LazyLock<Migrator> = LazyLock::new(|| tolerant(sqlx::migrate!("../migrations/sqlite")));

/// The newest version that the last release knew. Its programs work with the schema of this one, so what comes after it
/// only adds: a column or table that is not used any more goes a release later.
pub const OLDEST: i64 = 12;

/// Under which the database keeps the [`OLDEST`] of the program that migrated it.
const OLDEST_KEPT: &str = "schema.oldest";

/// Applies every migration that is missing; other processes wait meanwhile. A newer schema is left as it is, if the
/// program that made it says that this one can work with it.
///
/// # Errors
/// The database's, or a migration that was changed after it had been applied, or a schema that is too new.
pub async fn up(db: &Db) -> StoreResult<()> {
    fits(db).await?;
    let done = match db {
        Db::Postgres(pool) => POSTGRES.run(pool).await,
        Db::Sqlite { write, .. } => SQLITE.run(write).await,
    };
    done.map_err(readable)?;
    if is_newer(&mut db.read().await?).await? {
        return Ok(());
    }
    transact!(db, tx => {
        let text = format!(
            "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, {now}) ON CONFLICT (name) DO UPDATE \
             SET value = excluded.value, updated_at = excluded.updated_at WHERE settings.value <> excluded.value",
            now = dialect::clock(tx)
        );
        execute!(tx, sqlx::AssertSqlSafe(text.as_str()), OLDEST_KEPT, OLDEST.to_string()).map(drop)
    })
}

/// Takes migrations back down to `version` (0: all of them).
///
/// # Errors
/// The database's, or a schema that a newer program has to take back.
pub async fn down(db: &Db, version: i64) -> StoreResult<()> {
    if is_newer(&mut db.read().await?).await? {
        return Err(too_new("only the program that made it can take it back"));
    }
    let done = match db {
        Db::Postgres(pool) => POSTGRES.undo(pool, version).await,
        Db::Sqlite { write, .. } => SQLITE.undo(write, version).await,
    };
    done.map_err(readable)
}

/// Refuses a schema with which this program cannot work.
async fn fits(db: &Db) -> StoreResult<()> {
    let mut conn = db.read().await?;
    if !is_newer(&mut conn).await? {
        return Ok(());
    }
    let kept = settings::get(&mut conn, OLDEST_KEPT).await?;
    match kept.and_then(|oldest| oldest.parse::<i64>().ok()) {
        Some(oldest) if oldest <= newest() => Ok(()),
        _ => Err(too_new("this program is more than one release older than the one that made it")),
    }
}

/// Whether a newer program has migrated the database.
async fn is_newer(on: &mut impl Sql) -> StoreResult<bool> {
    Ok(dialect::has_table(on, "_sqlx_migrations").await? && applied(on).await? > newest())
}

fn too_new(why: &str) -> StoreError {
    StoreError::Corrupt(format!("the database's schema is newer than version {}: {why}; use a newer program", newest()))
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
