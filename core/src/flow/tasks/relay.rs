//! Moves owed tasks onto their queue, once they are committed and due.

use std::time::Duration;

use crate::{
    app::App,
    clients::signals::Topic,
    domain::{task::Queue, time::Timestamp},
    queue::transport::TransportError,
    store::{StoreError, outbox, transact},
};

/// What one pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relayed {
    /// Tasks pushed.
    pub pushed: usize,
    /// More are ready than the queue may hold: come back soon.
    pub more: bool,
    /// When the next task becomes due, if any waits for its time.
    pub next_due: Option<Timestamp>,
}

/// Why a pass failed. Nothing is lost; the next pass starts over.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue does not answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Pushes what a queue gets next. A task is marked first and pushed then; if this process dies in between, the mark
/// shows as a task that lies on no queue, and a later pass pushes it again.
///
/// # Errors
/// [`RelayError`].
pub async fn relay(app: &App, queue: Queue) -> Result<Relayed, RelayError> {
    let now = app.clock.now();
    let backlog = app.transport.backlog(queue).await?;
    let pass = transact!(app.db, tx => outbox::relay(tx, queue, now, backlog).await)?;
    if pass.lost > 0 {
        tracing::warn!(%queue, tasks = pass.lost, "took tasks back whose worker vanished");
    }
    if !pass.push.is_empty() {
        if let Err(error) = app.transport.push_owed(queue, &pass.push).await {
            transact!(app.db, tx => outbox::take_back(tx, &pass.push).await)?;
            return Err(error.into());
        }
        app.signals.publish(Topic::Queue(queue));
    }
    let next_due = outbox::next_due(&mut app.db.read().await?, queue).await?;
    Ok(Relayed { pushed: pass.push.len(), more: pass.more, next_due })
}

/// Forgets tasks that were done more than `kept` ago; answers how many.
///
/// # Errors
/// The store's.
pub async fn forget_done(app: &App, kept: Duration) -> Result<u64, StoreError> {
    let before = app.clock.now() - kept;
    let mut all = 0;
    for queue in Queue::OWED {
        loop {
            let gone = transact!(app.db, tx => outbox::forget_done(tx, queue, before).await)?;
            all += gone;
            if gone == 0 {
                break;
            }
        }
    }
    Ok(all)
}
