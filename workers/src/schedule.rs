//! The schedule: what recurs, how often, and what it does. One process at a time owes what is due; whichever worker of
//! `upkeep` comes first does it.

use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    app::App,
    flow::{account, admin, billing, heist, job, mail, pull, tasks, webhooks},
    queue::Stop,
};

use crate::{
    health::Health,
    leader::{self, Role, Turn},
};

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// Done tasks are kept for so long, so that people can see what happened.
const DONE_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A recurring piece of work. Doing it twice must be as good as once.
pub(crate) struct Recurring {
    pub(crate) name: &'static str,
    pub(crate) every: Duration,
    pub(crate) work: fn(&App) -> BoxFuture<'_, Result<(), Stop>>,
}

/// Everything that recurs, a line each.
pub(crate) const ALL: &[Recurring] = &[
    Recurring { name: "account-sweep", every: minutes(10), work: |app| done(account::sweep::sweep(app)) },
    Recurring { name: "old-letters", every: minutes(60), work: |app| done(mail::tidy(app)) },
    Recurring { name: "pull-key-erasure", every: minutes(5), work: |app| done(pull::erase_expired(app)) },
    Recurring { name: "expired-commitments", every: minutes(5), work: |app| done(pull::forget_commitments(app)) },
    Recurring { name: "ended-slices", every: minutes(60), work: |app| done(job::forget_slices(app)) },
    Recurring { name: "job-key-resealing", every: minutes(60), work: |app| done(job::reseal_old_keys(app)) },
    Recurring { name: "webhook-deliveries", every: minutes(60), work: |app| done(webhooks::prune(app)) },
    Recurring { name: "expired-shields", every: minutes(1), work: |app| done(heist::expire_shields(app)) },
    Recurring { name: "expired-heist-tokens", every: minutes(60), work: |app| done(heist::expire_tokens(app)) },
    Recurring { name: "old-heist-attempts", every: minutes(60), work: |app| done(heist::prune(app)) },
    Recurring { name: "audit-addresses", every: minutes(60), work: |app| done(admin::audit::erase_addresses(app)) },
    Recurring { name: "billing-prices", every: minutes(60), work: |app| done(billing::check_prices(app)) },
    Recurring { name: "billing-reconcile", every: minutes(24 * 60), work: |app| done(billing::reconcile_daily(app)) },
    Recurring { name: "billing-event-texts", every: minutes(60), work: |app| done(billing::forget(app)) },
    Recurring { name: "done-tasks", every: minutes(60), work: |app| done(tasks::forget_done(app, DONE_KEPT)) },
];

fn done<'a, T, E: Into<Stop>>(work: impl Future<Output = Result<T, E>> + Send + 'a) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move { work.await.map(drop).map_err(Into::into) })
}

/// Runs until told to stop.
pub(crate) async fn run(app: App, health: Health, stop: CancellationToken) {
    let role = Role { name: "schedule", every: Duration::from_secs(3), bell: None };
    leader::run(app, role, health, stop, Schedule).await;
}

struct Schedule;

impl Turn for Schedule {
    async fn take(&mut self, app: &App) -> Result<(), String> {
        for recurring in ALL {
            tasks::take_turn(app, recurring.name, recurring.every).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use vanikeys_core::flow::{Failure, tasks::NotDead};

    use super::*;

    #[tokio::test]
    async fn work_that_is_refused_ends_and_work_that_breaks_is_tried_again() {
        let refused = done(async { Err::<(), _>(Failure::Refused(NotDead)) }).await;
        assert_eq!(refused, Err(Stop::Fail(NotDead.to_string())));
        let broken = done(async { Err::<(), Failure<NotDead>>(Failure::broken("an invariant")) }).await;
        assert_eq!(broken, Err(Stop::Retry(String::from("an invariant"))));
    }

    #[test]
    fn every_name_is_one_piece_of_work() {
        let names: HashSet<_> = ALL.iter().map(|recurring| recurring.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
