//! Forgets old deliveries.

use std::time::Duration;

use super::Outcome;
use crate::{
    app::App,
    flow::Failure,
    store::{transact, webhooks::deliveries},
};

/// Deliveries are kept for so long after they ended.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Removed by one statement.
const BATCH: i64 = 1_000;

/// Removes deliveries that ended long ago; answers how many.
///
/// # Errors
/// The store's.
pub async fn prune(app: &App) -> Outcome<u64> {
    let before = app.clock.now() - KEPT;
    let mut all = 0;
    loop {
        let gone = transact!(app.db, tx => Ok::<_, Failure<_>>(deliveries::prune(tx, before, BATCH).await?))?;
        all += gone;
        if gone == 0 {
            return Ok(all);
        }
    }
}
