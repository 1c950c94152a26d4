//! When a worker looks for tasks: when a signal says that something was pushed, and every second in case one was lost.
//! apalis alone looks at intervals only, which costs either latency or idle work.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use futures::{Stream, StreamExt as _, stream};
use tokio::time::{self, Interval, MissedTickBehavior, Sleep};

use crate::clients::signals::Subscription;

/// The slow look.
const TICK: Duration = Duration::from_secs(1);

/// A signal that comes while a look is under way may tell of something that this look just missed; so another follows.
const AGAIN: Duration = Duration::from_millis(10);

/// Wakes a worker by signal and by the clock.
pub struct Wake {
    bell: Pin<Box<dyn Stream<Item = ()> + Send>>,
    again: Option<Pin<Box<Sleep>>>,
    tick: Interval,
}

impl Wake {
    /// Wakes on the signals of a subscription. Must be called within a tokio runtime.
    #[must_use]
    pub fn new(subscription: Subscription) -> Self {
        let bell = stream::unfold(subscription, |mut subscription| async move {
            subscription.changed().await;
            Some(((), subscription))
        });
        let mut tick = time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { bell: bell.boxed(), again: None, tick }
    }
}

impl PollStrategy for Wake {
    /// Only registers for waking: apalis looks for tasks at every call, whatever is answered. Each source is polled
    /// until it is pending, since one that was ready has not registered.
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        while self.bell.poll_next_unpin(cx).is_ready() {
            self.again = Some(Box::pin(time::sleep(AGAIN)));
        }
        if self.again.as_mut().is_some_and(|again| again.as_mut().poll(cx).is_ready()) {
            self.again = None;
        }
        while self.tick.poll_tick(cx).is_ready() {}
        Poll::Pending
    }
}

impl std::fmt::Debug for Wake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wake").field("tick", &self.tick).finish_non_exhaustive()
    }
}
