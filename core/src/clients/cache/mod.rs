//! A cache of answers that the database gave: in this process when embedded, in Redis for all processes of a fleet. It
//! is never needed: while Redis is away every look is a miss, and the caller asks the database.
//!
//! Nothing stale is put back. Whoever misses gets a [`Ticket`] before asking the database, and what is kept with a ticket
//! counts only while that ticket is the key's. [`Cache::forget`], to be called after the commit of a change, takes the
//! ticket away, so that a slow reader who asked before the change keeps nothing. A ticket is random, not a number: one
//! that was lost (a restart of Redis, memory that ran out) never comes again.
//!
//! While Redis is away changes cannot be told to it. So a process that did not reach it begins a new *epoch* when it
//! does: all that is kept from before counts for nothing. Every process begins with one, for the changes of those
//! that died. What remains is the time until that process reaches Redis again: others may read an old answer until
//! its deadline, which is why every answer has one.

mod local;
mod shared;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use redis::RedisError;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::clock::Clock;
use crate::domain::time::Timestamp;
use local::Local;
use shared::Shared;

/// A cache. Cheap to clone; clones share what is kept.
#[derive(Clone, Debug)]
pub struct Cache {
    kept: Kept,
    clock: Clock,
}

#[derive(Clone, Debug)]
enum Kept {
    Local(Arc<Local>),
    Shared(Arc<Shared>),
}

/// The right to keep an answer under a key, as long as nobody forgot the key since.
#[derive(Debug)]
pub struct Ticket {
    key: String,
    /// None while Redis is away: then nothing is kept.
    id: Option<Uuid>,
}

/// What a look found.
#[derive(Debug)]
pub enum Look<T> {
    /// An answer whose deadline is not over.
    Hit(T),
    /// Nothing: ask the database, and keep what it says with this.
    Miss(Ticket),
}

/// An answer as it is kept.
#[derive(Clone, Debug)]
struct Answer {
    json: String,
    until: Timestamp,
}

impl Cache {
    /// In this process.
    #[must_use]
    pub fn in_process(clock: Clock) -> Self {
        Self { kept: Kept::Local(Arc::default()), clock }
    }

    /// In Redis. Connects when first asked.
    ///
    /// # Errors
    /// For a URL that is not one.
    pub fn redis(url: &str, clock: Clock) -> Result<Self, RedisError> {
        Ok(Self { kept: Kept::Shared(Arc::new(Shared::new(url)?)), clock })
    }

    /// The answer under `key`, or else what `ask` says: the answer, and until when it may be kept. `ask` begins to read
    /// the database only when it is called.
    ///
    /// # Errors
    /// Those of `ask`.
    pub async fn get<T, E>(&self, key: &str, ask: impl AsyncFnOnce() -> Result<(T, Timestamp), E>) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
    {
        let ticket = match self.look(key).await {
            Look::Hit(answer) => return Ok(answer),
            Look::Miss(ticket) => ticket,
        };
        let (answer, until) = ask().await?;
        self.keep(ticket, &answer, until).await;
        Ok(answer)
    }

    /// Looks for the answer under `key`. One that this program cannot read, say an older program's, is none.
    pub async fn look<T: DeserializeOwned>(&self, key: &str) -> Look<T> {
        let (id, found) = match &self.kept {
            Kept::Local(local) => {
                let (id, found) = local.look(key, self.clock.now());
                (Some(id), found)
            }
            Kept::Shared(shared) => match shared.look(key).await {
                Some((id, found)) => (Some(id), found),
                None => (None, None),
            },
        };
        let fresh = found.filter(|answer| answer.until > self.clock.now());
        match fresh.and_then(|answer| serde_json::from_str(&answer.json).ok()) {
            Some(answer) => Look::Hit(answer),
            None => Look::Miss(Ticket { key: key.to_owned(), id }),
        }
    }

    /// Keeps an answer until its deadline, if the ticket still counts. An answer that is no JSON is not kept.
    pub async fn keep<T: Serialize>(&self, ticket: Ticket, answer: &T, until: Timestamp) {
        let Ticket { key, id: Some(id) } = ticket else { return };
        let left = until.since(self.clock.now());
        let Ok(json) = serde_json::to_string(answer) else { return };
        if left.is_zero() {
            return;
        }
        let answer = Answer { json, until };
        match &self.kept {
            Kept::Local(local) => local.keep(key, id, answer),
            Kept::Shared(shared) => shared.keep(&key, id, &answer, left).await,
        }
    }

    /// Forgets the answer under `key`, and all tickets for it. To be called after the commit of whatever changes it.
    pub async fn forget(&self, key: &str) {
        match &self.kept {
            Kept::Local(local) => local.forget(key),
            Kept::Shared(shared) => shared.forget(key).await,
        }
    }
}
