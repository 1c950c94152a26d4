//! What runs where: every worker process with a database announces itself and keeps saying that it is there.
//! Searchers without a database are known by their reports (`searchers`).

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::time::Timestamp;

/// A worker process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Its id, fresh at every start.
    pub id: Uuid,
    /// The host it runs on.
    pub host: String,
    /// The names of its queues, separated by commas; one of another version may serve queues that this one lacks.
    pub queues: String,
    /// Threads that search.
    pub threads: i64,
    /// The program's version.
    pub version: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it last said that it is there.
    pub heartbeat_at: Timestamp,
    /// When it last finished a task.
    pub last_task_at: Option<Timestamp>,
    /// Tasks done since it started.
    pub tasks_done: i64,
    /// Tasks failed since it started.
    pub tasks_failed: i64,
    /// Since when it is stopping.
    pub stopping_at: Option<Timestamp>,
}

row! {
    Worker from workers: id, host, queues, threads, version, started_at, heartbeat_at, last_task_at, tasks_done,
        tasks_failed, stopping_at
}

/// Announces a worker, or updates what is known of it.
///
/// # Errors
/// The database's.
pub async fn announce(tx: &mut Tx, worker: &Worker) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO workers (id, host, queues, threads, version, started_at, heartbeat_at, last_task_at, tasks_done, \
         tasks_failed, stopping_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE \
         SET heartbeat_at = excluded.heartbeat_at, last_task_at = excluded.last_task_at, \
         tasks_done = excluded.tasks_done, tasks_failed = excluded.tasks_failed, stopping_at = excluded.stopping_at",
        worker.id,
        &worker.host,
        &worker.queues,
        worker.threads,
        &worker.version,
        worker.started_at,
        worker.heartbeat_at,
        worker.last_task_at,
        worker.tasks_done,
        worker.tasks_failed,
        worker.stopping_at
    )?;
    Ok(())
}

/// Forgets a worker that has stopped.
///
/// # Errors
/// The database's.
pub async fn leave(tx: &mut Tx, id: Uuid) -> StoreResult<()> {
    execute!(tx, "DELETE FROM workers WHERE id = $1", id)?;
    Ok(())
}

/// Forgets workers that have not been heard of since a moment; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_silent(tx: &mut Tx, since: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM workers WHERE heartbeat_at < $1", since.micros())
}

/// The workers that are there, by host.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql) -> StoreResult<Vec<Worker>> {
    let text = format!("SELECT {} FROM workers ORDER BY host, started_at, id", Worker::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}
