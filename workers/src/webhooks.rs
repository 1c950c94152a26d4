//! The queue `webhooks`.

use futures::future::BoxFuture;
use vanikeys_core::{
    app::App,
    flow::{tasks::Claimed, webhooks},
    queue::{Stop, webhooks::Webhook},
};

/// Delivers one event to an endpoint.
pub(crate) fn handle<'a>(app: &'a App, task: &'a Claimed, owed: Webhook) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move { webhooks::deliver(app, task, &owed).await })
}
