//! The relay: moves owed tasks onto their queue, when a signal says that some were committed, when one becomes due,
//! and now and then in case a signal was lost. Every process with a database has one; they take turns by themselves.

use std::time::Duration;

use futures::FutureExt as _;
use tokio::time;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    app::App,
    clients::signals::Topic,
    domain::task::Queue,
    flow::tasks::{self, RelayError, Relayed},
};

use crate::health::Health;

/// The slow look.
const TICK: Duration = Duration::from_secs(2);

/// Between two looks at a queue that has more than it may hold.
const BUSY: Duration = Duration::from_millis(10);

/// A pass that takes longer is stuck.
const SILENCE: Duration = Duration::from_secs(60);

/// Runs until told to stop, each queue on its own so that none waits for another.
pub(crate) async fn run(app: App, health: Health, stop: CancellationToken) {
    let queues = Queue::OWED.map(|queue| relay(&app, queue, &health, &stop).boxed());
    futures::future::join_all(queues).await;
}

async fn relay(app: &App, queue: Queue, health: &Health, stop: &CancellationToken) {
    let name = format!("relay of {queue}");
    let mut bell = app.signals.subscribe(Topic::Outbox);
    let mut failing = false;
    while !stop.is_cancelled() {
        health.beat(&name, SILENCE);
        let pass = tasks::relay(app, queue).await;
        let wait = match pass {
            Ok(pass) => wait_after(app, pass),
            Err(_) => TICK,
        };
        report(queue, pass.as_ref().err(), &mut failing);
        tokio::select! {
            () = time::sleep(wait) => {}
            () = bell.changed(), if wait > BUSY => {}
            () = stop.cancelled() => {}
        }
    }
    health.ended(&name);
}

fn wait_after(app: &App, pass: Relayed) -> Duration {
    if pass.more {
        return BUSY;
    }
    let due = pass.next_due.map_or(TICK, |due| due.since(app.clock.now()));
    due.clamp(BUSY, TICK)
}

/// Says once that a queue cannot be served, and once that it can be again.
fn report(queue: Queue, error: Option<&RelayError>, failing: &mut bool) {
    match (error, *failing) {
        (Some(error), false) => tracing::warn!(%queue, %error, "tasks wait: the relay cannot push them"),
        (None, true) => tracing::info!(%queue, "tasks are relayed again"),
        _ => {}
    }
    *failing = error.is_some();
}
