//! One try of one owed task: claim it, handle it under its lease, settle it by how that ended.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::time::{self, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    flow::tasks::{self, Claimed, StoreError, Taken},
    ops::traces,
    queue::{Payload, Stop},
};

use crate::{
    health::Health,
    supervisor::{Deliver, Verdict},
};

/// What a queue's tasks do.
pub(crate) type Handle<P> = for<'a> fn(&'a App, &'a Claimed, P) -> BoxFuture<'a, Result<(), Stop>>;

/// Pause before an item goes back to its queue because the database does not answer.
const AWAY: Duration = Duration::from_secs(1);

/// Delivers ids of owed tasks to the queue's handler.
pub(crate) struct Owed<P> {
    pub(crate) app: App,
    pub(crate) health: Health,
    /// Interrupts handlers: what they have is handed back.
    pub(crate) hurry: CancellationToken,
    pub(crate) handle: Handle<P>,
}

impl<P> Clone for Owed<P> {
    fn clone(&self) -> Self {
        Self { app: self.app.clone(), health: self.health.clone(), hurry: self.hurry.clone(), handle: self.handle }
    }
}

impl<P: Payload> Deliver for Owed<P> {
    async fn deliver(&self, item: Vec<u8>) -> Verdict {
        let Some(id) = str::from_utf8(&item).ok().and_then(|text| text.parse::<Uuid>().ok()) else {
            return Verdict::Unreadable("it is no task's id");
        };
        if self.hurry.is_cancelled() {
            return Verdict::Unhandled;
        }
        match self.one_try(id).await {
            Ok(()) => Verdict::Finished,
            Err(error) => {
                tracing::warn!(queue = %P::QUEUE, task.id = %id, %error, "a task could not be claimed or settled; it comes again");
                time::sleep(AWAY).await;
                Verdict::Unhandled
            }
        }
    }
}

impl<P: Payload> Owed<P> {
    async fn one_try(&self, id: Uuid) -> Result<(), StoreError> {
        let Some(claimed) = tasks::claim(&self.app, id, P::QUEUE.lease()).await? else { return Ok(()) };
        let span = tracing::info_span!(
            "task",
            queue = %P::QUEUE,
            kind = %claimed.kind,
            task.id = %id,
            task.attempt = claimed.fence.attempt,
            request.id = claimed.request_id.as_deref(),
        );
        if let Some(request) = &claimed.request_id {
            traces::caused_by(&span, request);
        }
        self.handled(&claimed).instrument(span).await
    }

    async fn handled(&self, claimed: &Claimed) -> Result<(), StoreError> {
        let ended = match serde_json::from_str::<P>(&claimed.payload) {
            Ok(payload) => self.under_lease(claimed, payload).await,
            // A newer program may have enqueued it; one of its workers will know the kind.
            Err(error) => Err(Stop::Retry(format!("this program does not understand the task: {error}"))),
        };
        let taken = tasks::settle(&self.app, claimed, ended.clone()).await?;
        let reason = ended.err().map(|stop| stop.to_string()).unwrap_or_default();
        if taken != Taken::Done {
            traces::failed(&Span::current(), &reason);
        }
        match taken {
            Taken::Done => tracing::debug!("task done"),
            Taken::Again => tracing::info!(tries = claimed.tries, %reason, "task will be tried again"),
            Taken::Dead => tracing::error!(tries = claimed.tries, %reason, "task is dead"),
            Taken::Stale => tracing::warn!("another worker has the task; nothing was changed"),
        }
        if taken != Taken::Stale {
            self.health.task_ended(taken == Taken::Done, self.app.clock.now());
        }
        Ok(())
    }

    /// Runs the handler, renewing the lease meanwhile, until it ends, loses the task, or the process must stop.
    async fn under_lease(&self, claimed: &Claimed, payload: P) -> Result<(), Stop> {
        let handling = AssertUnwindSafe((self.handle)(&self.app, claimed, payload)).catch_unwind();
        tokio::select! {
            ended = handling => ended.unwrap_or_else(|panic| Err(Stop::Retry(told(panic.as_ref())))),
            () = self.renew(claimed) => Err(Stop::Stale),
            () = self.hurry.cancelled() => Err(Stop::HandBack),
        }
    }

    /// Ends when the lease is lost.
    async fn renew(&self, claimed: &Claimed) {
        let lease = claimed.queue.lease();
        let mut tick = time::interval(lease / 3);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.tick().await;
        loop {
            tick.tick().await;
            match tasks::keep(&self.app, claimed, lease).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "the lease could not be renewed"),
            }
        }
    }
}

fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the handler panicked: {}", text.unwrap_or("it did not say why"))
}
