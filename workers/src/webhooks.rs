//! The queue `webhooks`.

use futures::future::BoxFuture;
use vanikeys_core::{
    app::App,
    flow::tasks::Claimed,
    queue::{Stop, webhooks::Webhook},
};

/// Delivers one event to an endpoint.
pub(crate) fn handle<'a>(_: &'a App, _: &'a Claimed, _: Webhook) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move { Err(Stop::Retry("webhooks cannot be delivered yet".into())) })
}
