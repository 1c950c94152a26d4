//! Refunds: at once, or pending for a while and then succeeded, failed or canceled.

use serde_json::{Value, json};

use super::{cards::Conduct, methods::conduct};
use crate::{
    failure::{Answer, Failure},
    fields::{Fields, metadata},
    world::World,
};

impl World {
    /// Gives money of a charge back.
    ///
    /// # Errors
    /// If it can't be given back, or not so much.
    pub(crate) fn refund(&mut self, charge: &Value, params: &Value) -> Answer {
        let left = charge.int("amount") - charge.int("amount_refunded");
        let amount = params["amount"].as_i64().unwrap_or(left);
        let id = charge.text("id");
        if charge.text("status") != "succeeded" {
            return Err(
                Failure::invalid(format!("Charge {id} has not succeeded and can't be refunded.")).param("charge")
            );
        }
        if charge.is("_withdrawn") {
            let message = format!("Charge {id} has been charged back; cannot issue a refund.");
            return Err(Failure::invalid(message).code("charge_disputed"));
        }
        if left == 0 {
            let message = format!("Charge {id} has already been refunded.");
            return Err(Failure::invalid(message).code("charge_already_refunded"));
        }
        if amount < 1 || amount > left {
            let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            return Err(Failure::invalid(message).param("amount"));
        }
        let method = self.objects.any(charge.text("payment_method")).cloned().unwrap_or_default();
        let slowly = match conduct(&method) {
            Conduct::RefundsSlowly(succeeds) => Some(succeeds),
            Conduct::Delayed(_) => Some(true),
            _ => None,
        };
        let refund = self.new_refund(charge, amount, params, slowly);
        let mut charge = charge.clone();
        charge.set("amount_refunded", charge.int("amount_refunded") + amount);
        charge.set("refunded", charge["amount_refunded"] == charge["amount"]);
        self.update("charge.refunded", &charge);
        self.create("refund.created", &refund);
        Ok(refund)
    }

    fn new_refund(&mut self, charge: &Value, amount: i64, params: &Value, slowly: Option<bool>) -> Value {
        let id = self.random.id("re_");
        let entry = self.entry(-amount, "refund", &id);
        let mut refund = json!({
            "id": id,
            "object": "refund",
            "amount": amount,
            "balance_transaction": entry["id"],
            "charge": charge["id"],
            "created": self.now,
            "currency": charge["currency"],
            "customer": charge["customer"],
            "destination_details": { "card": {
                "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund",
            }, "type": "card" },
            "metadata": metadata(params),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": params["reason"],
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": if slowly.is_some() { "pending" } else { "succeeded" },
            "transfer_reversal": null,
        });
        if let Some(succeeds) = slowly {
            refund.set("pending_reason", "processing");
            refund.set("_settles", json!({ "at": self.now + self.config.delayed_payment, "succeeds": succeeds }));
            self.look_again();
        }
        refund
    }

    /// A pending refund has arrived or come back.
    pub(crate) fn refund_settles(&mut self, refund: Value) {
        let status = if refund["_settles"].is("succeeds") { "succeeded" } else { "failed" };
        // It is pending, so it can become either.
        let _ = self.refund_becomes(refund.text("id"), status);
    }

    /// Gives a refund its last status. One that failed or was canceled gives the money back to the account, even if it
    /// had succeeded before.
    ///
    /// # Errors
    /// If it has one that allows no other.
    pub(crate) fn refund_becomes(&mut self, id: &str, status: &str) -> Answer {
        let mut refund = self.objects.get("refund", id, "refund")?;
        let before = refund.text("status").to_owned();
        let allowed = match status {
            "succeeded" => before == "pending" || before == "requires_action",
            "failed" => before != "failed" && before != "canceled",
            "canceled" => before == "pending" || before == "requires_action",
            _ => false,
        };
        if !allowed {
            return Err(Failure::invalid(format!("This refund can't become {status}: its status is {before}.")));
        }
        refund.set("status", status);
        refund.set("_settles", Value::Null);
        if let Some(members) = refund.as_object_mut() {
            members.remove("pending_reason");
        }
        let amount = refund.int("amount");
        if status != "succeeded" {
            let entry = self.entry(amount, "refund_failure", id);
            refund.set("failure_balance_transaction", entry["id"].clone());
            if status == "failed" {
                refund.set("failure_reason", "unknown");
            }
            if let Some(mut charge) = self.objects.any(refund.text("charge")).cloned() {
                charge.set("amount_refunded", charge.int("amount_refunded") - amount);
                charge.set("refunded", false);
                self.update("charge.updated", &charge);
            }
        }
        self.update("refund.updated", &refund);
        self.emit("charge.refund.updated", &refund, None);
        if status == "failed" {
            self.emit("refund.failed", &refund, None);
        }
        Ok(refund)
    }
}
