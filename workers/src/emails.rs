//! The queue `emails`.

use futures::future::BoxFuture;
use vanikeys_core::{
    app::App,
    flow::{mail, tasks::Claimed},
    queue::{Stop, emails::Email},
};

/// Writes and sends one letter.
pub(crate) fn handle<'a>(app: &'a App, task: &'a Claimed, email: Email) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move { mail::send(app, task, &email).await })
}
