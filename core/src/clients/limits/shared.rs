//! Counting in Redis, by its clock, in one script, so that processes do not count past each other.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Decision, Rate, decide, places::LEASE};

/// A request waits so long for Redis, and then does without.
const PATIENCE: Duration = Duration::from_millis(200);

/// After Redis did not answer, it is left alone for so long.
const AWAY: Duration = Duration::from_secs(1);

pub(super) struct Shared {
    connection: ConnectionManager,
    counting: Script,
    placing: Script,
    away: Mutex<Option<Instant>>,
}

impl Shared {
    pub(super) fn new(url: &str) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(2)))
            .set_response_timeout(Some(Duration::from_secs(2)))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        let (counting, placing) = (Script::new(include_str!("count.lua")), Script::new(include_str!("place.lua")));
        Ok(Self { connection, counting, placing, away: Mutex::default() })
    }

    /// The decision, or `None` while Redis is away.
    pub(super) async fn check(&self, key: &str, rate: Rate) -> Option<Decision> {
        let (step, window) = rate.micros();
        let mut connection = self.connection.clone();
        let mut counting = self.counting.key(format!("vanikeys:rate:{key}"));
        let counting = counting.arg(step).arg(window);
        let (now, tat) = self.ask(counting.invoke_async::<(i64, i64)>(&mut connection)).await?;
        Some(decide(rate, now, tat).0)
    }

    /// Whether the place could be taken or kept, or `None` while Redis is away.
    pub(super) async fn enter(&self, key: &str, id: Uuid, most: u32) -> Option<bool> {
        let lease = u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX);
        let mut connection = self.connection.clone();
        let mut placing = self.placing.key(places(key));
        let placing = placing.arg(id.to_string()).arg(most).arg(lease);
        self.ask(placing.invoke_async::<bool>(&mut connection)).await
    }

    /// Gives a place back.
    pub(super) async fn leave(&self, key: &str, id: Uuid) {
        let mut connection = self.connection.clone();
        let mut leaving = redis::cmd("ZREM");
        leaving.arg(places(key)).arg(id.to_string());
        self.ask(leaving.query_async::<()>(&mut connection)).await;
    }

    /// Waits a little for an answer; `None` while Redis is away.
    async fn ask<T>(&self, question: impl Future<Output = Result<T, RedisError>>) -> Option<T> {
        let since = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() < AWAY) {
            return None;
        }
        let ended = match timeout(PATIENCE, question).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {PATIENCE:?}")),
        };
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match (&ended, away.is_some()) {
            (Err(error), false) => tracing::warn!(%error, "Redis is away: limits count in this process alone"),
            (Ok(_), true) => tracing::info!("limits count in Redis again"),
            _ => {}
        }
        *away = ended.is_err().then(Instant::now);
        ended.ok()
    }
}

fn places(key: &str) -> String {
    format!("vanikeys:places:{key}")
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}
