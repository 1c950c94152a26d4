//! The relay's side of the outbox: which tasks go onto a queue next. At most [`WINDOW`] lie there unclaimed (a long
//! backlog on Redis breaks apalis' fetch), at most [`PER_USER`] of one user, and users take turns, so that one user's
//! backlog does not hold up another's single task.

use uuid::Uuid;

use super::{CHUNK, id_list, update_all};
use crate::{
    domain::{task::Queue, time::Timestamp},
    store::{Sql, StoreResult, Tx, dialect, execute, sql},
};

/// Most tasks of one queue that are pushed and unclaimed.
pub const WINDOW: i64 = 1_000;

/// Most of them that belong to one user.
pub const PER_USER: i64 = 50;

/// Rows looked at in one pass.
const HEAD: i64 = 200;

/// A task that was pushed and not claimed for so long is looked for, and pushed again if the queue lost it.
const UNCLAIMED: i64 = 15_000_000;

/// What one pass decided.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Tasks to push now, in this order. They are marked as pushed.
    pub push: Vec<Uuid>,
    /// More are ready than could be pushed: look again soon.
    pub more: bool,
    /// Tasks whose worker vanished, taken back by this pass.
    pub lost: u64,
}

/// Chooses and marks what a queue gets next; `backlog` is how many items are on the queue itself. Does nothing while
/// the queue is paused, or while another relay is at it.
///
/// # Errors
/// The database's.
pub async fn relay(tx: &mut Tx, queue: Queue, now: Timestamp, backlog: i64) -> StoreResult<Pass> {
    let text = format!("SELECT turn FROM queues WHERE name = $1 AND paused_at IS NULL{}", dialect::lock_free_rows(tx));
    let turn: Option<i64> = sql!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(queue).fetch_optional(c).await)?;
    let Some(turn) = turn else { return Ok(Pass::default()) };
    let lost = vanished(tx, queue, turn).await?;
    let due = promote(tx, queue, turn, now).await?;
    let pushed: Vec<(Uuid, i64)> = sql!(tx, c => sqlx::query_as(
        "SELECT user_id, COUNT(*) FROM outbox WHERE queue = $1 AND state = 'pushed' GROUP BY user_id")
        .bind(queue).fetch_all(c).await)?;
    let out: i64 = pushed.iter().map(|(_, count)| count).sum();
    let mut push = missing(tx, queue, out - backlog).await?;
    let room = WINDOW - out.max(backlog);
    let (chosen, last, more) = choose(tx, queue, room, pushed).await?;
    mark(tx, &chosen).await?;
    if last > turn {
        execute!(tx, "UPDATE queues SET turn = $2 WHERE name = $1", queue, last)?;
    }
    push.extend(chosen);
    Ok(Pass { push, more: more || due == HEAD.unsigned_abs(), lost })
}

/// Takes tasks back that were marked as pushed but could not be.
///
/// # Errors
/// The database's.
pub async fn take_back(tx: &mut Tx, ids: &[Uuid]) -> StoreResult<()> {
    for chunk in ids.chunks(CHUNK) {
        let text = format!(
            "UPDATE outbox SET state = 'ready', pushed_at = NULL WHERE state = 'pushed' AND id IN ({})",
            id_list(1)
        );
        update_all(tx, &text, chunk).await?;
    }
    Ok(())
}

/// When the next task of a queue becomes due.
///
/// # Errors
/// The database's.
pub async fn next_due(on: &mut impl Sql, queue: Queue) -> StoreResult<Option<Timestamp>> {
    sql!(on, c => sqlx::query_scalar("SELECT MIN(due_at) FROM outbox WHERE queue = $1 AND state = 'later'")
        .bind(queue).fetch_one(c).await)
}

/// Turns for rows of `due` (id, user_id, place): behind what its user has ready, at least beside the queue's turn `$2`.
const FAIR_TURN: &str = "due.place + COALESCE((SELECT CASE WHEN MAX(mine.turn) > $2 THEN MAX(mine.turn) END FROM outbox \
                         AS mine WHERE mine.queue = $1 AND mine.user_id = due.user_id AND mine.state = 'ready'), $2)";

/// Tasks whose lease is over: their worker is gone. They take their turn again.
async fn vanished(tx: &mut Tx, queue: Queue, turn: i64) -> StoreResult<u64> {
    let text = format!(
        "WITH due AS (SELECT id, user_id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY id) AS place FROM outbox \
         WHERE queue = $1 AND state = 'running' AND lease_until <= {0}) \
         UPDATE outbox SET state = 'ready', lease_until = NULL, pushed_at = NULL, turn = {FAIR_TURN}, \
         last_error = 'the worker that had this task vanished' \
         FROM due WHERE outbox.id = due.id AND outbox.state = 'running' AND outbox.lease_until <= {0}",
        dialect::clock(tx)
    );
    execute!(tx, sqlx::AssertSqlSafe(text.as_str()), queue, turn)
}

/// Tasks that have become due take their turn.
async fn promote(tx: &mut Tx, queue: Queue, turn: i64, now: Timestamp) -> StoreResult<u64> {
    let text = format!(
        "WITH head AS (SELECT id, user_id, due_at FROM outbox WHERE queue = $1 AND state = 'later' AND due_at <= $3 \
         ORDER BY due_at LIMIT {HEAD}), \
         due AS (SELECT id, user_id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY due_at, id) AS place FROM head) \
         UPDATE outbox SET state = 'ready', turn = {FAIR_TURN} \
         FROM due WHERE outbox.id = due.id AND outbox.state = 'later'"
    );
    execute!(tx, sqlx::AssertSqlSafe(text.as_str()), queue, turn, now)
}

/// Pushed tasks that nobody claims although the queue holds fewer items than were pushed: the queue lost them.
async fn missing(tx: &mut Tx, queue: Queue, lacking: i64) -> StoreResult<Vec<Uuid>> {
    if lacking <= 0 {
        return Ok(Vec::new());
    }
    let now = dialect::clock(tx);
    let text = format!(
        "UPDATE outbox SET pushed_at = {now} WHERE id IN (SELECT id FROM outbox WHERE queue = $1 AND state = 'pushed' \
         AND pushed_at <= {now} - {UNCLAIMED} ORDER BY pushed_at LIMIT $2) AND state = 'pushed' RETURNING id"
    );
    sql!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(queue).bind(lacking).fetch_all(c).await)
}

/// The next tasks in turn, the last turn among them, and whether any ready task was left.
async fn choose(tx: &mut Tx, queue: Queue, room: i64, pushed: Vec<(Uuid, i64)>) -> StoreResult<(Vec<Uuid>, i64, bool)> {
    let head: Vec<(Uuid, Uuid, i64)> = sql!(tx, c => sqlx::query_as(
        "SELECT id, user_id, turn FROM outbox WHERE queue = $1 AND state = 'ready' ORDER BY turn, id LIMIT $2")
        .bind(queue).bind(HEAD).fetch_all(c).await)?;
    let seen = head.len();
    let mut of_user: std::collections::HashMap<Uuid, i64> = pushed.into_iter().collect();
    let (mut chosen, mut last) = (Vec::new(), 0);
    for (id, user, turn) in head {
        let count = of_user.entry(user).or_default();
        if i64::try_from(chosen.len()).unwrap_or(i64::MAX) >= room || *count >= PER_USER {
            continue;
        }
        *count += 1;
        last = turn;
        chosen.push(id);
    }
    let more = chosen.len() < seen || seen == usize::try_from(HEAD).unwrap_or(usize::MAX);
    Ok((chosen, last, more))
}

async fn mark(tx: &mut Tx, ids: &[Uuid]) -> StoreResult<()> {
    for chunk in ids.chunks(CHUNK) {
        let text = format!(
            "UPDATE outbox SET state = 'pushed', pushed_at = {} WHERE state = 'ready' AND id IN ({})",
            dialect::clock(tx),
            id_list(1)
        );
        update_all(tx, &text, chunk).await?;
    }
    Ok(())
}
