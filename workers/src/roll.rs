//! Says in the database that this process is there, with what it does and has done.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    domain::task::Queue,
    flow::tasks::{self, Worker},
};

use crate::health::Health;

const EVERY: Duration = Duration::from_secs(10);

/// Announces until told to stop, then says that it is stopping; [`leave`] ends it.
pub(crate) async fn run(
    app: &App,
    id: Uuid,
    queues: &[Queue],
    threads: usize,
    health: &Health,
    stop: &CancellationToken,
) {
    let names: Vec<&str> = queues.iter().map(|queue| queue.name()).collect();
    let now = app.clock.now();
    let mut worker = Worker {
        id,
        host: host(),
        queues: names.join(","),
        threads: i64::try_from(threads).unwrap_or(i64::MAX),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: now,
        heartbeat_at: now,
        last_task_at: None,
        tasks_done: 0,
        tasks_failed: 0,
        stopping_at: None,
    };
    loop {
        let (done, failed, last) = health.tasks();
        worker.heartbeat_at = app.clock.now();
        worker.tasks_done = i64::try_from(done).unwrap_or(i64::MAX);
        worker.tasks_failed = i64::try_from(failed).unwrap_or(i64::MAX);
        worker.last_task_at = last;
        worker.stopping_at = stop.is_cancelled().then_some(worker.heartbeat_at);
        if let Err(error) = tasks::announce(app, &worker).await {
            tracing::warn!(%error, "this worker could not say that it is there");
        }
        if stop.is_cancelled() {
            return;
        }
        tokio::select! {
            () = time::sleep(EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// This process has stopped.
pub(crate) async fn leave(app: &App, id: Uuid) {
    if let Err(error) = tasks::leave(app, id).await {
        tracing::debug!(%error, "this worker could not say that it leaves");
    }
}

pub(crate) fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "unknown".to_owned(), |name| name.trim().to_owned())
}
