//! A searcher says that it is there: at its start, and from time to time.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    custody::announcement::{Announcement, SignedAnnouncement},
    queue::reports::Message,
};

use super::Searcher;

const EVERY: Duration = Duration::from_secs(15);

/// After a failure.
const SOON: Duration = Duration::from_secs(1);

/// Announces until told to stop.
pub(super) async fn run(searcher: Searcher, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let wait = match announce(&searcher).await {
            Ok(()) => EVERY,
            Err(error) => {
                tracing::debug!(%error, "the searcher could not announce itself");
                SOON
            }
        };
        tokio::select! {
            () = time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn announce(searcher: &Searcher) -> Result<(), String> {
    let inner = &searcher.0;
    let announcement = Announcement {
        searcher_id: inner.key.id(),
        threads: u32::try_from(searcher.threads()).unwrap_or(u32::MAX),
        rate: searcher.rate(),
        rates: inner.rates.all(),
        backend: inner.backend.name().to_owned(),
        at: u64::try_from(inner.clock.now().seconds()).unwrap_or(0),
    };
    let signed = SignedAnnouncement::sign(announcement, &inner.key).map_err(|error| error.to_string())?;
    searcher.tell(&Message::Announcement(signed)).await.map_err(|error| error.to_string())
}
