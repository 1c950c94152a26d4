//! The roll of worker processes.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    app::App,
    store::{
        StoreError, transact,
        workers::{self, Worker},
    },
};

/// A worker that has not been heard of for so long is not there any more.
const SILENT: Duration = Duration::from_secs(60);

/// Says that a worker is there; forgets those that are not.
///
/// # Errors
/// The store's.
pub async fn announce(app: &App, worker: &Worker) -> Result<(), StoreError> {
    let since = app.clock.now() - SILENT;
    transact!(app.db, tx => {
        workers::announce(tx, worker).await?;
        workers::forget_silent(tx, since).await?;
        Ok::<_, StoreError>(())
    })
}

/// A worker has stopped.
///
/// # Errors
/// The store's.
pub async fn leave(app: &App, id: Uuid) -> Result<(), StoreError> {
    transact!(app.db, tx => workers::leave(tx, id).await)
}

/// The workers that are there.
///
/// # Errors
/// The store's.
pub async fn workers(app: &App) -> Result<Vec<Worker>, StoreError> {
    let since = app.clock.now() - SILENT;
    let mut all = workers::list(&mut app.db.read().await?).await?;
    all.retain(|worker| worker.heartbeat_at >= since);
    Ok(all)
}
