//! Removes an endpoint.

use uuid::Uuid;

use super::{Outcome, WebhookRefusal};
use crate::{
    app::App,
    flow::{Actor, Failure},
    store::{transact, webhooks},
};

/// Removes an endpoint of the user and its log. What is still owed to it is dropped when its turn comes.
///
/// # Errors
/// [`WebhookRefusal::NotFound`], or the store's.
pub async fn delete(app: &App, actor: &Actor, id: Uuid) -> Outcome<()> {
    let there = transact!(app.db, tx => Ok::<_, Failure<_>>(webhooks::delete(tx, id, actor.user).await?))?;
    if there { Ok(()) } else { Err(Failure::Refused(WebhookRefusal::NotFound)) }
}
