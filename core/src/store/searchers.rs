//! Searchers: the keys that may report on slices, and what their owners last said about themselves.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::{
    rate::{Task, TaskRate},
    time::Timestamp,
};

/// A searcher as stored.
#[derive(Clone, Debug)]
pub struct Searcher {
    /// Its id.
    pub id: Uuid,
    /// The name that its admin gave it.
    pub name: String,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When it was suspended.
    pub suspended_at: Option<Timestamp>,
    /// Reports of its own that did not verify.
    pub bad_reports: i64,
    /// When it last reported.
    pub last_seen_at: Option<Timestamp>,
    /// Threads it searches with.
    pub threads: Option<i64>,
    /// Its rate in attempts a second.
    pub rate: Option<f64>,
}

row! { Searcher from searchers:
    id, name, public_key, enrolled_at, suspended_at, bad_reports, last_seen_at, threads, rate
}

/// Enrols a searcher's key; one that is known keeps its place, and is no longer suspended.
///
/// # Errors
/// The database's.
pub async fn enrol(tx: &mut Tx, name: &str, public_key: &[u8], at: Timestamp) -> StoreResult<Uuid> {
    sql!(tx, c => sqlx::query_scalar(
        "INSERT INTO searchers (id, name, public_key, enrolled_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (public_key) DO UPDATE SET name = excluded.name, suspended_at = NULL, bad_reports = 0 RETURNING id")
        .bind(Uuid::now_v7()).bind(name).bind(public_key).bind(at).fetch_one(c).await)
}

/// Finds a searcher by its public key.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, public_key: &[u8]) -> StoreResult<Option<Searcher>> {
    let text = format!("SELECT {} FROM searchers WHERE public_key = $1", Searcher::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(public_key).fetch_optional(c).await)
}

/// All searchers, the oldest first.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql) -> StoreResult<Vec<Searcher>> {
    let text = format!("SELECT {} FROM searchers ORDER BY enrolled_at, id", Searcher::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}

/// Notes that a searcher is there, with its threads and rate if it named them.
///
/// # Errors
/// The database's.
pub async fn seen(tx: &mut Tx, id: Uuid, about: Option<(i64, f64)>, at: Timestamp) -> StoreResult<()> {
    let (threads, rate) = about.unzip();
    execute!(
        tx,
        "UPDATE searchers SET last_seen_at = $1, threads = COALESCE($2, threads), rate = COALESCE($3, rate) \
         WHERE id = $4",
        at,
        threads,
        rate,
        id
    )?;
    Ok(())
}

/// Keeps what a searcher announced about its rates, over what it announced before.
///
/// # Errors
/// The database's.
pub async fn announce_rates(tx: &mut Tx, id: Uuid, rates: &[TaskRate]) -> StoreResult<()> {
    for TaskRate { mode, kind, rate } in rates {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
        let rate = *rate as f64;
        execute!(
            tx,
            "INSERT INTO searcher_rates (searcher_id, mode, kind, rate) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (searcher_id, mode, kind) DO UPDATE SET rate = excluded.rate",
            id,
            mode.name(),
            kind.name(),
            rate
        )?;
    }
    Ok(())
}

/// The rate of all searchers that may work and were seen since a moment, at one task (attempts a second).
///
/// # Errors
/// The database's.
pub async fn rate_of(on: &mut impl Sql, since: Timestamp, task: Task) -> StoreResult<f64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT CAST(COALESCE(SUM(r.rate), 0) AS DOUBLE PRECISION) FROM searchers s \
         JOIN searcher_rates r ON r.searcher_id = s.id \
         WHERE s.suspended_at IS NULL AND s.last_seen_at >= $1 AND r.mode = $2 AND r.kind = $3")
        .bind(since).bind(task.mode.name()).bind(task.kind.name()).fetch_one(c).await)
}

/// Counts a bad report; suspends the searcher at `most` of them. True if that happened now.
///
/// # Errors
/// The database's.
pub async fn blame(tx: &mut Tx, id: Uuid, most: i64, at: Timestamp) -> StoreResult<bool> {
    execute!(tx, "UPDATE searchers SET bad_reports = bad_reports + 1 WHERE id = $1", id)?;
    let suspended = execute!(
        tx,
        "UPDATE searchers SET suspended_at = $1 WHERE id = $2 AND suspended_at IS NULL AND bad_reports >= $3",
        at,
        id,
        most
    )?;
    Ok(suspended == 1)
}

/// Suspends a searcher, or lets it work again.
///
/// # Errors
/// The database's.
pub async fn suspend(tx: &mut Tx, id: Uuid, since: Option<Timestamp>) -> StoreResult<bool> {
    let done = execute!(tx, "UPDATE searchers SET suspended_at = $1, bad_reports = 0 WHERE id = $2", since, id)?;
    Ok(done == 1)
}

/// How many searchers may work and were seen since a moment, and their rates together (attempts a second).
///
/// # Errors
/// The database's.
pub async fn fleet(on: &mut impl Sql, since: Timestamp) -> StoreResult<(i64, f64)> {
    sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(rate), 0) AS DOUBLE PRECISION) FROM searchers \
         WHERE suspended_at IS NULL AND last_seen_at >= $1")
        .bind(since).fetch_one(c).await)
}
