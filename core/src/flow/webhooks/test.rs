//! Sends an endpoint something to try it out with.

use serde_json::json;
use uuid::Uuid;

use super::{DeliveryView, Outcome, WebhookRefusal, own};
use crate::{
    app::App,
    clients::signals::Topic,
    domain::{
        owner::Owner,
        webhook::{Occasion, TEST_EVENT},
    },
    flow::Failure,
    queue::{Owed, webhooks::Webhook},
    store::{
        transact,
        webhooks::deliveries::{self, NewDelivery},
    },
};

/// Owes an endpoint of the owner the event `webhook.test`; its log tells how that went.
///
/// # Errors
/// [`WebhookRefusal`], or the store's.
pub async fn test(app: &App, owner: Owner, id: Uuid, request: Option<&str>) -> Outcome<DeliveryView> {
    let at = app.clock.now();
    let payload = json!({ "type": TEST_EVENT, "timestamp": at, "data": { "endpointId": id } }).to_string();
    let delivery = transact!(app.db, tx => {
        if !own(tx, id, owner).await?.enabled {
            return Err(Failure::Refused(WebhookRefusal::Disabled));
        }
        let new =
            NewDelivery { endpoint: id, event_id: Uuid::now_v7(), event: Occasion::Test, payload: &payload, at };
        let delivery_id = deliveries::add(tx, &new).await?;
        Owed::new(&Webhook::Deliver { delivery_id }, at).of(owner.id()).request(request).enqueue(tx).await?;
        deliveries::get(tx, delivery_id).await?.ok_or(Failure::Refused(WebhookRefusal::NotFound))
    })?;
    app.signals.publish(Topic::Outbox);
    Ok(delivery.into())
}
