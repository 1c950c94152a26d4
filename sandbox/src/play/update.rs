//! Changes of a running subscription: prorated, charged at once or later, and held back until they are paid.

use serde_json::{Value, json};

use super::{
    lines::{Line, cost},
    period,
    time::GIVEN_UP,
};
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    world::World,
};

/// A change of items that has not taken place.
pub(crate) struct Change {
    /// All items as they will be.
    pub(crate) items: Vec<Value>,
    /// What is paid back and added for the rest of the period.
    pub(crate) lines: Vec<Value>,
}

impl World {
    /// What a request makes of a subscription's items, and what that costs.
    ///
    /// # Errors
    /// If an item or price is unknown, or nothing would be left.
    pub(crate) fn plan_change(&mut self, subscription: &Value, wanted: &[Value], at: i64) -> Result<Change, Failure> {
        let mut items = subscription["items"].list("data").to_vec();
        let mut lines = Vec::new();
        let anchor = subscription.int("billing_cycle_anchor");
        for one in wanted {
            let index = items.iter().position(|item| item["id"] == one["id"]);
            let old = match (one.has("id"), index) {
                (true, None) => return Err(Failure::missing("subscription item", one.text("id"), "items[0][id]")),
                (true, Some(index)) => Some(items.remove(index)),
                _ => None,
            };
            if let Some(old) = &old {
                lines.push(self.part(old, at, -1));
            }
            if one.is("deleted") {
                continue;
            }
            let price = match (one.has("price"), &old) {
                (true, _) => self.objects.get("price", one.text("price"), "items[0][price]")?,
                (false, Some(old)) => old["price"].clone(),
                (false, None) => return Err(Failure::invalid("Missing required param: items[0][price].")),
            };
            let before = old.as_ref().map_or(1, |old| old.int("quantity"));
            let quantity = one["quantity"].as_i64().unwrap_or(before);
            let mut item = self.new_item(subscription.text("id"), &price, quantity, anchor);
            if let Some(old) = &old {
                item.adopt(old, &["id", "created", "metadata"]);
                if old["price"]["recurring"]["interval"] == price["recurring"]["interval"] {
                    item.adopt(old, &["current_period_start", "current_period_end"]);
                }
            }
            item.merge_metadata(one);
            lines.push(self.part(&item, at, 1));
            items.push(item);
        }
        if items.is_empty() {
            return Err(Failure::invalid("A subscription must have at least one active plan."));
        }
        Ok(Change { items, lines })
    }

    /// The rest of an item's period, from a moment on.
    fn part(&mut self, item: &Value, at: i64, sign: i64) -> Value {
        let (start, end) = (item.int("current_period_start"), item.int("current_period_end"));
        let (left, whole) = ((end - at).clamp(0, end - start), (end - start).max(1));
        // Rounded half up; the sums of money here are far below what would overflow.
        let amount = sign * ((2 * cost(item) * left + whole) / (2 * whole));
        self.line(&Line { item, amount, start: at.max(start), end, proration: true })
    }

    /// Changes the items as the request says.
    ///
    /// # Errors
    /// If the change can't be made, and if its payment fails and the request wants an error then.
    pub(crate) fn change_items(&mut self, subscription: Value, params: &Value) -> Answer {
        let at = params["proration_date"].as_i64().unwrap_or(self.now);
        let subscription = self.withdraw_update(subscription);
        let change = self.plan_change(&subscription, params.list("items"), at)?;
        let behavior = params["payment_behavior"].as_str().unwrap_or("allow_incomplete");
        match params["proration_behavior"].as_str().unwrap_or("create_prorations") {
            "always_invoice" => self.charge_change(subscription, change, behavior),
            "create_prorations" => {
                let mut subscription = subscription;
                let mut pending = subscription["_pending_lines"].as_array().cloned().unwrap_or_default();
                pending.extend(change.lines);
                subscription.set("_pending_lines", pending);
                self.objects.put(&subscription);
                Ok(self.apply_items(subscription, change.items))
            }
            _ => Ok(self.apply_items(subscription, change.items)),
        }
    }

    fn charge_change(&mut self, mut subscription: Value, change: Change, behavior: &str) -> Answer {
        let mut invoice = self.draft(&subscription, "subscription_update", change.lines);
        let waits = behavior == "pending_if_incomplete";
        if waits {
            invoice.set("_items", change.items.clone());
        }
        let method = self.collecting_method(&subscription);
        if behavior == "error_if_incomplete" {
            self.would_pay(&invoice, &method)?;
        }
        self.create("invoice.created", &invoice);
        subscription.set("latest_invoice", invoice["id"].clone());
        if waits {
            self.objects.put(&subscription);
        } else {
            subscription = self.apply_items(subscription, change.items.clone());
        }
        let id = invoice.text("id").to_owned();
        let invoice = self.finalize(&id)?;
        if invoice.text("status") == "open" && behavior != "default_incomplete" {
            // A refusal shows in the state of invoice and subscription.
            let _ = self.try_invoice(&id, &method, false);
        }
        if waits && self.again(&invoice).text("status") == "open" {
            let mut subscription = self.again(&subscription);
            subscription.set(
                "pending_update",
                json!({
                    "billing_cycle_anchor": null, "expires_at": self.now + GIVEN_UP,
                    "subscription_items": change.items, "trial_end": null, "trial_from_plan": null,
                }),
            );
            self.update("customer.subscription.updated", &subscription);
        }
        Ok(self.again(&subscription))
    }

    /// Refuses a change whose payment would be refused, before anything has happened.
    fn would_pay(&self, invoice: &Value, method: &str) -> Result<(), Failure> {
        let method = self.objects.any(method).cloned().unwrap_or_default();
        let refused = match super::methods::conduct(&method) {
            super::cards::Conduct::Declines(code, reason) => Some((code, reason)),
            super::cards::Conduct::DeclinesLater => Some(("card_declined", "generic_decline")),
            super::cards::Conduct::Authenticates => Some(("authentication_required", "authentication_required")),
            _ => None,
        };
        match refused {
            Some((code, reason)) if invoice.int("amount_due") > 0 => {
                Err(Failure::card(&super::outcome::decline(code, reason, &Value::Null), None))
            }
            _ => Ok(()),
        }
    }

    /// Gives a subscription its new items and says so.
    pub(crate) fn apply_items(&mut self, mut subscription: Value, items: Vec<Value>) -> Value {
        subscription["items"].set("data", items);
        let reset = period::start(&subscription) == self.now;
        if reset {
            subscription.set("billing_cycle_anchor", self.now);
        }
        self.update("customer.subscription.updated", &subscription);
        subscription
    }

    /// A change that waited for its payment takes place.
    pub(crate) fn apply_update(&mut self, mut subscription: Value, items: &Value) {
        let waited = subscription.has("pending_update");
        subscription.set("pending_update", Value::Null);
        self.objects.put(&subscription);
        let subscription = self.apply_items(subscription, items.as_array().cloned().unwrap_or_default());
        if waited {
            self.emit("customer.subscription.pending_update_applied", &subscription, None);
        }
    }

    /// A change that nobody paid for is given up.
    pub(crate) fn give_up_update(&mut self, subscription: Value) {
        let subscription = self.withdraw_update(subscription);
        self.emit("customer.subscription.pending_update_expired", &subscription, None);
    }

    /// Takes back a change that waits, with its invoice.
    fn withdraw_update(&mut self, mut subscription: Value) -> Value {
        if !subscription.has("pending_update") {
            return subscription;
        }
        subscription.set("pending_update", Value::Null);
        self.update("customer.subscription.updated", &subscription);
        // It is open: a change that is paid no longer waits.
        let _ = self.close_invoice(subscription.text("latest_invoice"), "void");
        subscription
    }
}
