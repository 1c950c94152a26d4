//! Whether the service can work right now.

use std::time::Duration;

use crate::{
    app::App,
    domain::task::Queue,
    store::{StoreError, schedule, transact},
};

/// A part that takes longer than this does not answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is written to see that the database takes writes, and how often that is worth a write, whoever asks.
const CHECK: (&str, Duration) = ("readiness", Duration::from_secs(1));

/// What does not answer.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database.
    #[error("the database takes no reads or writes: {0}")]
    Database(String),
    /// The queue.
    #[error("the queue does not answer: {0}")]
    Queue(String),
}

/// Asks database and queue for a sign of life. A database that can only be read, because its disk is full or it is a
/// standby, is none.
///
/// # Errors
/// The first that does not answer.
pub async fn ready(app: &App) -> Result<(), NotReady> {
    match tokio::time::timeout(PATIENCE, takes_writes(app)).await {
        Ok(answered) => answered.map_err(|error| NotReady::Database(error.to_string()))?,
        Err(late) => return Err(NotReady::Database(late.to_string())),
    }
    match tokio::time::timeout(PATIENCE, app.transport.backlog(Queue::Upkeep)).await {
        Ok(answered) => answered.map(drop).map_err(|error| NotReady::Queue(error.to_string())),
        Err(late) => Err(NotReady::Queue(late.to_string())),
    }
}

/// Writes and commits for real, unless somebody just did: nothing less tells a disk with room from a full one.
async fn takes_writes(app: &App) -> Result<(), StoreError> {
    let ((name, every), now) = (CHECK, app.clock.now());
    if !schedule::is_due(&mut app.db.read().await?, name, now).await? {
        return Ok(());
    }
    transact!(app.db, tx => schedule::take(tx, name, every, now).await).map(drop)
}
