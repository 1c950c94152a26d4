//! What is carried on the queues: one file per queue with the kinds of its tasks, how they are owed, and how a try may
//! end. A task carries ids, never state and never a secret; its handler reads everything again.

pub mod emails;
pub mod heists;
pub mod reports;
pub mod transport;
pub mod upkeep;
pub mod webhooks;

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    domain::{task::Queue, time::Timestamp},
    store::{
        StoreError, StoreResult, Tx,
        outbox::{self, NewTask},
    },
};

/// The tasks of one queue: an enum whose JSON names the kind in the field `kind`
/// (`#[serde(tag = "kind", rename_all = "kebab-case")]`).
///
/// Old tasks outlive new programs: a variant that nothing enqueues any more stays until no database can hold one.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The queue.
    const QUEUE: Queue;
}

/// How a try ended, if not well.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// It may work later: again after the queue's next wait.
    #[error("{0}")]
    Retry(String),
    /// It may work later, and the other side said when.
    #[error("{1}")]
    RetryAfter(Duration, String),
    /// It was not tried, since too much of the same user's is under way: again then, at no cost of a try.
    #[error("others of the same user come first")]
    Later(Duration),
    /// It will never work: dead at once.
    #[error("{0}")]
    Fail(String),
    /// The claim was lost to another worker meanwhile; nothing was changed.
    #[error("another worker has this task now")]
    Stale,
    /// It was interrupted because the process stops; it goes back to the queue and costs no try.
    #[error("the process stops")]
    HandBack,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Retry(error.to_string())
    }
}

/// A task about to be owed: `Owed::new(&Email::Welcome { .. }, now).to(user).once("welcome:..").enqueue(tx)`.
#[derive(Clone, Debug)]
#[must_use = "a task is owed only once it is enqueued"]
pub struct Owed<'a, P> {
    payload: &'a P,
    user_id: Option<Uuid>,
    now: Timestamp,
    due: Timestamp,
    key: Option<&'a str>,
    request_id: Option<&'a str>,
}

impl<'a, P: Payload> Owed<'a, P> {
    /// The service's own task, due now.
    pub fn new(payload: &'a P, now: Timestamp) -> Self {
        Self { payload, user_id: None, now, due: now, key: None, request_id: None }
    }

    /// On behalf of a user: users take turns.
    pub fn of(mut self, user: Uuid) -> Self {
        self.user_id = Some(user);
        self
    }

    /// Not before a moment.
    pub fn due(mut self, due: Timestamp) -> Self {
        self.due = due;
        self
    }

    /// At most once for this key, which must be unlike any other task's: `"key-found:<job>"`.
    pub fn once(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// Caused by this request.
    pub fn request(mut self, id: Option<&'a str>) -> Self {
        self.request_id = id;
        self
    }

    /// Owes the task from the transaction's commit on. Answers its id, or `None` if its key was used already. After
    /// the commit, publish [`Topic::Outbox`](crate::clients::signals::Topic::Outbox).
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue(self, tx: &mut Tx) -> StoreResult<Option<Uuid>> {
        let value = serde_json::to_value(self.payload).map_err(corrupt)?;
        let kind = value.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
        let task = NewTask {
            queue: P::QUEUE,
            kind,
            payload: &value.to_string(),
            user_id: self.user_id,
            created_at: self.now,
            due_at: self.due,
            dedupe_key: self.key,
            request_id: self.request_id,
        };
        outbox::enqueue(tx, &task).await
    }
}

fn corrupt(error: serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("a task's payload: {error}"))
}
