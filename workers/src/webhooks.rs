//! The queue `webhooks`.

use futures::future::BoxFuture;
use vanikeys_core::{
    app::App,
    flow::{billing, tasks::Claimed, webhooks},
    queue::{Stop, webhooks::Webhook},
};

/// Delivers one event to an endpoint, or handles one that Stripe sent.
pub(crate) fn handle<'a>(app: &'a App, task: &'a Claimed, owed: Webhook) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move {
        match owed {
            Webhook::Deliver { delivery_id } => webhooks::deliver(app, task, delivery_id).await,
            Webhook::StripeEvent { event_id } => billing::handle(app, task, &event_id).await,
        }
    })
}
