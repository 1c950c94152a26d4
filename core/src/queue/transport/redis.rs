//! Queues in Redis, by apalis-redis. What it does not do is done here: acknowledging deletes an item's content, and what its
//! fetch would stumble over is removed or set aside before it gets there.

use std::{sync::Arc, time::Duration};

use apalis_core::backend::ext::{BackendExt as _, with_codec::WithCodec};
use apalis_redis::{Config, RedisStorage};
use redis::{
    Client, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use super::{
    Raw, TransportError, TransportResult, Wake, Woken,
    screened::{LARGEST, Screened, aside},
};
use crate::{clients::signals::Subscription, domain::task::Queue};

/// How often apalis says that a worker is there, and after how many missed times its items are taken back.
const HEARTBEAT: Duration = Duration::from_secs(5);
const MISSED: usize = 4;

/// An answer that takes longer counts as none.
const ANSWER: Duration = Duration::from_secs(5);

/// The fleet's queues. Cheap to clone; clones share a connection.
#[derive(Clone)]
pub struct RedisTransport {
    connection: ConnectionManager,
    scripts: Arc<Scripts>,
}

struct Scripts {
    acknowledge: Script,
    release: Script,
    retire: Script,
    screen: Arc<Script>,
    set_aside: Script,
    sweep: Script,
}

/// A script over items that may not be readable.
macro_rules! judging {
    ($file:literal) => {
        Script::new(concat!(include_str!("lua/judge.lua"), include_str!($file)))
    };
}

impl RedisTransport {
    pub(super) fn new(url: &str) -> TransportResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(ANSWER))
            .set_response_timeout(Some(ANSWER))
            .set_number_of_retries(2)
            .set_max_delay(Duration::from_secs(1));
        let client = Client::open(url).map_err(TransportError::new)?;
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(TransportError::new)?;
        let scripts = Arc::new(Scripts {
            acknowledge: Script::new(include_str!("lua/acknowledge.lua")),
            release: Script::new(include_str!("lua/release.lua")),
            retire: Script::new(include_str!("lua/retire.lua")),
            screen: Arc::new(judging!("lua/screen.lua")),
            set_aside: judging!("lua/set-aside.lua"),
            sweep: judging!("lua/sweep.lua"),
        });
        Ok(Self { connection, scripts })
    }

    /// What a worker of a queue is built on.
    #[must_use]
    pub fn carrier(&self, queue: Queue, bell: Subscription) -> Woken<WithCodec<RedisStorage<Vec<u8>, Screened>, Raw>> {
        let (config, screen) = (config(queue), self.scripts.screen.clone());
        let connection = Screened::new(self.connection.clone(), queue.name(), &config, screen);
        let storage = RedisStorage::new(connection).with_config(config);
        storage.with_codec(Raw).poll_with_strategy(Wake::new(bell))
    }

    pub(super) fn storage(&self, queue: Queue) -> RedisStorage<Vec<u8>> {
        RedisStorage::new(self.connection.clone()).with_config(config(queue))
    }

    pub(super) async fn backlog(&self, queue: Queue) -> TransportResult<i64> {
        let config = config(queue);
        let (active, scheduled): (i64, i64) = redis::pipe()
            .llen(config.active_jobs_list())
            .zcard(config.scheduled_jobs_set())
            .query_async(&mut self.connection.clone())
            .await
            .map_err(TransportError::new)?;
        Ok(active + scheduled)
    }

    pub(super) async fn acknowledge(&self, queue: Queue, worker: &str, item: &str) -> TransportResult<()> {
        self.settle(&self.scripts.acknowledge, queue, worker, item).await
    }

    pub(super) async fn release(&self, queue: Queue, worker: &str, item: &str) -> TransportResult<()> {
        self.settle(&self.scripts.release, queue, worker, item).await
    }

    async fn settle(&self, script: &Script, queue: Queue, worker: &str, item: &str) -> TransportResult<()> {
        let config = config(queue);
        script
            .key(format!("{}:{worker}", config.inflight_jobs_set()))
            .key(config.active_jobs_list())
            .key(config.job_data_hash())
            .key(format!("{}:{item}", config.job_meta_hash()))
            .arg(item)
            .invoke_async::<()>(&mut self.connection.clone())
            .await
            .map_err(TransportError::new)
    }

    pub(super) async fn set_aside(&self, queue: Queue, worker: &str, item: &str, why: &str) -> TransportResult<()> {
        let config = config(queue);
        (self.scripts.set_aside)
            .key(format!("{}:{worker}", config.inflight_jobs_set()))
            .key(config.active_jobs_list())
            .key(config.job_data_hash())
            .key(format!("{}:{item}", config.job_meta_hash()))
            .key(aside(queue.name()))
            .arg(item)
            .arg(why)
            .invoke_async::<()>(&mut self.connection.clone())
            .await
            .map_err(TransportError::new)
    }

    pub(super) async fn unreadable(&self, queue: Queue) -> TransportResult<i64> {
        let mut asked = redis::cmd("LLEN");
        asked.arg(aside(queue.name()));
        asked.query_async(&mut self.connection.clone()).await.map_err(TransportError::new)
    }

    pub(super) async fn forget_unreadable(&self, queue: Queue) -> TransportResult<()> {
        let mut asked = redis::cmd("DEL");
        asked.arg(aside(queue.name()));
        asked.query_async(&mut self.connection.clone()).await.map_err(TransportError::new)
    }

    pub(super) async fn sweep(&self, queue: Queue) -> TransportResult<()> {
        let config = config(queue);
        let (removed, unreadable): (i64, i64) = (self.scripts.sweep)
            .key(config.active_jobs_list())
            .key(config.scheduled_jobs_set())
            .key(config.job_data_hash())
            .key(config.workers_set())
            .key(aside(queue.name()))
            .arg(config.inflight_jobs_set())
            .arg(config.job_meta_hash())
            .arg(LARGEST)
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(TransportError::new)?;
        if removed > 0 {
            tracing::warn!(queue = %queue, removed, "removed items without content from the queue");
        }
        if unreadable > 0 {
            tracing::error!(%queue, unreadable, alert = "unreadable_items", "items that cannot be read were set aside");
        }
        Ok(())
    }

    pub(super) async fn retire(&self, queue: Queue, worker: &str) -> TransportResult<()> {
        let config = config(queue);
        (self.scripts.retire)
            .key(format!("{}:{worker}", config.inflight_jobs_set()))
            .key(config.active_jobs_list())
            .key(config.job_data_hash())
            .key(config.workers_set())
            .key(format!("{}:workers:metadata:{worker}", queue.name()))
            .arg(worker)
            .invoke_async::<()>(&mut self.connection.clone())
            .await
            .map_err(TransportError::new)
    }

    pub(super) async fn answers(&self) -> TransportResult<()> {
        redis::cmd("PING").query_async(&mut self.connection.clone()).await.map_err(TransportError::new)
    }
}

fn config(queue: Queue) -> Config {
    Config::default()
        .queue(queue.name())
        // One at a time: a worker that fetched more would sit on tasks that another could start.
        .batch_size(1)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(MISSED)
        // Leases, results and events are the outbox' business; apalis' own cost round trips and memory.
        .lock_tasks(false)
        .persist_results(false)
        .emit_events(false)
}

impl std::fmt::Debug for RedisTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RedisTransport")
    }
}
