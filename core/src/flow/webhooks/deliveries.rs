//! Shows what was sent to an endpoint.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DeliveryView, Outcome, own};
use crate::{app::App, domain::owner::Owner, store::webhooks};

/// A page of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPage {
    /// Newest first.
    pub items: Vec<DeliveryView>,
    /// How many there are in all.
    pub total: i64,
}

/// A page of what was sent to an endpoint of the owner.
///
/// # Errors
/// [`WebhookRefusal::NotFound`](super::WebhookRefusal::NotFound), or the store's.
pub async fn deliveries(app: &App, owner: Owner, id: Uuid, limit: i64, offset: i64) -> Outcome<DeliveryPage> {
    let mut conn = app.db.read().await?;
    own(&mut conn, id, owner).await?;
    let (page, total) = webhooks::deliveries::list(&mut conn, id, limit, offset).await?;
    Ok(DeliveryPage { items: page.into_iter().map(DeliveryView::from).collect(), total })
}
