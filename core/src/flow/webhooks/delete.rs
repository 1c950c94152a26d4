//! Removes an endpoint.

use uuid::Uuid;

use super::{Outcome, WebhookRefusal};
use crate::{
    app::App,
    domain::owner::Owner,
    flow::Failure,
    store::{transact, webhooks},
};

/// Removes an endpoint of the owner and its log. What is still owed to it is dropped when its turn comes.
///
/// # Errors
/// [`WebhookRefusal::NotFound`], or the store's.
pub async fn delete(app: &App, owner: Owner, id: Uuid) -> Outcome<()> {
    let there = transact!(app.db, tx => Ok::<_, Failure<_>>(webhooks::delete(tx, id, owner).await?))?;
    if there { Ok(()) } else { Err(Failure::Refused(WebhookRefusal::NotFound)) }
}
