//! The queue `upkeep`.

use futures::future::BoxFuture;
use vanikeys_core::{
    app::App,
    flow::{billing, tasks::Claimed},
    queue::{Stop, upkeep::Upkeep},
};

use crate::schedule;

/// Does one piece of upkeep.
pub(crate) fn handle<'a>(app: &'a App, task: &'a Claimed, upkeep: Upkeep) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move {
        match upkeep {
            Upkeep::Recurring { name } => match schedule::ALL.iter().find(|recurring| recurring.name == name) {
                Some(recurring) => (recurring.work)(app).await,
                // From a newer program, or retired since: the next one on the schedule comes anyway.
                None => Err(Stop::Fail(format!("nothing called {name:?} recurs in this program"))),
            },
            Upkeep::EndSubscription { subscription_id } => billing::end(app, task, subscription_id).await,
        }
    })
}
