//! What is forgotten after its time: the texts of events, and the order of fetches that are long over.

use std::time::Duration;

use crate::{
    app::App,
    store::{
        StoreError,
        billing::{events, fetches},
        transact,
    },
};

/// No fetch takes so long.
const FETCHES: Duration = Duration::from_secs(7 * 24 * 3600);

/// Forgets; answers how many texts of events were.
///
/// # Errors
/// The store's.
pub async fn forget(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let (before, fetched) = (now - app.config.billing.audit_retention, now - FETCHES);
    let mut all = 0;
    loop {
        let gone = transact!(app.db, tx => events::forget_bodies(tx, before).await)?;
        all += gone;
        if gone == 0 {
            break;
        }
    }
    while transact!(app.db, tx => fetches::forget(tx, fetched).await)? > 0 {}
    Ok(all)
}
