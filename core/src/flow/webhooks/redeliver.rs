//! Sends a delivery once more.

use uuid::Uuid;

use super::{DeliveryView, Outcome, WebhookRefusal, own};
use crate::{
    app::App,
    clients::signals::Topic,
    domain::owner::Owner,
    flow::Failure,
    queue::{Owed, webhooks::Webhook},
    store::{transact, webhooks::deliveries},
};

/// Owes a delivery to an endpoint of the owner, which arrived or was given up, once more: under the same `webhook-id`,
/// so that an endpoint that has seen it knows it again.
///
/// # Errors
/// [`WebhookRefusal`], or the store's.
pub async fn redeliver(app: &App, owner: Owner, id: Uuid, request: Option<&str>) -> Outcome<DeliveryView> {
    let at = app.clock.now();
    let not_found = || Failure::Refused(WebhookRefusal::NotFound);
    let delivery = transact!(app.db, tx => {
        let delivery = deliveries::get(tx, id).await?.ok_or_else(not_found)?;
        if !own(tx, delivery.endpoint_id, owner).await?.enabled {
            return Err(Failure::Refused(WebhookRefusal::Disabled));
        }
        if !deliveries::again(tx, id).await? {
            return Err(Failure::Refused(WebhookRefusal::StillWaiting));
        }
        Owed::new(&Webhook::Deliver { delivery_id: id }, at).of(owner.id()).request(request).enqueue(tx).await?;
        deliveries::get(tx, id).await?.ok_or_else(not_found)
    })?;
    app.signals.publish(Topic::Outbox);
    Ok(delivery.into())
}
