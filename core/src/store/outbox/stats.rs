//! How the queues are doing, for the admin page, health and metrics.

use crate::{
    domain::{task::Queue, time::Timestamp},
    store::{Sql, StoreResult, row, sql},
};

/// One queue in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Depth {
    /// The queue.
    pub queue: Queue,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Due in the future (waiting to be tried again, mostly).
    pub later: i64,
    /// Due and not claimed: ready or pushed.
    pub waiting: i64,
    /// Claimed.
    pub running: i64,
    /// Dead and kept.
    pub dead: i64,
    /// When the oldest task that is due and unclaimed was due.
    pub oldest_due_at: Option<Timestamp>,
    /// Done since the moment asked for.
    pub done_since: i64,
    /// Died since the moment asked for.
    pub died_since: i64,
}

row! { Depth from queues:
    queue, paused_at, later, waiting, running, dead, oldest_due_at, done_since, died_since
}

/// Every queue in numbers; rates are counted since a moment.
///
/// # Errors
/// The database's.
pub async fn depths(on: &mut impl Sql, since: Timestamp) -> StoreResult<Vec<Depth>> {
    sql!(on, c => sqlx::query_as(
        "SELECT name AS queue, paused_at, \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'later') AS later, \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'ready') + \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'pushed') AS waiting, \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'running') AS running, \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'dead') AS dead, \
         (SELECT MIN(due_at) FROM outbox WHERE queue = name AND state IN ('ready', 'pushed')) AS oldest_due_at, \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'done' AND finished_at >= $1) AS done_since, \
         (SELECT COUNT(*) FROM outbox WHERE queue = name AND state = 'dead' AND finished_at >= $1) AS died_since \
         FROM queues ORDER BY name")
        .bind(since).fetch_all(c).await)
}
