//! Numbers that live in the database, set as gauges when somebody asks for the metrics: queues, workers, searchers,
//! open jobs. Every web front gives the same, so dashboards take the maximum over them.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use strum::VariantArray;

use crate::{
    app::App,
    domain::{heist::Status, season::Season, time::Timestamp},
    flow::tasks,
    store::{
        Conn, StoreError,
        billing::{events, purchases},
        heists, jobs, searchers,
    },
};

/// A searcher that was not seen for so long counts as gone.
const GONE: Duration = Duration::from_secs(60);

const HOUR: Duration = Duration::from_secs(60 * 60);

/// When the game's numbers were last read, and how old they may become: some of them count a whole month.
static GAME_READ: AtomicI64 = AtomicI64::new(i64::MIN);
const GAME_AGE: i64 = 5 * 60 * 1_000_000;

/// Reads the numbers and sets the gauges.
///
/// # Errors
/// The store's; the gauges then keep what they were.
pub async fn refresh(app: &App) -> Result<(), StoreError> {
    for queue in tasks::queues(app).await? {
        let label = [("queue", queue.name.name())];
        metrics::gauge!("vanikeys_queue_waiting", &label).set(as_f64(queue.waiting));
        metrics::gauge!("vanikeys_queue_later", &label).set(as_f64(queue.later));
        metrics::gauge!("vanikeys_queue_running", &label).set(as_f64(queue.running));
        metrics::gauge!("vanikeys_queue_dead", &label).set(as_f64(queue.dead));
        metrics::gauge!("vanikeys_queue_oldest_seconds", &label).set(queue.oldest_seconds.unwrap_or_default());
        metrics::gauge!("vanikeys_queue_paused", &label).set(f64::from(u8::from(queue.paused_at.is_some())));
        // A queue that does not answer keeps its last number.
        if let Some(unreadable) = queue.unreadable {
            metrics::gauge!("vanikeys_queue_unreadable", &label).set(as_f64(unreadable));
        }
    }
    let workers = tasks::workers(app).await?;
    metrics::gauge!("vanikeys_workers").set(as_f64(i64::try_from(workers.len()).unwrap_or(i64::MAX)));
    let mut conn = app.db.read().await?;
    let (count, rate) = searchers::fleet(&mut conn, app.clock.now() - GONE).await?;
    metrics::gauge!("vanikeys_searchers").set(as_f64(count));
    metrics::gauge!("vanikeys_search_rate").set(rate);
    let suspended = searchers::list(&mut conn).await?.iter().filter(|one| one.suspended_at.is_some()).count();
    metrics::gauge!("vanikeys_searchers_suspended").set(as_f64(i64::try_from(suspended).unwrap_or(i64::MAX)));
    let now = app.clock.now();
    let alarms = heists::alarms(&mut conn, now - HOUR, now - 24 * HOUR).await?;
    metrics::gauge!("vanikeys_heist_failing_users").set(as_f64(alarms.failing_users));
    metrics::gauge!("vanikeys_heist_hunted_users").set(as_f64(alarms.hunted_users));
    let share = if alarms.admitted > 0 { as_f64(alarms.succeeded) / as_f64(alarms.admitted) } else { 1.0 };
    metrics::gauge!("vanikeys_heist_success_share").set(share);
    let open = jobs::open(&mut conn).await?.len();
    metrics::gauge!("vanikeys_jobs_open").set(as_f64(i64::try_from(open).unwrap_or(i64::MAX)));
    let (unhandled, oldest) = events::unhandled(&mut conn).await?;
    metrics::gauge!("vanikeys_billing_events_unhandled").set(as_f64(unhandled));
    let age = oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64());
    metrics::gauge!("vanikeys_billing_events_oldest_seconds").set(age);
    let (opened, paid) = purchases::opened_and_paid(&mut conn, now - 24 * HOUR).await?;
    metrics::gauge!("vanikeys_billing_purchases_opened_day").set(as_f64(opened));
    metrics::gauge!("vanikeys_billing_purchases_paid_day").set(as_f64(paid));
    let last = GAME_READ.load(Ordering::Relaxed);
    // A clock that was set back must not stop them.
    if now.micros() >= last.saturating_add(GAME_AGE) || now.micros() < last {
        game(&mut conn, now).await?;
        GAME_READ.store(now.micros(), Ordering::Relaxed);
    }
    Ok(())
}

/// The game of the day and the month.
async fn game(conn: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
    let (season, midnight) = (Season::of(now), now.next_midnight() - 24 * HOUR);
    let today = heists::by_day(conn, (now.day(), now.day())).await?;
    for &status in Status::VARIANTS {
        let count = today.iter().filter(|day| day.status == status).map(|day| day.count).sum();
        metrics::gauge!("vanikeys_heists_today", "status" => status.name()).set(as_f64(count));
    }
    let (successes, stolen) = heists::averages(conn, midnight).await?;
    metrics::gauge!("vanikeys_heist_average_points").set(as_f64(stolen) / as_f64(successes.max(1)));
    let moved = heists::redistribution(conn, season).await?;
    metrics::gauge!("vanikeys_heist_points_moved").set(as_f64(moved.moved));
    metrics::gauge!("vanikeys_heist_points_awarded").set(as_f64(moved.awarded));
    metrics::gauge!("vanikeys_heist_gini").set(heists::fortunes(conn, season).await?.gini());
    let tokens = heists::tokens(conn, i64::MAX).await?;
    for (label, range) in [("1", 1..=1), ("2", 2..=2), ("3", 3..=3), ("4", 4..=4), ("5+", 5..=i64::MAX)] {
        let players = tokens.iter().filter(|(tokens, _)| range.contains(tokens)).map(|(_, players)| players).sum();
        metrics::gauge!("vanikeys_heist_token_players", "tokens" => label).set(as_f64(players));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "for dashboards; counts stay far below 2^53")]
fn as_f64(n: i64) -> f64 {
    n as f64
}
