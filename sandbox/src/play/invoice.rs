//! Invoices: drafted, finalized, tried, paid, failed, voided. What a subscription becomes by that is in `renew`.

use serde_json::{Value, json};

use super::period;
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, whole_list},
    world::World,
};

/// Days after which a renewal that failed is tried again.
const RETRIES: [i64; 3] = [3, 5, 7];

impl World {
    /// A draft for a subscription.
    pub(crate) fn draft(&mut self, subscription: &Value, reason: &str, lines: Vec<Value>) -> Value {
        let id = self.random.id("in_");
        let mut lines = lines;
        for line in &mut lines {
            line.set("invoice", id.clone());
        }
        let total: i64 = lines.iter().map(|line| line.int("amount")).sum();
        let customer = self.objects.any(subscription.text("customer")).cloned().unwrap_or_default();
        let due = total.max(0);
        let balance = json!({
            "amount_due": due, "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0, "amount_remaining": due,
            "amount_shipping": 0, "starting_balance": 0, "subtotal": total, "subtotal_excluding_tax": total,
            "total": total, "total_discount_amounts": [], "total_excluding_tax": total,
            "total_pretax_credit_amounts": [], "total_taxes": [],
        });
        let mut invoice = json!({
            "id": id,
            "object": "invoice",
            "account_country": "US", "account_name": "Sandbox", "account_tax_ids": null, "application": null,
            "attempt_count": 0, "attempted": false, "auto_advance": true,
            "automatic_tax": automatic_tax(subscription),
            "automatically_finalizes_at": null,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": self.now,
            "currency": subscription["currency"],
            "custom_fields": null,
            "customer": subscription["customer"],
            "customer_address": customer["address"], "customer_email": customer["email"], "customer_name": customer["name"],
            "customer_phone": customer["phone"], "customer_shipping": null, "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": null, "default_source": null, "default_tax_rates": [], "description": null,
            "discounts": [], "due_date": null, "effective_at": null, "ending_balance": null, "footer": null,
            "from_invoice": null, "hosted_invoice_url": null, "invoice_pdf": null, "issuer": { "type": "self" },
            "last_finalization_error": null, "latest_revision": null,
            "lines": whole_list(lines, &format!("/v1/invoices/{id}/lines")),
            "livemode": false,
            "metadata": {},
            "next_payment_attempt": null,
            "number": null,
            "on_behalf_of": null,
            "parent": { "quote_details": null, "subscription_details": {
                "metadata": subscription["metadata"], "subscription": subscription["id"],
            }, "type": "subscription_details" },
            "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
            "period_end": period::end(subscription), "period_start": period::start(subscription),
            "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
            "receipt_number": null, "rendering": null, "shipping_cost": null, "shipping_details": null,
            "statement_descriptor": null,
            "status": "draft",
            "status_transitions": {
                "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
            },
            "test_clock": customer["test_clock"],
            "webhooks_delivered_at": null,
        });
        if let (Value::Object(invoice), Value::Object(balance)) = (&mut invoice, balance) {
            invoice.extend(balance);
        }
        invoice
    }

    /// The payment intent of an invoice.
    pub(crate) fn intent_of(&self, invoice: &str) -> Option<&Value> {
        let invoice = self.objects.any(invoice)?;
        self.objects.any(invoice.text("_intent"))
    }

    /// Opens a draft for payment; one of nothing is paid by that.
    ///
    /// # Errors
    /// If it is no draft.
    pub(crate) fn finalize(&mut self, id: &str) -> Answer {
        let mut invoice = self.objects.get("invoice", id, "invoice")?;
        if invoice.text("status") != "draft" {
            return Err(Failure::invalid(
                "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            ));
        }
        let pages = format!("{}/i/{id}", self.config.base_url);
        let number = format!("SANDBOX-{:04}", self.objects.of("invoice").count());
        invoice.set("status", "open");
        invoice.set("number", number);
        invoice.set("effective_at", self.now);
        invoice.set("ending_balance", 0);
        invoice.set("automatically_finalizes_at", Value::Null);
        invoice.set("invoice_pdf", pages.clone());
        invoice.set("hosted_invoice_url", pages);
        invoice["status_transitions"].set("finalized_at", self.now);
        self.objects.put(&invoice);
        if invoice.int("amount_due") > 0 {
            self.invoice_intent(&mut invoice);
        }
        self.update("invoice.finalized", &invoice);
        if invoice.int("amount_due") == 0 {
            self.invoice_paid(id);
        }
        self.objects.get("invoice", id, "invoice")
    }

    fn invoice_intent(&mut self, invoice: &mut Value) {
        let mut intent = self.new_intent(invoice.int("amount_due"), invoice.text("currency"), &invoice["customer"]);
        let description = match invoice.text("billing_reason") {
            "subscription_create" => "Subscription creation",
            "subscription_update" => "Subscription update",
            "manual" => "Payment for an invoice",
            _ => "Subscription renewal",
        };
        intent.set("description", description);
        intent.set("automatic_payment_methods", Value::Null);
        intent.set("setup_future_usage", "off_session");
        intent.set("_invoice", invoice["id"].clone());
        self.create("payment_intent.created", &intent);
        let payment = json!({
            "id": self.random.id("inpay_"),
            "object": "invoice_payment",
            "amount_paid": null,
            "amount_requested": invoice["amount_due"],
            "created": self.now,
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": true,
            "livemode": false,
            "payment": { "payment_intent": intent["id"], "type": "payment_intent" },
            "status": "open",
            "status_transitions": { "canceled_at": null, "paid_at": null },
        });
        self.objects.put(&payment);
        invoice.set("_intent", intent["id"].clone());
        invoice.set("_payment", payment["id"].clone());
        self.objects.put(invoice);
    }

    /// Tries to collect an open invoice.
    ///
    /// # Errors
    /// If it is not open, has no method to pay with, or the card is refused.
    pub(crate) fn try_invoice(&mut self, id: &str, method: &str, present: bool) -> Answer {
        let mut invoice = self.objects.get("invoice", id, "invoice")?;
        match invoice.text("status") {
            "open" | "uncollectible" => {}
            "paid" => return Err(Failure::invalid("Invoice is already paid").code("invoice_already_paid")),
            status => return Err(Failure::invalid(format!("This invoice can't be paid: its status is {status}."))),
        }
        let count = invoice.int("attempt_count") + 1;
        invoice.set("attempted", true);
        invoice.set("attempt_count", count);
        let days = usize::try_from(count - 1).ok().and_then(|index| RETRIES.get(index));
        let renewal = invoice.text("billing_reason") == "subscription_cycle";
        let next = days.filter(|_| renewal).map(|days| self.now + days * 86400);
        invoice.set("next_payment_attempt", next);
        self.objects.put(&invoice);
        if method.is_empty() {
            self.invoice_failed(id, false);
            let message = "There is no payment method to collect this invoice with.";
            return Err(Failure::invalid(message).code("invoice_payment_intent_requires_action"));
        }
        let intent = invoice.text("_intent").to_owned();
        self.confirm(&intent, method, present)?;
        self.objects.get("invoice", id, "invoice")
    }

    /// The method that an invoice of a subscription is collected with, or the empty text.
    pub(crate) fn collecting_method(&self, subscription: &Value) -> String {
        if subscription.has("default_payment_method") {
            return subscription.text("default_payment_method").to_owned();
        }
        let customer = self.objects.any(subscription.text("customer")).cloned().unwrap_or_default();
        customer["invoice_settings"].text("default_payment_method").to_owned()
    }

    /// Ends an open invoice: `void` or `uncollectible`.
    ///
    /// # Errors
    /// If its status does not allow it.
    pub(crate) fn close_invoice(&mut self, id: &str, status: &str) -> Answer {
        let mut invoice = self.objects.get("invoice", id, "invoice")?;
        let now = invoice.text("status");
        if now != "open" && !(now == "uncollectible" && status == "void") {
            return Err(Failure::invalid(format!("This invoice can't become {status}: its status is {now}.")));
        }
        invoice.set("status", status);
        invoice.set("next_payment_attempt", Value::Null);
        let (event, key) = match status {
            "void" => ("invoice.voided", "voided_at"),
            _ => ("invoice.marked_uncollectible", "marked_uncollectible_at"),
        };
        invoice["status_transitions"].set(key, self.now);
        if status == "void" {
            invoice.set("amount_remaining", 0);
            let intent = invoice.text("_intent").to_owned();
            if !intent.is_empty() {
                // One that is being settled can't be canceled; its invoice then stays void and paid for.
                let _ = self.cancel_intent(&intent, "void_invoice");
            }
        }
        self.update(event, &invoice);
        Ok(invoice)
    }
}

pub(crate) fn automatic_tax(subscription: &Value) -> Value {
    let enabled = subscription["automatic_tax"].is("enabled");
    let status = if enabled { json!("complete") } else { Value::Null };
    json!({ "disabled_reason": null, "enabled": enabled, "liability": null, "provider": null, "status": status })
}
