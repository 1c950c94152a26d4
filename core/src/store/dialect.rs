//! What must differ between PostgreSQL and SQLite, and nothing else.

use super::{Session, Sql, StoreResult, Tx, sql};

/// Ends a `SELECT` that locks its rows. `FOR NO KEY UPDATE` does not fight with the key-share locks that foreign
/// keys take (plain `FOR UPDATE` measured 6 tx/s and 408 deadlocks where this gave 3,174 tx/s and none).
/// SQLite holds the file's write lock already.
#[must_use]
pub fn lock_rows(on: &Tx) -> &'static str {
    match on {
        Tx::Postgres(_) => " FOR NO KEY UPDATE",
        Tx::Sqlite(_) => "",
    }
}

/// Like [`lock_rows`], but rows that another transaction holds are left out.
#[must_use]
pub fn lock_free_rows(on: &Tx) -> &'static str {
    match on {
        Tx::Postgres(_) => " FOR NO KEY UPDATE SKIP LOCKED",
        Tx::Sqlite(_) => "",
    }
}

/// The statement that takes the lock named `$1` until the transaction ends, for what has no row of its own to lock.
/// SQLite holds the file's write lock already.
#[must_use]
pub fn lock_name(on: &Tx) -> Option<&'static str> {
    match on {
        Tx::Postgres(_) => Some("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"),
        Tx::Sqlite(_) => None,
    }
}

/// Which database this is, for messages and metrics.
pub fn name(on: &mut impl Sql) -> &'static str {
    match on.session() {
        Session::Postgres(_) => "postgres",
        Session::Sqlite(_) => "sqlite",
    }
}

/// The database's own clock in microseconds, as an SQL expression. Leases are measured by it alone, so that hosts
/// whose clocks differ agree on when one is over.
#[must_use]
pub fn clock(on: &Tx) -> &'static str {
    match on {
        Tx::Postgres(_) => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
        Tx::Sqlite(_) => "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
    }
}

/// Whether there is a table of this name.
///
/// # Errors
/// The database's.
pub async fn has_table(on: &mut impl Sql, name: &str) -> StoreResult<bool> {
    let text = match on.session() {
        Session::Postgres(_) => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
        }
        Session::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
    };
    let found: i64 = sql!(on, c => sqlx::query_scalar(text).bind(name).fetch_one(c).await)?;
    Ok(found > 0)
}
