//! Slices of jobs: issued to the queue, then settled by a report or expired. Each counts at most once.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, dialect, execute, row, sql};
use crate::domain::{job::SliceState, time::Timestamp};

/// A slice as stored.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Its id.
    pub id: Uuid,
    /// The job it searches for.
    pub job_id: Uuid,
    /// Most attempts.
    pub budget: i64,
    /// Longest time.
    pub milliseconds: i64,
    /// How it stands.
    pub state: SliceState,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it is given up.
    pub expires_at: Timestamp,
}

row! { Slice from slices: id, job_id, budget, milliseconds, state, issued_at, expires_at }

/// What is going on for a job right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, sqlx::FromRow)]
pub struct Pace {
    /// Attempts settled in the window.
    pub attempts: i64,
    /// Searchers that settled a slice in the window.
    pub searchers: i64,
}

/// Stores a slice.
///
/// # Errors
/// The database's.
pub async fn issue(tx: &mut Tx, slice: &Slice) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO slices (id, job_id, budget, milliseconds, state, issued_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        slice.id,
        slice.job_id,
        slice.budget,
        slice.milliseconds,
        slice.state,
        slice.issued_at,
        slice.expires_at
    )?;
    Ok(())
}

/// Finds a slice.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Slice>> {
    sql!(on, c => sqlx::query_as(
        "SELECT id, job_id, budget, milliseconds, state, issued_at, expires_at FROM slices WHERE id = $1")
        .bind(id).fetch_optional(c).await)
}

/// Settles a slice that was not settled yet, even one that expired meanwhile. False if it was settled before.
///
/// # Errors
/// The database's.
pub async fn settle(
    tx: &mut Tx,
    id: Uuid,
    searcher: Uuid,
    attempts: i64,
    seconds: f64,
    at: Timestamp,
) -> StoreResult<bool> {
    let settled = execute!(
        tx,
        "UPDATE slices SET state = 'settled', searcher_id = $1, attempts = $2, seconds = $3, settled_at = $4 \
         WHERE id = $5 AND state <> 'settled'",
        searcher,
        attempts,
        seconds,
        at,
        id
    )?;
    Ok(settled == 1)
}

/// Gives up the slices whose time is over; answers the jobs they belonged to.
///
/// # Errors
/// The database's.
pub async fn expire(tx: &mut Tx, now: Timestamp) -> StoreResult<Vec<Uuid>> {
    let text = format!(
        "UPDATE slices SET state = 'expired' WHERE id IN (SELECT id FROM slices WHERE state = 'issued' AND \
         expires_at <= $1 ORDER BY id{}) RETURNING job_id",
        dialect::lock_free_rows(tx)
    );
    sql!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(now).fetch_all(c).await)
}

/// How many slices of each job are out; only those issued since a moment, if one is given.
///
/// # Errors
/// The database's.
pub async fn out(on: &mut impl Sql, since: Option<Timestamp>) -> StoreResult<Vec<(Uuid, i64)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT job_id, COUNT(*) FROM slices WHERE state = 'issued' AND issued_at >= $1 GROUP BY job_id")
        .bind(since.map_or(0, Timestamp::micros)).fetch_all(c).await)
}

/// How many slices of one job are out.
///
/// # Errors
/// The database's.
pub async fn out_of(on: &mut impl Sql, job: Uuid) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM slices WHERE state = 'issued' AND job_id = $1")
        .bind(job).fetch_one(c).await)
}

/// What a job got done since a moment.
///
/// # Errors
/// The database's.
pub async fn pace(on: &mut impl Sql, job: Uuid, since: Timestamp) -> StoreResult<Pace> {
    sql!(on, c => sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(attempts), 0) AS BIGINT) AS attempts, COUNT(DISTINCT searcher_id) AS searchers \
         FROM slices WHERE job_id = $1 AND state = 'settled' AND settled_at >= $2")
        .bind(job).bind(since).fetch_one(c).await)
}

/// Forgets slices that ended before a moment and whose job is over; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    execute!(
        tx,
        "DELETE FROM slices WHERE state <> 'issued' AND issued_at < $1 AND job_id IN \
         (SELECT id FROM jobs WHERE finished_at IS NOT NULL AND finished_at < $1)",
        before
    )
}
