//! What happened by day, for the charts of the admin page. Days are UTC, counted from 1970-01-01.

use super::{Sql, StoreResult, sql};
use crate::domain::time::Timestamp;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Accounts made.
    Signups,
    /// Pulls made.
    Pulls,
    /// Jobs ordered.
    Orders,
    /// Keys found by jobs.
    Found,
}

/// How many on each day since `since` on which there was any, in the order of the days.
///
/// # Errors
/// The database's.
pub async fn by_day(on: &mut impl Sql, what: Counted, since: Timestamp) -> StoreResult<Vec<(i64, i64)>> {
    let (time, table, only) = match what {
        Counted::Signups => ("created_at", "users", ""),
        Counted::Pulls => ("created_at", "pulls", ""),
        Counted::Orders => ("created_at", "jobs", ""),
        Counted::Found => ("finished_at", "jobs", "AND status = 'completed'"),
    };
    let text = format!(
        "SELECT {time} / 86400000000 AS day, COUNT(*) FROM {table} WHERE {time} >= $1 {only} GROUP BY 1 ORDER BY 1"
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(since.micros()).fetch_all(c).await)
}

/// VaniTokens that pulls cost since `since`.
///
/// # Errors
/// The database's.
pub async fn spent_on_pulls(on: &mut impl Sql, since: Timestamp) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT COALESCE(CAST(SUM(tokens_spent) AS BIGINT), 0) FROM pulls WHERE created_at >= $1")
        .bind(since.micros()).fetch_one(c).await)
}

/// Jobs that wait or run right now.
///
/// # Errors
/// The database's.
pub async fn open_jobs(on: &mut impl Sql) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'running')")
        .fetch_one(c).await)
}
