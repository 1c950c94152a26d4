//! The queue `reports`: takes what searchers send back. Nothing on it is trusted; what does not verify is dropped.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    app::App,
    custody::announcement::SignedAnnouncement,
    domain::{task::Queue, time::Timestamp},
    flow::{
        Failure,
        job::{self, Announcement, JobRefusal},
        tasks,
    },
    queue::reports::Message,
};

use crate::{
    health::Health,
    supervisor::{Deliver, Verdict},
};

/// An announcement whose time differs more from ours is old, or kept back by somebody to be sent again.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// Pause before a report is tried again that the store could not settle.
const AWAY: Duration = Duration::from_secs(1);

/// Settles reports.
#[derive(Clone)]
pub(crate) struct Reports {
    pub(crate) app: App,
    pub(crate) health: Health,
    pub(crate) hurry: CancellationToken,
}

impl Deliver for Reports {
    async fn deliver(&self, item: Vec<u8>) -> Verdict {
        let Ok(message) = serde_json::from_slice::<Message>(&item) else {
            return Verdict::Unreadable("it is no report");
        };
        loop {
            match self.settle_unless_paused(message.clone()).await {
                Ok(true) => return Verdict::Finished,
                Ok(false) => {}
                Err(error @ (Failure::Store(_) | Failure::Unavailable(_))) => {
                    tracing::warn!(%error, "a report could not be settled; it is tried again");
                }
                // Trying again would not help, and would keep others from being settled.
                Err(error @ (Failure::Refused(_) | Failure::KeyReused | Failure::Broken(_))) => {
                    tracing::error!(%error, alert = "report_broken", "a report could not be settled and is dropped");
                    return Verdict::Finished;
                }
            }
            tokio::select! {
                () = time::sleep(AWAY) => {}
                () = self.hurry.cancelled() => return Verdict::Unhandled,
            }
        }
    }
}

impl Reports {
    /// False while the queue is paused: what was taken waits here.
    async fn settle_unless_paused(&self, message: Message) -> Result<bool, Failure<JobRefusal>> {
        if tasks::is_paused(&self.app, Queue::Reports).await? {
            return Ok(false);
        }
        self.settle(message).await.map(|()| true)
    }

    async fn settle(&self, message: Message) -> Result<(), Failure<JobRefusal>> {
        match message {
            Message::Report(report) => {
                let slice = report.claimed_slice_id();
                let settled = job::settle_report(&self.app, report).await?;
                tracing::debug!(slice.id = %slice, ?settled, "report settled");
                self.health.task_ended(true, self.app.clock.now());
                Ok(())
            }
            Message::Announcement(announcement) => self.announced(announcement).await,
        }
    }

    async fn announced(&self, signed: SignedAnnouncement) -> Result<(), Failure<JobRefusal>> {
        let now = self.app.clock.now();
        let Some(told) = signed.verify() else {
            tracing::warn!("dropped an announcement that its searcher did not sign");
            return Ok(());
        };
        let at = Timestamp::from_micros(i64::try_from(told.at).unwrap_or(0).saturating_mul(1_000_000));
        if now.since(at).max(at.since(now)) > FRESH {
            tracing::warn!(searcher = ?told.searcher_id, "dropped an announcement of another time; check the clocks");
            return Ok(());
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
        let about = Announcement { threads: told.threads, rate: told.rate as f64, rates: told.rates };
        let key = told.searcher_id.public_key();
        job::searcher_announced(&self.app, key.as_bytes(), about).await
    }
}
