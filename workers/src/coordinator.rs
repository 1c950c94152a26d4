//! The coordinator: keeps enough slices of every running job on the queue `searches`. One process at a time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vanikeys_core::{app::App, clients::signals::Topic, domain::task::Queue, flow::job::Coordinator};

use crate::{
    health::Health,
    leader::{self, Role, Turn},
};

/// Runs until told to stop.
pub(crate) async fn run(app: App, health: Health, stop: CancellationToken) {
    let role = Role { name: "coordinator", every: Duration::from_millis(500), bell: Some(Topic::Coordinator) };
    let coordinator = Coordinator::new(app.clock.now());
    leader::run(app, role, health, stop, coordinator).await;
}

impl Turn for Coordinator {
    async fn take(&mut self, app: &App) -> Result<(), String> {
        let issued = self.turn(app).await.map_err(|error| error.to_string())?;
        if issued.slices.is_empty() {
            return Ok(());
        }
        tracing::debug!(slices = issued.slices.len(), expired = issued.expired, ended = issued.ended, "issued slices");
        // Slices that do not reach the queue are given up when their time is over, and replaced.
        app.transport.push_messages(Queue::Searches, &issued.slices).await.map_err(|error| error.to_string())?;
        app.signals.publish(Topic::Queue(Queue::Searches));
        Ok(())
    }
}
