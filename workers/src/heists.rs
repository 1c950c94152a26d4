//! The queue `heists`. Items that come while a batch is applied wait together and are the next batch, so that batches
//! grow by themselves as the load does, and a single heist never waits for company.

use std::time::Duration;

use tokio::{
    sync::{mpsc, oneshot},
    time,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    flow::heist::{self, BATCH},
};

use crate::{
    health::Health,
    supervisor::{Deliver, Verdict},
};

/// Items that may wait here at once: a batch under way and some more.
pub(crate) const AT_ONCE: usize = BATCH * 3;

/// Pause before items go back to the queue because the database does not answer.
const AWAY: Duration = Duration::from_secs(1);

/// An item and who waits for its end.
type Waiting = (Uuid, oneshot::Sender<Verdict>);

/// Hands items to the one that applies them.
#[derive(Clone)]
pub(crate) struct Heists {
    hurry: CancellationToken,
    waiting: mpsc::Sender<Waiting>,
}

impl Heists {
    /// Starts the one that applies batches; it ends when the last clone is gone.
    pub(crate) fn start(app: App, health: Health, hurry: CancellationToken) -> Self {
        let (waiting, items) = mpsc::channel(AT_ONCE);
        tokio::spawn(apply(app, health, items));
        Self { hurry, waiting }
    }
}

impl Deliver for Heists {
    async fn deliver(&self, item: Vec<u8>) -> Verdict {
        let Some(id) = str::from_utf8(&item).ok().and_then(|text| text.parse::<Uuid>().ok()) else {
            return Verdict::Unreadable("it is no task's id");
        };
        let (tell, told) = oneshot::channel();
        if self.hurry.is_cancelled() || self.waiting.send((id, tell)).await.is_err() {
            return Verdict::Unhandled;
        }
        told.await.unwrap_or(Verdict::Unhandled)
    }
}

async fn apply(app: App, health: Health, mut items: mpsc::Receiver<Waiting>) {
    let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
    while items.recv_many(&mut batch, BATCH).await > 0 {
        let ids: Vec<Uuid> = batch.iter().map(|(id, _)| *id).collect();
        let verdict = match heist::apply(&app, &ids).await {
            Ok(well) => {
                let at = app.clock.now();
                (0..well).for_each(|_| health.task_ended(true, at));
                tracing::debug!(heists = ids.len(), applied = well, "a batch of heists");
                Verdict::Finished
            }
            Err(error) => {
                tracing::warn!(%error, heists = ids.len(), "a batch of heists could not be claimed or settled; it comes again");
                time::sleep(AWAY).await;
                Verdict::Unhandled
            }
        };
        for (_, tell) in batch.drain(..) {
            // Whoever waited may have been dropped with its worker.
            tell.send(verdict).ok();
        }
    }
}
