//! Jobs: guaranteed searches from order to delivered key. The file sealed to its recipient lies in the row; the
//! slices of the search have a store of their own.

use uuid::Uuid;
use vanikeys_grind::{PatternSpec, Target};

use super::{
    Sql, StoreResult, Tx, Unreadable, dialect, execute, row, sql,
    stored::{Erasable, json},
};
use crate::{
    custody::Holder,
    domain::{
        custody::Custody,
        job::{Cause, Found, Spans, State, Status},
        time::Timestamp,
    },
};

/// A job as stored, without its key file.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// Who ordered it.
    pub user_id: Uuid,
    /// What is searched.
    pub pattern: PatternSpec,
    /// The pattern's canonical key.
    pub pattern_key: String,
    /// What kind of key is searched.
    pub target: Target,
    /// Exact odds as a decimal.
    pub one_in: String,
    /// The same as a number.
    pub expected_attempts: f64,
    /// Who will be able to read the key.
    pub custody: Custody,
    /// Who the key is sealed to.
    pub recipient: Erasable<Holder>,
    /// Where it is.
    pub state: State,
    /// Price before credit.
    pub price: i64,
    /// Credit used.
    pub credit: i64,
    /// The hold of price - credit.
    pub hold_id: Uuid,
    /// Posted when settled.
    pub posted: Option<i64>,
    /// Released when settled.
    pub released: Option<i64>,
    /// Attempts settled so far.
    pub attempts: i64,
    /// Place in the order of service.
    pub turn: i64,
    /// Since when no searcher is there to work on it.
    pub stalled_since: Option<Timestamp>,
    /// When its owner asked to cancel it.
    pub cancel_requested_at: Option<Timestamp>,
    /// When the key file was erased.
    pub erased_at: Option<Timestamp>,
    /// The request that ordered it.
    pub request_id: Option<String>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When its first slice was issued.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

row! { Job from jobs:
    id, user_id, pattern, pattern_key, target, one_in, expected_attempts, custody, recipient, price, credit, hold_id,
    posted, released, attempts, turn, stalled_since, cancel_requested_at, erased_at, request_id, created_at,
    started_at, finished_at;
    state of Ending: status, failure, public_key, text, result
}

/// The columns that make a [`State`].
struct Ending {
    id: Uuid,
    status: Status,
    failure: Option<Cause>,
    public_key: Option<[u8; 32]>,
    text: Option<String>,
    result: Option<Spans>,
}

row! { Ending from jobs: id, status, failure, public_key, text, result }

impl TryFrom<Ending> for State {
    type Error = Unreadable;

    fn try_from(row: Ending) -> Result<Self, Unreadable> {
        let lacks = |column| Unreadable::new("jobs", column, &row.id, "it is missing");
        Ok(match row.status {
            Status::Queued => Self::Queued,
            Status::Running => Self::Running,
            Status::Completed => Self::Completed(Found {
                public_key: row.public_key.ok_or_else(|| lacks("public_key"))?,
                text: row.text.ok_or_else(|| lacks("text"))?,
                spans: row.result.ok_or_else(|| lacks("result"))?,
            }),
            Status::Cancelled => Self::Cancelled,
            Status::Failed => Self::Failed(row.failure.ok_or_else(|| lacks("failure"))?),
        })
    }
}

/// Stores a new job.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, job: &Job) -> StoreResult<()> {
    let pattern = json(&job.pattern)?;
    execute!(
        tx,
        "INSERT INTO jobs (id, user_id, pattern, pattern_key, target, one_in, expected_attempts, custody, recipient, \
         status, price, credit, hold_id, turn, request_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        job.id,
        job.user_id,
        &pattern,
        &job.pattern_key,
        job.target.name(),
        &job.one_in,
        job.expected_attempts,
        job.custody,
        job.recipient.to_string(),
        job.state.status(),
        job.price,
        job.credit,
        job.hold_id,
        job.turn,
        &job.request_id,
        job.created_at
    )?;
    Ok(())
}

/// Finds a job of the user.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid, user: Uuid) -> StoreResult<Option<Job>> {
    let text = format!("SELECT {} FROM jobs WHERE id = $1 AND user_id = $2", Job::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).bind(user).fetch_optional(c).await)
}

/// Finds a job whoever owns it.
///
/// # Errors
/// The database's.
pub async fn get(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Job>> {
    let text = format!("SELECT {} FROM jobs WHERE id = $1", Job::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Finds and locks a job until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, id: Uuid) -> StoreResult<Option<Job>> {
    let text = format!("SELECT {} FROM jobs WHERE id = $1{}", Job::COLUMNS, dialect::lock_rows(tx));
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// A page of the user's jobs, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn list(
    on: &mut impl Sql,
    user: Uuid,
    status: Option<Status>,
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Job>, i64)> {
    let total = sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND ($2 IS NULL OR status = $2)")
        .bind(user).bind(status).fetch_one(c).await)?;
    let text = format!(
        "SELECT {} FROM jobs WHERE user_id = $1 AND ($2 IS NULL OR status = $2) \
         ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4",
        Job::COLUMNS
    );
    let page = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(status).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total))
}

/// Every job that is not ended, in the order of service.
///
/// # Errors
/// The database's.
pub async fn open(on: &mut impl Sql) -> StoreResult<Vec<Job>> {
    let text = format!("SELECT {} FROM jobs WHERE status IN ('queued', 'running') ORDER BY turn, id", Job::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}

/// Ids of the user's jobs that are not ended.
///
/// # Errors
/// The database's.
pub async fn open_of(on: &mut impl Sql, user: Uuid) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT id FROM jobs WHERE user_id = $1 AND status IN ('queued', 'running') ORDER BY id")
        .bind(user).fetch_all(c).await)
}

/// The lowest turn of any open job: where a new one joins.
///
/// # Errors
/// The database's.
pub async fn first_turn(on: &mut impl Sql) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT COALESCE(MIN(turn), 0) FROM jobs WHERE status IN ('queued', 'running')").fetch_one(c).await)
}

/// How many open jobs will be served before this turn.
///
/// # Errors
/// The database's.
pub async fn ahead(on: &mut impl Sql, turn: i64) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'running') AND turn < $1").bind(turn).fetch_one(c).await)
}

/// Moves a job on in the order of service; it runs if anybody is there to search.
///
/// # Errors
/// The database's.
pub async fn served(tx: &mut Tx, id: Uuid, turn: i64, searched: bool, at: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE jobs SET turn = $1 WHERE id = $2", turn, id)?;
    if searched {
        runs(tx, id, at).await?;
    }
    Ok(())
}

/// Adds settled attempts, which somebody made: the job runs.
///
/// # Errors
/// The database's.
pub async fn add_attempts(tx: &mut Tx, id: Uuid, attempts: i64, at: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE jobs SET attempts = attempts + $1 WHERE id = $2", attempts, id)?;
    runs(tx, id, at).await
}

async fn runs(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE jobs SET status = 'running', started_at = COALESCE(started_at, $1) \
         WHERE id = $2 AND status = 'queued'",
        at,
        id
    )?;
    Ok(())
}

/// Notes since when a job has no searcher, and that it waits for one; or that it has one again.
///
/// # Errors
/// The database's.
pub async fn stalled(tx: &mut Tx, id: Uuid, since: Option<Timestamp>) -> StoreResult<()> {
    execute!(tx, "UPDATE jobs SET stalled_since = $1 WHERE id = $2", since, id)?;
    if since.is_some() {
        execute!(tx, "UPDATE jobs SET status = 'queued' WHERE id = $1 AND status = 'running'", id)?;
    }
    Ok(())
}

/// Notes that the owner wants a job cancelled.
///
/// # Errors
/// The database's.
pub async fn request_cancel(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE jobs SET cancel_requested_at = COALESCE(cancel_requested_at, $1) WHERE id = $2", at, id)?;
    Ok(())
}

/// Ends a job with its key.
///
/// # Errors
/// The database's.
pub async fn complete(
    tx: &mut Tx,
    id: Uuid,
    posted: i64,
    (found, key_file): (&Found, &[u8]),
    at: Timestamp,
) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE jobs SET status = 'completed', posted = $1, released = 0, public_key = $2, text = $3, result = $4, \
         key_file = $5, finished_at = $6, started_at = COALESCE(started_at, $6), stalled_since = NULL WHERE id = $7",
        posted,
        found.public_key.as_slice(),
        &found.text,
        json(&found.spans)?,
        key_file,
        at,
        id
    )?;
    Ok(())
}

/// Ends a job without a key: cancelled, or failed for a cause.
///
/// # Errors
/// The database's.
pub async fn end(
    tx: &mut Tx,
    id: Uuid,
    (posted, released): (i64, i64),
    failure: Option<Cause>,
    at: Timestamp,
) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE jobs SET status = $1, posted = $2, released = $3, failure = $4, finished_at = $5, \
         stalled_since = NULL WHERE id = $6",
        failure.map_or(Status::Cancelled, |_| Status::Failed),
        posted,
        released,
        failure,
        at,
        id
    )?;
    Ok(())
}

/// The sealed key file of a job of the user, if there is one.
///
/// # Errors
/// The database's.
pub async fn key_file(on: &mut impl Sql, id: Uuid, user: Uuid) -> StoreResult<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = sql!(on, c => sqlx::query_scalar(
        "SELECT key_file FROM jobs WHERE id = $1 AND user_id = $2")
        .bind(id).bind(user).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// Erases the key file. False if there is none.
///
/// # Errors
/// The database's.
pub async fn erase(tx: &mut Tx, id: Uuid, user: Uuid, at: Timestamp) -> StoreResult<bool> {
    let erased = execute!(
        tx,
        "UPDATE jobs SET key_file = NULL, erased_at = $1 WHERE id = $2 AND user_id = $3 AND key_file IS NOT NULL",
        at,
        id,
        user
    )?;
    Ok(erased == 1)
}

/// Puts a re-sealed key file in the place of the one it was made from. False if that one is gone.
///
/// # Errors
/// The database's.
pub async fn reseal(tx: &mut Tx, id: Uuid, old: &[u8], new: &[u8], recipient: &str) -> StoreResult<bool> {
    let done = execute!(
        tx,
        "UPDATE jobs SET key_file = $1, recipient = $2 WHERE id = $3 AND key_file = $4",
        new,
        recipient,
        id,
        old
    )?;
    Ok(done == 1)
}

/// Delivered jobs in `service` custody that are sealed to another recipient than the service's current one.
///
/// # Errors
/// The database's.
pub async fn sealed_to_old(
    on: &mut impl Sql,
    current: &str,
    after: Uuid,
    most: i64,
) -> StoreResult<Vec<(Uuid, Vec<u8>)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT id, key_file FROM jobs WHERE custody = 'service' AND key_file IS NOT NULL AND recipient <> $1 \
         AND id > $2 ORDER BY id LIMIT $3")
        .bind(current).bind(after).bind(most).fetch_all(c).await)
}
