//! The queue `emails`.

use futures::future::BoxFuture;
use vanikeys_core::{
    app::App,
    flow::tasks::Claimed,
    queue::{Stop, emails::Email},
};

/// Writes and sends one letter.
pub(crate) fn handle<'a>(_: &'a App, _: &'a Claimed, _: Email) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move { Err(Stop::Retry("letters cannot be sent yet".into())) })
}
