//! Events: what happened, with the object as it was then, and to which endpoints it is owed.

use serde_json::{Map, Value, json};

use super::World;
use crate::{config::API_VERSION, fields::Fields};

/// Everything that happens here, and the word for all of it: what an endpoint may listen to.
pub(crate) const TYPES: &[&str] = &[
    "*",
    "billing_portal.configuration.created",
    "billing_portal.configuration.updated",
    "billing_portal.session.created",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.pending",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.created",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "invoice.created",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.updated",
    "invoice.voided",
    "invoiceitem.created",
    "invoiceitem.deleted",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "price.created",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "radar.early_fraud_warning.created",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "test_helpers.test_clock.created",
    "test_helpers.test_clock.ready",
];

impl World {
    /// Records that something happened to an object, and owes it to every endpoint that listens.
    pub(crate) fn emit(&mut self, kind: &str, object: &Value, previous: Option<Value>) {
        debug_assert!(TYPES.contains(&kind), "{kind} is not in the list of events");
        let id = self.random.id("evt_");
        let mut data = json!({ "object": object.shown() });
        if let Some(previous) = previous {
            data.set("previous_attributes", previous);
        }
        let endpoints: Vec<String> = {
            let all = self.objects.of("webhook_endpoint");
            all.filter(|endpoint| listens(endpoint, kind)).map(|endpoint| endpoint.text("id").to_owned()).collect()
        };
        let event = json!({
            "id": id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": false,
            "pending_webhooks": endpoints.len(),
            "request": { "id": self.cause.id, "idempotency_key": self.cause.key },
            "type": kind,
            "_delivered": endpoints.is_empty(),
        });
        self.objects.put(&event);
        let millis = self.clock.millis();
        for endpoint in endpoints {
            self.deliveries.owe(&id, kind, &endpoint, millis, &mut self.random);
        }
    }

    /// An endpoint has taken an event.
    pub(crate) fn delivered(&mut self, event: &str) {
        if let Some(mut event) = self.objects.any(event).cloned() {
            let left = event.int("pending_webhooks").saturating_sub(1).max(0);
            event.set("pending_webhooks", left);
            event.set("_delivered", left == 0);
            self.objects.put(&event);
        }
    }
}

fn listens(endpoint: &Value, kind: &str) -> bool {
    let wanted = endpoint.list("enabled_events");
    endpoint.text("status") == "enabled" && wanted.iter().any(|name| name == "*" || name == kind)
}

/// The shown members that differ, as they were before.
pub(crate) fn changes(before: &Value, after: &Value) -> Map<String, Value> {
    let (Value::Object(old), Value::Object(new)) = (before.shown(), after.shown()) else {
        return Map::new();
    };
    let differing = new.iter().filter(|(key, value)| old.get(*key) != Some(*value));
    differing.map(|(key, _)| (key.clone(), old.get(key).cloned().unwrap_or_default())).collect()
}
