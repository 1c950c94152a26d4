//! How tasks travel: apalis over Redis in the fleet, apalis over a SQLite file of its own when embedded. This is
//! transport only: an item may be delivered twice or get lost, and what must not be is owed by the outbox, or issued
//! again by the coordinator. Items are bytes here, so that garbage in a queue is set aside by whoever reads it and
//! cannot stop a worker.

mod raw;
mod redis;
mod screened;
mod sqlite;
mod wake;

use std::{path::Path, pin::Pin};

use apalis_core::{
    backend::{
        Backend, BackendConfig, WireFormatBackend, codec::Codec, ext::poll_strategy::PollWith, finalize::Durable,
        persistence::TaskPersistLayer,
    },
    task::{Task, builder::TaskBuilder, task_id::TaskId},
};
use apalis_sqlite::JsonCodec;
use futures::{Sink, SinkExt as _};
use serde::Serialize;
use serde_json::Value;
use ulid::Ulid;
use uuid::Uuid;

pub use self::{raw::Raw, redis::RedisTransport, screened::Screened, sqlite::SqliteTransport, wake::Wake};
use crate::domain::task::Queue;

/// What every queue of this program is to apalis: a durable backend of bytes. It pins apalis' associated types, so
/// that one definition of a worker runs on every backend.
pub trait Carrier:
    Backend<Task = Task<Vec<u8>>>
    + BackendConfig<Args = Vec<u8>, Kind = Durable, Layer = TaskPersistLayer<JsonCodec<Value>, Value>>
    + WireFormatBackend<
        Compact = Vec<u8>,
        Codec: Codec<Vec<u8>, Compact = Vec<u8>, Error = std::convert::Infallible> + Unpin,
    > + Send
    + Unpin
    + 'static
{
}

impl<B> Carrier for B where
    B: Backend<Task = Task<Vec<u8>>>
        + BackendConfig<Args = Vec<u8>, Kind = Durable, Layer = TaskPersistLayer<JsonCodec<Value>, Value>>
        + WireFormatBackend<
            Compact = Vec<u8>,
            Codec: Codec<Vec<u8>, Compact = Vec<u8>, Error = std::convert::Infallible> + Unpin,
        > + Send
        + Unpin
        + 'static
{
}

/// A backend that looks for tasks when it is woken, and now and then.
pub type Woken<B> = PollWith<B, Wake>;

/// Why the queue could not be reached. The task is still owed; try again later.
#[derive(Debug, thiserror::Error)]
#[error("the queue does not answer: {0}")]
pub struct TransportError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl TransportError {
    fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// Result of a transport's function.
pub type TransportResult<T> = Result<T, TransportError>;

/// Items pushed in one go.
const BATCH: usize = 250;

/// The queues. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Transport {
    /// In the fleet.
    Redis(RedisTransport),
    /// Embedded.
    Sqlite(SqliteTransport),
}

impl Transport {
    /// The fleet's. Connects when it is first used, and again whenever it must.
    ///
    /// # Errors
    /// For a URL that is not one.
    pub fn redis(url: &str) -> TransportResult<Self> {
        RedisTransport::new(url).map(Self::Redis)
    }

    /// The embedded one, in a file of its own; opened when it is first used.
    #[must_use]
    pub fn sqlite(file: &Path) -> Self {
        Self::Sqlite(SqliteTransport::new(file))
    }

    /// Puts ids of owed tasks on a queue, in this order.
    ///
    /// # Errors
    /// If the queue does not answer; some may have been pushed.
    pub async fn push_owed(&self, queue: Queue, ids: &[Uuid]) -> TransportResult<()> {
        self.push(queue, ids.iter().map(|id| id.to_string().into_bytes())).await
    }

    /// Puts a message with its whole content on a queue.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn push_message(&self, queue: Queue, message: &impl Serialize) -> TransportResult<()> {
        self.push(queue, [serde_json::to_vec(message).map_err(TransportError::new)?]).await
    }

    /// Puts messages with their whole content on a queue.
    ///
    /// # Errors
    /// If the queue does not answer; some may have been pushed.
    pub async fn push_messages<M: Serialize>(&self, queue: Queue, messages: &[M]) -> TransportResult<()> {
        let items: Result<Vec<_>, _> = messages.iter().map(serde_json::to_vec).collect();
        self.push(queue, items.map_err(TransportError::new)?).await
    }

    /// Puts bytes on a queue, each under a fresh id: apalis drops a second push of an id that it has seen.
    ///
    /// # Errors
    /// If the queue does not answer; some may have been pushed.
    pub async fn push(&self, queue: Queue, items: impl IntoIterator<Item = Vec<u8>>) -> TransportResult<()> {
        let tasks: Vec<Task<Vec<u8>>> = items.into_iter().map(fresh).collect();
        match self {
            Self::Redis(redis) => push_into(redis.storage(queue), tasks).await,
            Self::Sqlite(sqlite) => push_into(sqlite.storage(queue).await?, tasks).await,
        }
    }

    /// How many items lie on a queue that no worker has taken.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn backlog(&self, queue: Queue) -> TransportResult<i64> {
        match self {
            Self::Redis(redis) => redis.backlog(queue).await,
            Self::Sqlite(sqlite) => sqlite.backlog(queue).await,
        }
    }

    /// Acknowledges an item: it is gone, with its content.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn acknowledge(&self, queue: Queue, worker: &str, item: &str) -> TransportResult<()> {
        match self {
            Self::Redis(redis) => redis.acknowledge(queue, worker, item).await,
            Self::Sqlite(sqlite) => sqlite.acknowledge(item).await,
        }
    }

    /// Puts an item back that a worker took and will not handle.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn release(&self, queue: Queue, worker: &str, item: &str) -> TransportResult<()> {
        match self {
            Self::Redis(redis) => redis.release(queue, worker, item).await,
            Self::Sqlite(sqlite) => sqlite.release(item).await,
        }
    }

    /// Sets an item aside that a worker took and nobody can make sense of: it is kept, and delivered to nobody.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn set_aside(&self, queue: Queue, worker: &str, item: &str, why: &str) -> TransportResult<()> {
        tracing::error!(%queue, item, why, alert = "unreadable_items", "an item that cannot be read is set aside");
        match self {
            Self::Redis(redis) => redis.set_aside(queue, worker, item, why).await,
            Self::Sqlite(sqlite) => sqlite.set_aside(item, why).await,
        }
    }

    /// How many items were set aside; of many only the newest are kept.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn unreadable(&self, queue: Queue) -> TransportResult<i64> {
        match self {
            Self::Redis(redis) => redis.unreadable(queue).await,
            Self::Sqlite(sqlite) => sqlite.unreadable(queue).await,
        }
    }

    /// Forgets what was set aside.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn forget_unreadable(&self, queue: Queue) -> TransportResult<()> {
        match self {
            Self::Redis(redis) => redis.forget_unreadable(queue).await,
            Self::Sqlite(sqlite) => sqlite.forget_unreadable(queue).await,
        }
    }

    /// Clears away what a killed worker or a lost reply may have left behind and apalis would stumble over.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn sweep(&self, queue: Queue) -> TransportResult<()> {
        match self {
            Self::Redis(redis) => redis.sweep(queue).await,
            Self::Sqlite(sqlite) => sqlite.sweep().await,
        }
    }

    /// Forgets a worker that has ended and handles nothing any more. What it had taken lies on the queue again.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn retire(&self, queue: Queue, worker: &str) -> TransportResult<()> {
        match self {
            Self::Redis(redis) => redis.retire(queue, worker).await,
            Self::Sqlite(sqlite) => sqlite.retire(worker).await,
        }
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn answers(&self) -> TransportResult<()> {
        match self {
            Self::Redis(redis) => redis.answers().await,
            Self::Sqlite(sqlite) => sqlite.open().await.map(|_| ()),
        }
    }
}

fn fresh(item: Vec<u8>) -> Task<Vec<u8>> {
    // Version 7 ids rise within a process, so items keep their order; apalis-sqlite wants them as ULIDs.
    let id = Ulid::from_bytes(Uuid::now_v7().into_bytes());
    TaskBuilder::new(item).task_id(TaskId::from_string(id.to_string())).build()
}

async fn push_into<S>(mut storage: S, tasks: Vec<Task<Vec<u8>>>) -> TransportResult<()>
where
    S: Sink<Task<Vec<u8>>, Error: std::error::Error + Send + Sync + 'static> + Unpin,
{
    let mut storage = Pin::new(&mut storage);
    let mut tasks = tasks.into_iter().peekable();
    while tasks.peek().is_some() {
        for task in tasks.by_ref().take(BATCH) {
            storage.feed(task).await.map_err(TransportError::new)?;
        }
        storage.flush().await.map_err(TransportError::new)?;
    }
    Ok(())
}
