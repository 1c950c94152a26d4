//! What one process at a time does. Every process with a database tries to lead; the one that does calls its function,
//! renews its lease in between, and gives the role up when it stops.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    clients::signals::{Subscription, Topic},
    flow::tasks,
};

use crate::health::Health;

/// A role is held for so long; a dead leader is followed after it.
const LEASE: Duration = Duration::from_secs(10);

/// How often a process that does not lead asks.
const ASK: Duration = Duration::from_secs(2);

/// A turn that takes longer is stuck.
const SILENCE: Duration = Duration::from_secs(60);

/// A role and its rhythm.
pub(crate) struct Role {
    pub(crate) name: &'static str,
    /// Longest time between two turns.
    pub(crate) every: Duration,
    /// A turn follows at once when this is signalled.
    pub(crate) bell: Option<Topic>,
}

/// What is done in a turn.
pub(crate) trait Turn: Send {
    /// Takes one. An error is logged, and the next turn starts over.
    fn take(&mut self, app: &App) -> impl Future<Output = Result<(), String>> + Send;
}

/// Takes turns while leading, until told to stop. A turn must not take longer than half the lease; if it does, another
/// process may take a turn at the same time, which the transactions of the turn must bear.
pub(crate) async fn run(app: App, role: Role, health: Health, stop: CancellationToken, mut turn: impl Turn) {
    let holder = Uuid::now_v7();
    let mut bell = role.bell.map(|topic| app.signals.subscribe(topic));
    let mut troubled = false;
    while !stop.is_cancelled() {
        health.beat(role.name, SILENCE);
        let leads = match tasks::lead(&app, role.name, holder, LEASE).await {
            Ok(leads) => leads,
            Err(error) => {
                tracing::warn!(role = role.name, %error, "nobody can be leader while the database is away");
                false
            }
        };
        if leads {
            let ended = turn.take(&app).await;
            match (&ended, troubled) {
                (Err(error), false) => tracing::warn!(role = role.name, %error, "a turn failed; it is tried again"),
                (Ok(()), true) => tracing::info!(role = role.name, "turns succeed again"),
                _ => {}
            }
            troubled = ended.is_err();
        }
        let wait = if leads && !troubled { role.every.min(LEASE / 3) } else { ASK };
        tokio::select! {
            () = time::sleep(wait) => {}
            () = rung(&mut bell), if leads && !troubled => {}
            () = stop.cancelled() => {}
        }
    }
    if let Err(error) = tasks::resign(&app, role.name, holder).await {
        tracing::debug!(role = role.name, %error, "the role is left to time out");
    }
    health.ended(role.name);
}

async fn rung(bell: &mut Option<Subscription>) {
    match bell {
        Some(bell) => bell.changed().await,
        None => std::future::pending().await,
    }
}
