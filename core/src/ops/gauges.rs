//! Numbers that live in the database, set as gauges when somebody asks for the metrics: queues, workers, searchers,
//! open jobs. Every web front gives the same, so dashboards take the maximum over them.

use std::time::Duration;

use crate::{
    app::App,
    flow::tasks,
    store::{StoreError, jobs, searchers},
};

/// A searcher that was not seen for so long counts as gone.
const GONE: Duration = Duration::from_secs(60);

/// Reads the numbers and sets the gauges.
///
/// # Errors
/// The store's; the gauges then keep what they were.
pub async fn refresh(app: &App) -> Result<(), StoreError> {
    for queue in tasks::queues(app).await? {
        let label = [("queue", queue.name)];
        metrics::gauge!("vanikeys_queue_waiting", &label).set(as_f64(queue.waiting));
        metrics::gauge!("vanikeys_queue_later", &label).set(as_f64(queue.later));
        metrics::gauge!("vanikeys_queue_running", &label).set(as_f64(queue.running));
        metrics::gauge!("vanikeys_queue_dead", &label).set(as_f64(queue.dead));
        metrics::gauge!("vanikeys_queue_oldest_seconds", &label).set(queue.oldest_seconds.unwrap_or_default());
        metrics::gauge!("vanikeys_queue_paused", &label).set(f64::from(u8::from(queue.paused_at.is_some())));
    }
    let workers = tasks::workers(app).await?;
    metrics::gauge!("vanikeys_workers").set(as_f64(i64::try_from(workers.len()).unwrap_or(i64::MAX)));
    let mut conn = app.db.read().await?;
    let (count, rate) = searchers::fleet(&mut conn, app.clock.now() - GONE).await?;
    metrics::gauge!("vanikeys_searchers").set(as_f64(count));
    metrics::gauge!("vanikeys_search_rate").set(rate);
    let suspended = searchers::list(&mut conn).await?.iter().filter(|one| one.suspended_at.is_some()).count();
    metrics::gauge!("vanikeys_searchers_suspended").set(as_f64(i64::try_from(suspended).unwrap_or(i64::MAX)));
    let open = jobs::open(&mut conn).await?.len();
    metrics::gauge!("vanikeys_jobs_open").set(as_f64(i64::try_from(open).unwrap_or(i64::MAX)));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "for dashboards; counts stay far below 2^53")]
fn as_f64(n: i64) -> f64 {
    n as f64
}
