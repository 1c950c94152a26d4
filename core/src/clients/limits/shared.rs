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

use super::{Decision, Rate, decide};

/// A request waits so long for Redis, and then does without.
const PATIENCE: Duration = Duration::from_millis(200);

/// After Redis did not answer, it is left alone for so long.
const AWAY: Duration = Duration::from_secs(1);

pub(super) struct Shared {
    connection: ConnectionManager,
    script: Script,
    away: Mutex<Option<Instant>>,
}

impl Shared {
    pub(super) fn new(url: &str) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(2)))
            .set_response_timeout(Some(Duration::from_secs(2)))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        Ok(Self { connection, script: Script::new(include_str!("count.lua")), away: Mutex::default() })
    }

    /// The decision, or `None` while Redis is away.
    pub(super) async fn check(&self, key: &str, rate: Rate) -> Option<Decision> {
        let since = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() < AWAY) {
            return None;
        }
        let (step, window) = rate.micros();
        let mut connection = self.connection.clone();
        let mut counting = self.script.key(format!("vanikeys:rate:{key}"));
        let answer =
            timeout(PATIENCE, counting.arg(step).arg(window).invoke_async::<(i64, i64)>(&mut connection)).await;
        let ended = match answer {
            Ok(Ok((now, tat))) => Ok(decide(rate, now, tat).0),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {PATIENCE:?}")),
        };
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match (&ended, away.is_some()) {
            (Err(error), false) => tracing::warn!(%error, "Redis is away: rate limits count in this process alone"),
            (Ok(_), true) => tracing::info!("rate limits count in Redis again"),
            _ => {}
        }
        *away = ended.is_err().then(Instant::now);
        ended.ok()
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}
