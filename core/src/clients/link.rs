//! One connection to Redis for what can do without it: asked with little patience, left alone for a while after it did
//! not answer, and never a reason for an error.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    Client, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::timeout;

/// A question waits so long for Redis, and then does without.
const PATIENCE: Duration = Duration::from_millis(200);

/// After Redis did not answer, it is left alone for so long.
const AWAY: Duration = Duration::from_secs(1);

pub(super) struct Link {
    connection: ConnectionManager,
    away: Mutex<Option<Instant>>,
    /// What goes on without Redis, for the log: `limits count in this process alone`.
    meanwhile: &'static str,
}

impl Link {
    /// Connects when first asked.
    pub(super) fn new(url: &str, meanwhile: &'static str) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(2)))
            .set_response_timeout(Some(Duration::from_secs(2)))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        Ok(Self { connection, away: Mutex::default(), meanwhile })
    }

    /// The connection, for a question.
    pub(super) fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    /// The answer to a question, or `None` while Redis is away.
    pub(super) async fn ask<T>(&self, question: impl Future<Output = Result<T, RedisError>>) -> Option<T> {
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
            (Err(error), false) => tracing::warn!(%error, "Redis is away: {}", self.meanwhile),
            (Ok(_), true) => tracing::info!("Redis answers again"),
            _ => {}
        }
        *away = ended.is_err().then(Instant::now);
        ended.ok()
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}
