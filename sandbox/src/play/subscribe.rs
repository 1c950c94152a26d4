//! The beginning and the end of a subscription.

use serde_json::{Value, json};

use super::period;
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata, whole_list},
    world::World,
};

impl World {
    /// A new item of a subscription, for the period that begins now.
    pub(crate) fn new_item(&mut self, subscription: &str, price: &Value, quantity: i64, anchor: i64) -> Value {
        json!({
            "id": self.random.text("si_", 14),
            "object": "subscription_item",
            "billing_thresholds": null,
            "created": self.now,
            "current_period_end": period::after(self.now, anchor, &price["recurring"]),
            "current_period_start": self.now,
            "discounts": [],
            "metadata": {},
            "price": price,
            "quantity": quantity,
            "subscription": subscription,
            "tax_rates": [],
        })
    }

    /// A subscription that is waiting for its first payment, or on trial; nobody has been told of it.
    ///
    /// # Errors
    /// If a price is unknown or doesn't recur.
    pub(crate) fn new_subscription(&mut self, customer: &Value, wanted: &[Value], data: &Value) -> Answer {
        let id = self.random.id("sub_");
        let trial_end = self.trial_end(data)?;
        let mut items = Vec::new();
        for one in wanted {
            let price = self.recurring_price(one)?;
            let mut item = self.new_item(&id, &price, one["quantity"].as_i64().unwrap_or(1), self.now);
            item.merge_metadata(one);
            if let Some(end) = trial_end {
                item.set("current_period_end", end);
            }
            items.push(item);
        }
        let Some(first) = items.first() else {
            return Err(Failure::invalid("Missing required param: items.").code("parameter_missing").param("items"));
        };
        let currency = first["price"]["currency"].clone();
        let mut subscription = json!({
            "id": id,
            "object": "subscription",
            "application": null, "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": data["automatic_tax"].is("enabled"), "liability": null },
            "billing_cycle_anchor": trial_end.unwrap_or(self.now),
            "billing_cycle_anchor_config": null,
            "billing_mode": { "flexible": { "proration_discounts": "included" }, "type": "flexible" },
            "billing_schedules": [],
            "billing_thresholds": null,
            "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null,
            "cancellation_details": { "comment": null, "feedback": null, "reason": null },
            "collection_method": "charge_automatically",
            "created": self.now,
            "currency": currency,
            "customer": customer["id"],
            "days_until_due": null, "default_payment_method": null, "default_source": null, "default_tax_rates": [],
            "description": null, "discounts": [], "ended_at": null,
            "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
            "items": whole_list(items, &format!("/v1/subscription_items?subscription={id}")),
            "latest_invoice": null,
            "livemode": false,
            "metadata": metadata(data),
            "next_pending_invoice_item_invoice": null, "on_behalf_of": null, "pause_collection": null,
            "payment_settings": {
                "payment_method_options": null, "payment_method_types": null, "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null, "schedule": null,
            "start_date": self.now,
            "status": if trial_end.is_some() { "trialing" } else { "incomplete" },
            "test_clock": customer["test_clock"],
            "transfer_data": null,
            "trial_end": trial_end,
            "trial_settings": { "end_behavior": { "missing_payment_method": "create_invoice" } },
            "trial_start": trial_end.map(|_| self.now),
        });
        subscription.adopt(data, &["description", "trial_settings"]);
        Ok(subscription)
    }

    fn trial_end(&self, data: &Value) -> Result<Option<i64>, Failure> {
        let end = match (data["trial_end"].as_i64(), data["trial_period_days"].as_i64()) {
            (Some(end), _) => end,
            (None, Some(days)) => self.now + days * 86400,
            (None, None) => return Ok(None),
        };
        if end <= self.now {
            return Err(Failure::invalid("Invalid timestamp: must be in the future.").param("trial_end"));
        }
        Ok(Some(end))
    }

    fn recurring_price(&self, one: &Value) -> Answer {
        let price = match &one["price"] {
            Value::Object(_) => one["price"].clone(),
            _ => self.objects.get("price", one.text("price"), "items[0][price]")?,
        };
        if price.text("type") == "recurring" {
            return Ok(price);
        }
        let id = price.text("id");
        Err(Failure::invalid(format!(
            "The price specified is set to `type=one_time` but this field only accepts prices with \
                                      `type=recurring`: {id}."
        ))
        .param("items[0][price]"))
    }

    /// Tells of a new subscription and opens its first invoice.
    pub(crate) fn begin_subscription(&mut self, mut subscription: Value) -> Value {
        let free = subscription.text("status") == "trialing";
        let lines = self.period_lines(&subscription, free);
        let invoice = self.draft(&subscription, "subscription_create", lines);
        subscription.set("latest_invoice", invoice["id"].clone());
        self.create("customer.subscription.created", &subscription);
        self.create("invoice.created", &invoice);
        // A draft can be finalized.
        let _ = self.finalize(invoice.text("id"));
        self.again(&subscription)
    }

    /// An object as it is by now.
    pub(crate) fn again(&self, object: &Value) -> Value {
        self.objects.any(object.text("id")).unwrap_or(object).clone()
    }

    /// The subscription that a Checkout Session sells, tried with this method.
    ///
    /// # Errors
    /// If the card is refused; the subscription stays incomplete, and the next card is tried on it.
    pub(crate) fn subscribe_by(&mut self, mut session: Value, method: &Value) -> Answer {
        if !session.has("_subscription") {
            let customer = self.objects.get("customer", session.text("customer"), "customer")?;
            let wanted = session.list("_lines").to_vec();
            let mut data = session["_subscription_data"].clone();
            data.set("automatic_tax", session["automatic_tax"].clone());
            let subscription = self.new_subscription(&customer, &wanted, &data)?;
            let subscription = self.begin_subscription(subscription);
            session.set("_subscription", subscription["id"].clone());
            session.set("_invoice", subscription["latest_invoice"].clone());
            self.objects.put(&session);
        }
        let invoice = session.text("_invoice").to_owned();
        let Some(mut intent) = self.intent_of(&invoice).cloned() else {
            self.keep_method(session["_subscription"].as_str().unwrap_or_default(), method);
            return Ok(self.complete(session, "no_payment_required"));
        };
        intent.set("_session", session["id"].clone());
        self.objects.put(&intent);
        session.set("_intent", intent["id"].clone());
        self.objects.put(&session);
        self.try_invoice(&invoice, method.text("id"), true)?;
        let intent = self.again(&intent);
        Ok(self.after_attempt(session, &intent))
    }

    /// What a subscription is collected with from now on.
    pub(crate) fn keep_method(&mut self, subscription: &str, method: &Value) {
        let Some(mut subscription) = self.objects.any(subscription).cloned() else { return };
        if !method.has("customer") {
            let mut method = method.clone();
            method.set("customer", subscription["customer"].clone());
            self.update("payment_method.attached", &method);
        }
        subscription.set("default_payment_method", method["id"].clone());
        self.objects.put(&subscription);
    }

    /// Ends a subscription now.
    pub(crate) fn end_subscription(&mut self, mut subscription: Value, reason: &str) -> Value {
        subscription.set("status", "canceled");
        subscription.set("ended_at", self.now);
        if !subscription.has("canceled_at") {
            subscription.set("canceled_at", self.now);
        }
        subscription.set("pending_update", Value::Null);
        subscription["cancellation_details"].set("reason", reason);
        self.objects.put(&subscription);
        self.emit("customer.subscription.deleted", &subscription, None);
        subscription
    }

    /// Gives up a subscription whose first payment never came.
    pub(crate) fn expire_incomplete(&mut self, id: &str) {
        let Some(mut subscription) = self.objects.any(id).cloned() else { return };
        if subscription.text("status") != "incomplete" {
            return;
        }
        subscription.set("status", "incomplete_expired");
        subscription.set("ended_at", self.now);
        self.update("customer.subscription.updated", &subscription);
        // It is open: its payment never came.
        let _ = self.close_invoice(subscription.text("latest_invoice"), "void");
    }
}
