//! A worker's side of a task: claim it (which commits alone, so that a crash counts as an attempt), keep the lease,
//! settle it. Everything after the claim holds only where id and attempt still match: whoever comes late, after the
//! lease was over and somebody else took the task, changes nothing.

use std::time::Duration;

use uuid::Uuid;

use super::{CHUNK, TURN, Task, id_list, update_all};
use crate::{
    domain::{task::Queue, time::Timestamp},
    store::{StoreResult, Tx, dialect, execute, sql},
};

/// Names one claim of one task, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The task.
    pub id: Uuid,
    /// The attempt.
    pub attempt: i64,
}

/// A task that this process holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// What settling it takes.
    pub fence: Fence,
    /// Where it waited.
    pub queue: Queue,
    /// Its kind.
    pub kind: String,
    /// Its payload as JSON.
    pub payload: String,
    /// Whose task it is.
    pub user_id: Option<Uuid>,
    /// Which try this is, from 1, since it was enqueued or had to run again.
    pub tries: u32,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
}

/// What a claim met.
#[derive(Clone, Debug)]
pub enum Claim {
    /// The task is ours.
    Taken(Claimed),
    /// Its queue is paused; the task waits for the relay again, and no attempt is counted.
    Paused,
    /// Nothing to do: it is done, dead, due later, unknown, or somebody works on it.
    Gone,
}

/// Claims a task for the length of a lease.
///
/// # Errors
/// The database's.
pub async fn claim(tx: &mut Tx, id: Uuid, lease: Duration) -> StoreResult<Claim> {
    let now = dialect::clock(tx);
    let text = format!(
        "UPDATE outbox SET state = 'running', attempt = attempt + 1, lease_until = {now} + $2 \
         WHERE id = $1 AND (state IN ('ready', 'pushed') OR (state = 'running' AND lease_until <= {now})) \
         AND NOT EXISTS (SELECT 1 FROM queues WHERE name = outbox.queue AND paused_at IS NOT NULL) RETURNING {}",
        Task::COLUMNS
    );
    let task: Option<Task> = sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(id).bind(micros(lease)).fetch_optional(c).await)?;
    if let Some(task) = task {
        return Ok(Claim::Taken(task.into()));
    }
    // Only a pause leaves a pushed task unclaimed: back to the relay, which leaves paused queues alone.
    let paused = execute!(
        tx,
        "UPDATE outbox SET state = 'ready', pushed_at = NULL WHERE id = $1 AND state = 'pushed' \
         AND EXISTS (SELECT 1 FROM queues WHERE name = outbox.queue AND paused_at IS NOT NULL)",
        id
    )?;
    Ok(if paused == 1 { Claim::Paused } else { Claim::Gone })
}

/// Claims those of up to [`CHUNK`] tasks that can be, for the length of a lease; what a pause leaves goes back to the
/// relay.
///
/// # Errors
/// The database's.
pub async fn claim_all(tx: &mut Tx, ids: &[Uuid], lease: Duration) -> StoreResult<Vec<Claimed>> {
    let Some(&last) = ids.last() else { return Ok(Vec::new()) };
    let now = dialect::clock(tx);
    let text = format!(
        "UPDATE outbox SET state = 'running', attempt = attempt + 1, lease_until = {now} + $1 \
         WHERE id IN ({}) AND (state IN ('ready', 'pushed') OR (state = 'running' AND lease_until <= {now})) \
         AND NOT EXISTS (SELECT 1 FROM queues WHERE name = outbox.queue AND paused_at IS NOT NULL) RETURNING {}",
        id_list(2),
        Task::COLUMNS
    );
    let tasks: Vec<Task> = sql!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(micros(lease));
        for place in 0..CHUNK {
            query = query.bind(ids.get(place).copied().unwrap_or(last));
        }
        query.fetch_all(c).await
    })?;
    if tasks.len() < ids.len() {
        let text = format!(
            "UPDATE outbox SET state = 'ready', pushed_at = NULL WHERE id IN ({}) AND state = 'pushed' \
             AND EXISTS (SELECT 1 FROM queues WHERE name = outbox.queue AND paused_at IS NOT NULL)",
            id_list(1)
        );
        update_all(tx, &text, ids).await?;
    }
    Ok(tasks.into_iter().map(Claimed::from).collect())
}

/// Those of up to [`CHUNK`] claims that still hold, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn still_held(tx: &mut Tx, fences: &[Fence]) -> StoreResult<Vec<Fence>> {
    let Some(&last) = fences.last() else { return Ok(Vec::new()) };
    let text = format!(
        "SELECT id, attempt FROM outbox WHERE id IN ({}) AND state = 'running' ORDER BY id{}",
        id_list(1),
        dialect::lock_rows(tx)
    );
    let held: Vec<(Uuid, i64)> = sql!(tx, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()));
        for place in 0..CHUNK {
            query = query.bind(fences.get(place).copied().unwrap_or(last).id);
        }
        query.fetch_all(c).await
    })?;
    let held = held.into_iter().map(|(id, attempt)| Fence { id, attempt });
    Ok(held.filter(|fence| fences.contains(fence)).collect())
}

/// Tasks happened whose claims [`still_held`] has locked.
///
/// # Errors
/// The database's.
pub async fn done_all(tx: &mut Tx, held: &[Fence], at: Timestamp) -> StoreResult<()> {
    let Some(&last) = held.last() else { return Ok(()) };
    let text = format!(
        "UPDATE outbox SET state = 'done', lease_until = NULL, last_error = NULL, finished_at = $1 \
         WHERE id IN ({}) AND state = 'running'",
        id_list(2)
    );
    sql!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(text.as_str())).bind(at);
        for place in 0..CHUNK {
            query = query.bind(held.get(place).copied().unwrap_or(last).id);
        }
        query.execute(c).await.map(drop)
    })
}

impl From<Task> for Claimed {
    fn from(task: Task) -> Self {
        Self {
            fence: Fence { id: task.id, attempt: task.attempt },
            queue: task.queue,
            kind: task.kind,
            payload: task.payload,
            user_id: (!task.user_id.is_nil()).then_some(task.user_id),
            tries: u32::try_from(task.attempt - task.attempts_before).unwrap_or(u32::MAX),
            request_id: task.request_id,
            created_at: task.created_at,
        }
    }
}

/// Holds the task for another lease, from now. False if it is not ours any more: stop working on it.
///
/// # Errors
/// The database's.
pub async fn renew(tx: &mut Tx, fence: Fence, lease: Duration) -> StoreResult<bool> {
    let text = format!(
        "UPDATE outbox SET lease_until = {} + $3 WHERE id = $1 AND attempt = $2 AND state = 'running'",
        dialect::clock(tx)
    );
    settled(execute!(tx, sqlx::AssertSqlSafe(text.as_str()), fence.id, fence.attempt, micros(lease))?)
}

/// The task happened. Effects in the database belong into this same transaction; if this answers false, somebody
/// else has the task, and the transaction must be rolled back.
///
/// # Errors
/// The database's.
pub async fn done(tx: &mut Tx, fence: Fence, at: Timestamp) -> StoreResult<bool> {
    settled(execute!(
        tx,
        "UPDATE outbox SET state = 'done', lease_until = NULL, last_error = NULL, finished_at = $3 \
         WHERE id = $1 AND attempt = $2 AND state = 'running'",
        fence.id,
        fence.attempt,
        at
    )?)
}

/// The try failed; another starts at `due`.
///
/// # Errors
/// The database's.
pub async fn retry(tx: &mut Tx, fence: Fence, due: Timestamp, error: &str) -> StoreResult<bool> {
    settled(execute!(
        tx,
        "UPDATE outbox SET state = 'later', lease_until = NULL, pushed_at = NULL, due_at = $3, last_error = $4 \
         WHERE id = $1 AND attempt = $2 AND state = 'running'",
        fence.id,
        fence.attempt,
        due,
        error
    )?)
}

/// The claim was no try; the next one is at `due`.
///
/// # Errors
/// The database's.
pub async fn put_off(tx: &mut Tx, fence: Fence, due: Timestamp) -> StoreResult<bool> {
    settled(execute!(
        tx,
        "UPDATE outbox SET state = 'later', lease_until = NULL, pushed_at = NULL, due_at = $3, \
         attempts_before = attempts_before + 1 WHERE id = $1 AND attempt = $2 AND state = 'running'",
        fence.id,
        fence.attempt,
        due
    )?)
}

/// The task will not be tried again, until somebody says so.
///
/// # Errors
/// The database's.
pub async fn die(tx: &mut Tx, fence: Fence, error: &str, at: Timestamp) -> StoreResult<bool> {
    settled(execute!(
        tx,
        "UPDATE outbox SET state = 'dead', lease_until = NULL, last_error = $3, finished_at = $4 \
         WHERE id = $1 AND attempt = $2 AND state = 'running'",
        fence.id,
        fence.attempt,
        error,
        at
    )?)
}

/// Gives a claimed task back unfinished, as a process does that is told to stop: it starts again at once elsewhere.
///
/// # Errors
/// The database's.
pub async fn hand_back(tx: &mut Tx, claimed: &Claimed) -> StoreResult<bool> {
    let text = format!(
        "UPDATE outbox SET state = 'ready', lease_until = NULL, pushed_at = NULL, turn = {TURN}, \
         attempts_before = attempts_before + 1 WHERE id = $1 AND attempt = $4 AND state = 'running' AND queue = $2"
    );
    let user = claimed.user_id.unwrap_or_default();
    let Fence { id, attempt } = claimed.fence;
    settled(execute!(tx, sqlx::AssertSqlSafe(text.as_str()), id, claimed.queue, user, attempt)?)
}

fn settled(rows: u64) -> StoreResult<bool> {
    Ok(rows == 1)
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
