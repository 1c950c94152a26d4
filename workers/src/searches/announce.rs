//! A searcher says that it is there: at its start, and from time to time. One that cannot take slices says nothing, so
//! that nobody counts on it.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    custody::announcement::{Announcement, SignedAnnouncement},
    domain::task::Queue,
    queue::reports::Message,
};

use super::Searcher;
use crate::{health::Health, supervisor::loop_of};

const EVERY: Duration = Duration::from_secs(15);

/// After a failure.
const SOON: Duration = Duration::from_secs(1);

/// Announces until told to stop.
pub(super) async fn run(searcher: Searcher, health: Health, stop: CancellationToken) {
    let takes_slices = loop_of(Queue::Searches);
    while !stop.is_cancelled() {
        let announced = if health.is_failing(&takes_slices) {
            Err("it takes no slices".to_owned())
        } else {
            announce(&searcher).await
        };
        let wait = match announced {
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
