//! Tasks: everything that is owed, written in the transaction that causes it. The queue (Redis, or the embedded one)
//! only carries ids; whether a task still has to happen, when, and how many times it was tried is known here.

mod claim;
mod dead;
mod relay;
mod stats;

use uuid::Uuid;

pub use claim::{
    Claim, Claimed, Fence, claim, claim_all, die, done, done_all, hand_back, put_off, renew, retry, still_held,
};
pub use dead::{Search, forget_done, list, run_again, run_all_again};
pub use relay::{PER_USER, Pass, WINDOW, next_due, relay, take_back};
pub use stats::{Depth, depths};

use super::{Sql, StoreResult, Tx, row, sql};
use crate::domain::{
    task::{Queue, TaskState},
    time::Timestamp,
};

/// A task to be owed from the commit on.
#[derive(Clone, Debug)]
pub struct NewTask<'a> {
    /// Where it waits.
    pub queue: Queue,
    /// Its kind, as the payload names it.
    pub kind: &'a str,
    /// Its payload as JSON: ids only.
    pub payload: &'a str,
    /// Whose task it is: users take turns. `None` for the service's own.
    pub user_id: Option<Uuid>,
    /// Now.
    pub created_at: Timestamp,
    /// When it may start.
    pub due_at: Timestamp,
    /// At most one task ever has this key (until it is forgotten, days after it was done).
    pub dedupe_key: Option<&'a str>,
    /// The request that causes it, for the logs.
    pub request_id: Option<&'a str>,
}

/// A task as stored.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// Where it waits.
    pub queue: Queue,
    /// Its kind.
    pub kind: String,
    /// Its payload as JSON.
    pub payload: String,
    /// Whose task it is; all zeros for the service's own.
    pub user_id: Uuid,
    /// How it stands.
    pub state: TaskState,
    /// Claims so far.
    pub attempt: i64,
    /// Claims before somebody had it run again.
    pub attempts_before: i64,
    /// When it may start.
    pub due_at: Timestamp,
    /// Its place in the order of service.
    pub turn: i64,
    /// When its claim ends, by the database's clock.
    pub lease_until: Option<Timestamp>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was done or died.
    pub finished_at: Option<Timestamp>,
}

row! { Task from outbox:
    id, queue, kind, payload, user_id, state, attempt, attempts_before, due_at, turn, lease_until, request_id,
    last_error, created_at, finished_at
}

/// Turn of a task of user `$3` on queue `$2` that becomes ready now: behind the user's own, beside everybody else's.
/// Two lookups at the end of an index, however long the queue.
const TURN: &str = "(SELECT 1 + COALESCE(MAX(latest), 0) FROM (SELECT turn AS latest FROM queues WHERE name = $2 \
                    UNION ALL SELECT MAX(turn) FROM outbox WHERE queue = $2 AND user_id = $3 AND state = 'ready') \
                    AS turns)";

/// Owes a task from this transaction's commit on. Answers its id, or `None` if one with its `dedupe_key` exists.
/// After the commit, publish [`Topic::Outbox`](crate::clients::signals::Topic) so that it starts at once.
///
/// # Errors
/// The database's.
pub async fn enqueue(tx: &mut Tx, task: &NewTask<'_>) -> StoreResult<Option<Uuid>> {
    let state = if task.due_at > task.created_at { TaskState::Later } else { TaskState::Ready };
    let text = format!(
        "INSERT INTO outbox (id, queue, user_id, kind, payload, state, due_at, turn, dedupe_key, request_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, {TURN}, $8, $9, $10) ON CONFLICT (dedupe_key) DO NOTHING RETURNING id"
    );
    sql!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(Uuid::now_v7()).bind(task.queue).bind(task.user_id.unwrap_or_default())
        .bind(task.kind).bind(task.payload).bind(state).bind(task.due_at)
        .bind(task.dedupe_key).bind(task.request_id).bind(task.created_at)
        .fetch_optional(c).await)
}

/// Finds a task.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Task>> {
    let text = format!("SELECT {} FROM outbox WHERE id = $1", Task::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Ids handled by one statement.
pub const CHUNK: usize = 64;

/// Placeholders for [`CHUNK`] ids, from `$first` on.
fn id_list(first: usize) -> String {
    (first..first + CHUNK).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// Runs a statement over up to [`CHUNK`] ids, its only parameters. The list always has the same length, its last id repeated, so
/// that the database keeps one prepared statement.
async fn update_all(tx: &mut Tx, text: &str, ids: &[Uuid]) -> StoreResult<u64> {
    let Some(&last) = ids.last() else { return Ok(0) };
    sql!(tx, c => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
        for place in 0..CHUNK {
            query = query.bind(ids.get(place).copied().unwrap_or(last));
        }
        query.execute(c).await.map(|done| done.rows_affected())
    })
}

#[cfg(test)]
mod tests;
