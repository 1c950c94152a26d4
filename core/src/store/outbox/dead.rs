//! Tasks that failed for good: kept, listed, searched, and run again when somebody says so. And the end of those
//! that were done.

use uuid::Uuid;

use super::{TURN, Task};
use crate::{
    domain::{
        task::{Queue, Stage, TaskState},
        time::Timestamp,
    },
    store::{Sql, StoreResult, Tx, execute, sql},
};

/// Which tasks to list. Every field that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// At this stage.
    pub stage: Option<Stage>,
    /// On this queue.
    pub queue: Option<Queue>,
    /// Of this user.
    pub user_id: Option<Uuid>,
    /// With this text in kind, payload or error, in any case.
    pub text: Option<String>,
}

impl Search {
    fn like(&self) -> Option<String> {
        let text = self.text.as_deref()?.to_lowercase();
        Some(format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
    }
}

const MATCHES: &str = "(CAST($1 AS TEXT) IS NULL OR state IN ($1, $2)) \
                       AND (CAST($3 AS TEXT) IS NULL OR queue = $3) AND ($4 = user_id OR $4 IS NULL) \
                       AND (CAST($5 AS TEXT) IS NULL OR \
                       LOWER(kind || ' ' || payload || ' ' || COALESCE(last_error, '')) LIKE $5 ESCAPE '\\')";

/// Lists tasks, the newest first, and counts them all.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, search: &Search, limit: i64, offset: i64) -> StoreResult<(Vec<Task>, i64)> {
    let (state, other) = search.stage.map(Stage::states).map(|[one, other]| (one, other)).unzip();
    let like = search.like();
    let columns = Task::COLUMNS;
    let text =
        format!("SELECT {columns} FROM outbox WHERE {MATCHES} ORDER BY created_at DESC, id DESC LIMIT $6 OFFSET $7");
    let tasks = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(state).bind(other).bind(search.queue).bind(search.user_id).bind(like.as_deref()).bind(limit).bind(offset)
        .fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM outbox WHERE {MATCHES}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(state).bind(other).bind(search.queue).bind(search.user_id).bind(like.as_deref()).fetch_one(c).await)?;
    Ok((tasks, total))
}

/// Lets a dead task run again, with all its tries. False if it is not dead.
///
/// # Errors
/// The database's.
pub async fn run_again(tx: &mut Tx, id: Uuid, now: Timestamp) -> StoreResult<bool> {
    let text = format!("SELECT {} FROM outbox WHERE id = $1 AND state = 'dead'", Task::COLUMNS);
    let task: Option<Task> =
        sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)?;
    let Some(task) = task else { return Ok(false) };
    let text = format!(
        "UPDATE outbox SET state = 'ready', attempts_before = attempt, pushed_at = NULL, finished_at = NULL, \
         due_at = $4, turn = {TURN} WHERE id = $1 AND state = 'dead'"
    );
    Ok(execute!(tx, sqlx::AssertSqlSafe(text.as_str()), id, task.queue, task.user_id, now)? == 1)
}

/// Lets every dead task that matches run again (whatever stage the search names); answers how many.
///
/// # Errors
/// The database's.
pub async fn run_all_again(tx: &mut Tx, search: &Search, now: Timestamp) -> StoreResult<u64> {
    // Through `later`, due now: the relay gives them their turns, fairly.
    let text = format!(
        "UPDATE outbox SET state = 'later', attempts_before = attempt, pushed_at = NULL, finished_at = NULL, \
         due_at = $6 WHERE {MATCHES}"
    );
    execute!(
        tx,
        sqlx::AssertSqlSafe(text.as_str()),
        TaskState::Dead,
        TaskState::Dead,
        search.queue,
        search.user_id,
        search.like(),
        now
    )
}

/// Forgets up to 1,000 tasks of a queue that were done before a moment; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_done(tx: &mut Tx, queue: Queue, before: Timestamp) -> StoreResult<u64> {
    execute!(
        tx,
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE queue = $1 AND state = 'done' \
         AND finished_at < $2 ORDER BY finished_at LIMIT 1000)",
        queue,
        before
    )
}
