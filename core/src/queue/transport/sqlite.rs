//! Queues of the embedded shape, by apalis-sqlite, in a file beside the database. Not in the same file: apalis' tables
//! `Jobs` and `Workers` are our `jobs` and `workers` to SQLite, and its writes would queue up with everybody else's.
//! The file may be deleted while the program is down; the outbox fills it again.

use std::{path::Path, sync::Arc, time::Duration};

use apalis_core::backend::ext::{BackendExt as _, with_codec::WithCodec};
use apalis_sqlite::{Config, SqliteStorage};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::OnceCell;

use super::{Raw, TransportError, TransportResult, Wake, Woken};
use crate::{clients::signals::Subscription, domain::task::Queue, store::sqlite_pool};

/// The embedded queues. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SqliteTransport {
    pool: SqlitePool,
    ready: Arc<OnceCell<()>>,
    swept: Arc<OnceCell<()>>,
}

impl SqliteTransport {
    pub(super) fn new(file: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            .pragma("secure_delete", "on");
        // One connection: every statement here writes, and they queue up fairly for it.
        let pool =
            sqlite_pool(1, Duration::from_secs(30)).idle_timeout(None).max_lifetime(None).connect_lazy_with(options);
        Self { pool, ready: Arc::default(), swept: Arc::default() }
    }

    /// The pool, its tables made.
    pub(super) async fn open(&self) -> TransportResult<&SqlitePool> {
        // Not `SqliteStorage::setup`, which turns the file's safety off.
        let migrate = || async { SqliteStorage::migrations().run(&self.pool).await.map_err(TransportError::new) };
        self.ready.get_or_try_init(migrate).await?;
        Ok(&self.pool)
    }

    /// What the last process had taken lies on the queues again. One process has workers on this file.
    pub(super) async fn sweep(&self) -> TransportResult<()> {
        let pool = self.open().await?;
        let take_over = || async {
            for statement in [
                "UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL WHERE status <> 'Killed'",
                "DELETE FROM Workers",
            ] {
                sqlx::query(statement).execute(pool).await.map_err(TransportError::new)?;
            }
            Ok(())
        };
        self.swept.get_or_try_init(take_over).await.copied()
    }

    /// What a worker of a queue is built on. [`Transport::sweep`](super::Transport::sweep) must have been called.
    #[must_use]
    pub fn carrier(&self, queue: Queue, bell: Subscription) -> Woken<WithCodec<SqliteStorage<Vec<u8>>, Raw>> {
        on(&self.pool, queue).with_codec(Raw).poll_with_strategy(Wake::new(bell))
    }

    pub(super) async fn storage(&self, queue: Queue) -> TransportResult<SqliteStorage<Vec<u8>>> {
        Ok(on(self.open().await?, queue))
    }

    pub(super) async fn backlog(&self, queue: Queue) -> TransportResult<i64> {
        sqlx::query_scalar("SELECT COUNT(*) FROM Jobs WHERE job_type = $1 AND status = 'Pending' AND lock_by IS NULL")
            .bind(queue.name())
            .fetch_one(self.open().await?)
            .await
            .map_err(TransportError::new)
    }

    pub(super) async fn acknowledge(&self, item: &str) -> TransportResult<()> {
        self.execute("DELETE FROM Jobs WHERE id = $1", item).await
    }

    pub(super) async fn release(&self, item: &str) -> TransportResult<()> {
        self.execute("UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL WHERE id = $1", item).await
    }

    pub(super) async fn set_aside(&self, item: &str, why: &str) -> TransportResult<()> {
        let text = "UPDATE Jobs SET status = 'Killed', lock_by = NULL, lock_at = NULL, last_result = $2 WHERE id = $1";
        let done = sqlx::query(text).bind(item).bind(why).execute(self.open().await?).await;
        done.map(drop).map_err(TransportError::new)
    }

    pub(super) async fn unreadable(&self, queue: Queue) -> TransportResult<i64> {
        sqlx::query_scalar("SELECT COUNT(*) FROM Jobs WHERE job_type = $1 AND status = 'Killed'")
            .bind(queue.name())
            .fetch_one(self.open().await?)
            .await
            .map_err(TransportError::new)
    }

    pub(super) async fn forget_unreadable(&self, queue: Queue) -> TransportResult<()> {
        self.execute("DELETE FROM Jobs WHERE job_type = $1 AND status = 'Killed'", queue.name()).await
    }

    pub(super) async fn retire(&self, worker: &str) -> TransportResult<()> {
        self.execute("UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL WHERE lock_by = $1", worker)
            .await?;
        self.execute("DELETE FROM Workers WHERE id = $1", worker).await
    }

    async fn execute(&self, statement: &'static str, argument: &str) -> TransportResult<()> {
        let done = sqlx::query(statement).bind(argument).execute(self.open().await?).await;
        done.map(drop).map_err(TransportError::new)
    }
}

fn on(pool: &SqlitePool, queue: Queue) -> SqliteStorage<Vec<u8>> {
    let config = Config::default()
        .queue(queue.name())
        // One at a time: a worker that fetched more would sit on tasks that another could start.
        .batch_size(1)
        .heartbeat_interval(Duration::from_secs(15))
        .missed_heartbeats(4)
        // Leases and results are the outbox' business.
        .lock_tasks(false)
        .persist_results(false);
    SqliteStorage::new(pool).with_config(config)
}
