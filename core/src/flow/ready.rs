//! Whether the service can work right now.

use std::time::Duration;

use crate::{
    app::App,
    domain::task::Queue,
    store::{self, StoreError},
};

/// A part that takes longer than this does not answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What does not answer.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database.
    #[error("the database does not answer: {0}")]
    Database(String),
    /// The queue.
    #[error("the queue does not answer: {0}")]
    Queue(String),
}

/// Asks database and queue for a sign of life.
///
/// # Errors
/// The first that does not answer.
pub async fn ready(app: &App) -> Result<(), NotReady> {
    let database = async { store::answers(&mut app.db.read().await?).await };
    match tokio::time::timeout(PATIENCE, database).await {
        Ok(answered) => answered.map_err(|error: StoreError| NotReady::Database(error.to_string()))?,
        Err(late) => return Err(NotReady::Database(late.to_string())),
    }
    match tokio::time::timeout(PATIENCE, app.transport.backlog(Queue::Upkeep)).await {
        Ok(answered) => answered.map(drop).map_err(|error| NotReady::Queue(error.to_string())),
        Err(late) => Err(NotReady::Queue(late.to_string())),
    }
}
