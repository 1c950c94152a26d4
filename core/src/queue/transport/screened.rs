//! The connection on which apalis fetches: before each of its scripts that touches the items which wait, those at the head
//! that it could not read are set aside.

use std::sync::Arc;

use apalis_redis::Config;
use redis::{
    Cmd, Pipeline, RedisFuture, Script, Value,
    aio::{ConnectionLike, ConnectionManager},
};

/// The most bytes of an item that are read. Ids have 36, the largest reports a few thousand.
pub(super) const LARGEST: usize = 64 * 1024;

/// The list of what was set aside of a queue.
pub(super) fn aside(queue: &str) -> String {
    format!("{queue}:unreadable")
}

/// A connection of one queue. Cheap to clone.
#[derive(Clone)]
pub struct Screened {
    connection: ConnectionManager,
    keys: Arc<Keys>,
}

struct Keys {
    queue: &'static str,
    active: String,
    data: String,
    meta: String,
    screen: Arc<Script>,
}

impl Screened {
    pub(super) fn new(
        connection: ConnectionManager,
        queue: &'static str,
        config: &Config,
        screen: Arc<Script>,
    ) -> Self {
        let (active, data, meta) = (config.active_jobs_list(), config.job_data_hash(), config.job_meta_hash());
        Self { connection, keys: Arc::new(Keys { queue, active, data, meta, screen }) }
    }

    async fn screen(&mut self) -> redis::RedisResult<()> {
        let Keys { queue, active, data, meta, screen } = &*self.keys;
        let mut screening = screen.key(active);
        let screening = screening.key(data).key(aside(queue)).arg(meta).arg(LARGEST);
        let count: i64 = screening.invoke_async(&mut self.connection).await?;
        if count > 0 {
            tracing::error!(%queue, count, alert = "unreadable_items", "items that cannot be read were set aside");
        }
        Ok(())
    }

    /// Whether a command is a script over the items that wait.
    fn touches_items(&self, command: &Cmd) -> bool {
        let mut arguments = command.args_iter().filter_map(|argument| match argument {
            redis::Arg::Simple(bytes) => Some(bytes),
            _ => None,
        });
        arguments.next().is_some_and(|name| name.eq_ignore_ascii_case(b"EVALSHA"))
            && arguments.any(|argument| argument == self.keys.active.as_bytes())
    }
}

impl ConnectionLike for Screened {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            if self.touches_items(cmd) {
                self.screen().await?;
            }
            self.connection.req_packed_command(cmd).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        cmd: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.connection.req_packed_commands(cmd, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}

impl std::fmt::Debug for Screened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screened").field("queue", &self.keys.queue).finish_non_exhaustive()
    }
}
