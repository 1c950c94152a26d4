//! Forgets what no longer counts: ended sessions and tokens, old links, used challenges, old failures, old answers.

use std::time::Duration;

use crate::{
    app::App,
    domain::account::backoff,
    store::{
        StoreError, StoreResult, access_tokens, challenges, idempotency, mail_links, sessions, sign_in_failures,
        transact,
    },
};

/// Links are kept for a while after their end, so that who opens one late is told so.
const LINKS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Forgets all of it; answers how many rows.
///
/// # Errors
/// The store's.
pub async fn sweep(app: &App) -> StoreResult<u64> {
    let now = app.clock.now();
    transact!(app.db, tx => {
        let mut gone = sessions::forget_expired(tx, now).await?;
        gone += access_tokens::forget_expired(tx, now).await?;
        gone += mail_links::forget_expired(tx, now - LINKS_KEPT).await?;
        gone += challenges::forget_expired(tx, now).await?;
        gone += sign_in_failures::forget_older(tx, now - backoff::FORGOTTEN, now - backoff::KNOWN_FOR).await?;
        gone += idempotency::forget_expired(tx, now).await?;
        Ok::<_, StoreError>(gone)
    })
}
