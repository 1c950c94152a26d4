//! What subscriptions become as time passes and their invoices are paid or not.

use serde_json::{Value, json};

use super::period;
use crate::{fields::Fields, world::World};

/// Seconds that a renewal's invoice is a draft.
const DRAFT: i64 = 3600;

impl World {
    /// A period is over: the subscription ends, or its next period begins with a draft invoice.
    pub(crate) fn renew(&mut self, mut subscription: Value) {
        if subscription.is("cancel_at_period_end") {
            self.end_subscription(subscription, "cancellation_requested");
            return;
        }
        let trial_ends = subscription.text("status") == "trialing";
        if trial_ends && self.collecting_method(&subscription).is_empty() {
            match subscription["trial_settings"]["end_behavior"].text("missing_payment_method") {
                "cancel" => {
                    self.end_subscription(subscription, "payment_failed");
                    return;
                }
                "pause" => {
                    subscription.set("status", "paused");
                    self.update("customer.subscription.updated", &subscription);
                    self.emit("customer.subscription.paused", &subscription, None);
                    return;
                }
                _ => {}
            }
        }
        if trial_ends {
            subscription.set("status", "active");
        }
        let anchor = subscription.int("billing_cycle_anchor");
        if let Some(items) = subscription["items"]["data"].as_array_mut() {
            for item in items.iter_mut().filter(|item| item.int("current_period_end") <= self.now) {
                let start = item.int("current_period_end");
                item.set("current_period_end", period::after(start, anchor, &item["price"]["recurring"]));
                item.set("current_period_start", start);
            }
        }
        let mut lines = self.period_lines(&subscription, false);
        lines.extend(subscription["_pending_lines"].as_array().cloned().unwrap_or_default());
        subscription.set("_pending_lines", json!([]));
        let mut invoice = self.draft(&subscription, "subscription_cycle", lines);
        let paused = subscription["pause_collection"].text("behavior").to_owned();
        if paused != "keep_as_draft" {
            invoice.set("automatically_finalizes_at", self.now + DRAFT);
        }
        invoice.set("_paused", paused);
        subscription.set("latest_invoice", invoice["id"].clone());
        self.update("customer.subscription.updated", &subscription);
        self.create("invoice.created", &invoice);
    }

    /// A renewal's draft is an hour old.
    pub(crate) fn finalize_and_try(&mut self, id: &str) {
        let Ok(invoice) = self.finalize(id) else { return };
        match invoice.text("_paused") {
            "void" => drop(self.close_invoice(id, "void")),
            "mark_uncollectible" => drop(self.close_invoice(id, "uncollectible")),
            _ => self.try_again(id),
        }
    }

    /// Tries an open invoice with what its subscription is collected with; what follows from a refusal has happened then.
    pub(crate) fn try_again(&mut self, id: &str) {
        let Some(subscription) = self.subscription_of(id) else { return };
        let method = self.collecting_method(&subscription);
        let _ = self.try_invoice(id, &method, false);
    }

    fn subscription_of(&self, invoice: &str) -> Option<Value> {
        let invoice = self.objects.any(invoice)?;
        self.objects.any(invoice["parent"]["subscription_details"].text("subscription")).cloned()
    }

    /// The money for an invoice is there.
    pub(crate) fn invoice_paid(&mut self, id: &str) {
        let Some(mut invoice) = self.objects.any(id).cloned() else { return };
        if invoice.text("status") == "void" {
            return;
        }
        invoice.set("status", "paid");
        invoice.set("attempted", true);
        invoice.set("amount_paid", invoice["amount_due"].clone());
        invoice.set("amount_remaining", 0);
        invoice.set("next_payment_attempt", Value::Null);
        invoice["status_transitions"].set("paid_at", self.now);
        if let Some(mut payment) = self.objects.any(invoice.text("_payment")).cloned() {
            payment.set("status", "paid");
            payment.set("amount_paid", payment["amount_requested"].clone());
            payment["status_transitions"].set("paid_at", self.now);
            self.objects.put(&payment);
        }
        self.update("invoice.paid", &invoice);
        self.emit("invoice.payment_succeeded", &invoice, None);
        let Some(mut subscription) = self.subscription_of(id) else { return };
        let method = self.intent_of(id).and_then(|intent| self.objects.any(intent.text("payment_method"))).cloned();
        if let Some(method) = method.filter(|_| invoice.text("billing_reason") == "subscription_create") {
            self.keep_method(subscription.text("id"), &method);
            subscription = self.again(&subscription);
        }
        if invoice.has("_items") {
            self.apply_update(subscription, &invoice["_items"]);
        } else {
            self.recovers(subscription);
        }
    }

    /// A subscription that owes nothing any more is active.
    pub(crate) fn recovers(&mut self, mut subscription: Value) {
        let id = subscription.text("id");
        let owes = self.objects.of("invoice").any(|invoice| {
            let parent = invoice["parent"]["subscription_details"].text("subscription");
            parent == id && invoice.text("status") == "open" && !invoice.has("_items")
        });
        let late = ["incomplete", "past_due", "unpaid"].contains(&subscription.text("status"));
        if late && !owes {
            subscription.set("status", "active");
            self.update("customer.subscription.updated", &subscription);
        }
    }

    /// A delayed payment of an invoice is on its way: the subscription runs meanwhile.
    pub(crate) fn invoice_processing(&mut self, id: &str) {
        let Some(mut subscription) = self.subscription_of(id) else { return };
        if subscription.text("status") == "incomplete" {
            subscription.set("status", "active");
            self.update("customer.subscription.updated", &subscription);
        }
    }

    /// An attempt to collect an invoice failed, or `asks` the customer for something first.
    pub(crate) fn invoice_failed(&mut self, id: &str, asks: bool) {
        let Some(invoice) = self.objects.any(id).cloned() else { return };
        if asks {
            self.emit("invoice.payment_action_required", &invoice, None);
        }
        self.emit("invoice.payment_failed", &invoice, None);
        let Some(mut subscription) = self.subscription_of(id) else { return };
        let running = ["active", "trialing", "past_due"].contains(&subscription.text("status"));
        if !running || invoice.has("_items") {
            return;
        }
        if invoice.text("billing_reason") == "subscription_cycle" && !invoice.has("next_payment_attempt") {
            self.end_subscription(subscription, "payment_failed");
        } else if subscription.text("status") != "past_due" {
            subscription.set("status", "past_due");
            self.update("customer.subscription.updated", &subscription);
        }
    }

    /// Three days are left of a trial.
    pub(crate) fn warn_of_trial_end(&mut self, mut subscription: Value) {
        subscription.set("_warned", true);
        self.objects.put(&subscription);
        self.emit("customer.subscription.trial_will_end", &subscription, None);
    }

    /// A pause of collection ends by itself.
    pub(crate) fn resume_collection(&mut self, mut subscription: Value) {
        subscription.set("pause_collection", Value::Null);
        self.update("customer.subscription.updated", &subscription);
    }
}
