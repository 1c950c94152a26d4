//! Queues: paused or not. How much waits on them is counted in `outbox`.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, sql};
use crate::domain::{task::Queue, time::Timestamp};

/// Gives every queue a row that has none yet.
///
/// # Errors
/// The database's.
pub async fn know(tx: &mut Tx) -> StoreResult<()> {
    for queue in Queue::ALL {
        execute!(tx, "INSERT INTO queues (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", queue)?;
    }
    Ok(())
}

/// Pauses a queue: its tasks wait, nothing new starts. False if it is paused already.
///
/// # Errors
/// The database's.
pub async fn pause(tx: &mut Tx, queue: Queue, by: Option<Uuid>, at: Timestamp) -> StoreResult<bool> {
    let paused = execute!(
        tx,
        "UPDATE queues SET paused_at = $2, paused_by = $3 WHERE name = $1 AND paused_at IS NULL",
        queue,
        at,
        by
    )?;
    Ok(paused == 1)
}

/// Lets a paused queue go on. False if it is not paused.
///
/// # Errors
/// The database's.
pub async fn resume(tx: &mut Tx, queue: Queue) -> StoreResult<bool> {
    let resumed = execute!(
        tx,
        "UPDATE queues SET paused_at = NULL, paused_by = NULL WHERE name = $1 AND paused_at IS NOT NULL",
        queue
    )?;
    Ok(resumed == 1)
}

/// Since when a queue is paused.
///
/// # Errors
/// The database's.
pub async fn paused_at(on: &mut impl Sql, queue: Queue) -> StoreResult<Option<Timestamp>> {
    let at: Option<Option<Timestamp>> = sql!(on, c =>
        sqlx::query_scalar("SELECT paused_at FROM queues WHERE name = $1").bind(queue).fetch_optional(c).await)?;
    Ok(at.flatten())
}
