//! What the service did of late: counts by day, and how much is going on now.

use std::time::Duration;

use crate::{
    app::App,
    domain::time::Timestamp,
    store::{
        StoreResult,
        activity::{self, Counted},
        searchers,
    },
};

/// Days that are looked back on, today among them.
pub const DAYS: usize = 14;

/// The last days in numbers; every list has one number a day, the oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Accounts made.
    pub signups: Vec<i64>,
    /// Pulls made.
    pub pulls: Vec<i64>,
    /// Jobs ordered.
    pub orders: Vec<i64>,
    /// Keys found by jobs.
    pub found: Vec<i64>,
    /// VaniTokens that pulls cost, over all these days.
    pub spent_on_pulls: i64,
    /// Jobs that wait or run now.
    pub open_jobs: i64,
    /// Searchers that are there, and their rates together, in attempts a second.
    pub fleet: (i64, f64),
}

/// The last days.
///
/// # Errors
/// The store's.
pub async fn activity(app: &App) -> StoreResult<Activity> {
    const LOOKED_BACK: Duration = Duration::from_secs(DAYS as u64 * 24 * 60 * 60);
    let since = app.clock.now().next_midnight() - LOOKED_BACK;
    let mut conn = app.db.read().await?;
    let mut counted = Vec::with_capacity(4);
    for what in [Counted::Signups, Counted::Pulls, Counted::Orders, Counted::Found] {
        counted.push(days(since, &activity::by_day(&mut conn, what, since).await?));
    }
    let [signups, pulls, orders, found] = <[Vec<i64>; 4]>::try_from(counted).unwrap_or_default();
    let spent_on_pulls = activity::spent_on_pulls(&mut conn, since).await?;
    let open_jobs = activity::open_jobs(&mut conn).await?;
    let fleet = searchers::fleet(&mut conn, app.clock.now() - crate::flow::pattern::SEARCHER_GONE).await?;
    Ok(Activity { signups, pulls, orders, found, spent_on_pulls, open_jobs, fleet })
}

/// One number for each day from `since` on.
fn days(since: Timestamp, counted: &[(i64, i64)]) -> Vec<i64> {
    let first = since.day();
    let of = |day: i64| counted.iter().find(|(there, _)| *there == day).map_or(0, |(_, count)| *count);
    (first..).take(DAYS).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_anything_counts_nothing() {
        let since = Timestamp::parse("2026-11-08T00:00:00Z").unwrap();
        let counted = days(since, &[(since.day(), 3), (since.day() + 13, 1), (since.day() + 14, 9)]);
        assert_eq!((counted.len(), counted[0], counted[1], counted[13]), (DAYS, 3, 0, 1));
    }
}
