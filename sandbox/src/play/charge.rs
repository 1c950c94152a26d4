//! Charges: one attempt to move money, and its entry in the balance.

use serde_json::{Value, json};

use super::{methods::billing_details, outcome};
use crate::{fields::Fields, world::World};

impl World {
    /// A charge for this payment intent, and the event that says how it went. `error` is why it was refused.
    pub(crate) fn charge(&mut self, intent: &Value, method: &Value, status: &str, error: Option<&Value>) -> Value {
        let id = self.random.id(if method.text("type") == "card" { "ch_" } else { "py_" });
        let paid = status == "succeeded";
        let amount = intent.int("amount");
        let entry = if paid { self.entry(amount, "charge", &id) } else { Value::Null };
        let of = |key: &str| error.map_or(Value::Null, |error| error[key].clone());
        let charge = json!({
            "id": id,
            "object": "charge",
            "amount": amount,
            "amount_captured": if paid { amount } else { 0 },
            "amount_refunded": 0,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": entry["id"],
            "billing_details": billing_details(),
            "calculated_statement_descriptor": "SANDBOX",
            "captured": status != "failed",
            "created": self.now,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": false,
            "failure_balance_transaction": null,
            "failure_code": of("code"),
            "failure_message": of("message"),
            "fraud_details": {},
            "livemode": false,
            "metadata": intent["metadata"],
            "on_behalf_of": null,
            "outcome": result(status, &of("decline_code")),
            "paid": paid,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": details(method, intent),
            "radar_options": {},
            "receipt_email": intent["receipt_email"],
            "receipt_number": null,
            "receipt_url": if paid { json!(format!("{}/r/{id}", self.config.base_url)) } else { Value::Null },
            "refunded": false,
            "review": null,
            "shipping": intent["shipping"],
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": status,
            "transfer_data": null,
            "transfer_group": null,
        });
        self.create(&format!("charge.{status}"), &charge);
        charge
    }

    /// The charge of a delayed payment succeeds.
    pub(crate) fn charge_arrives(&mut self, id: &str) {
        let Some(mut charge) = self.objects.any(id).cloned() else { return };
        let entry = self.entry(charge.int("amount"), "charge", id);
        charge.set("status", "succeeded");
        charge.set("paid", true);
        charge.set("amount_captured", charge["amount"].clone());
        charge.set("balance_transaction", entry["id"].clone());
        charge.set("receipt_url", format!("{}/r/{id}", self.config.base_url));
        charge.set("outcome", result("succeeded", &Value::Null));
        self.update("charge.succeeded", &charge);
    }

    /// The charge of a delayed payment comes back; the error is what its intent says.
    pub(crate) fn charge_returns(&mut self, id: &str) -> Value {
        let Some(mut charge) = self.objects.any(id).cloned() else { return Value::Null };
        let error = outcome::decline("debit_not_authorized", "generic_decline", &charge);
        charge.set("status", "failed");
        charge.set("failure_code", error["code"].clone());
        charge.set("failure_message", error["message"].clone());
        charge.set("outcome", result("failed", &error["decline_code"]));
        self.update("charge.failed", &charge);
        error
    }

    /// A movement of the account's balance.
    pub(crate) fn entry(&mut self, amount: i64, kind: &str, source: &str) -> Value {
        let category = if kind == "adjustment" { "dispute" } else { kind };
        let entry = json!({
            "id": self.random.id("txn_"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": self.now + 2 * 86400,
            "balance_type": "payments",
            "created": self.now,
            "currency": "usd",
            "description": null,
            "exchange_rate": null,
            "fee": 0,
            "fee_details": [],
            "net": amount,
            "reporting_category": category,
            "source": source,
            "status": "pending",
            "type": kind,
        });
        self.objects.put(&entry);
        entry
    }
}

fn result(status: &str, decline_code: &Value) -> Value {
    match status {
        "failed" => json!({
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "declined_by_network", "reason": decline_code, "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }),
        _ => json!({
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
            "seller_message": "Payment complete.", "type": "authorized",
        }),
    }
}

fn details(method: &Value, intent: &Value) -> Value {
    if method.text("type") == "sepa_debit" {
        let mut account = method["sepa_debit"].clone();
        account.set("mandate", Value::Null);
        if let Some(members) = account.as_object_mut() {
            members.remove("generated_from");
        }
        return json!({ "type": "sepa_debit", "sepa_debit": account });
    }
    if method.text("type") == "us_bank_account" {
        let account = &method["us_bank_account"];
        return json!({ "type": "us_bank_account", "us_bank_account": {
            "account_holder_type": "individual", "account_type": "checking", "bank_name": account["bank_name"],
            "fingerprint": account["fingerprint"], "last4": account["last4"], "payment_reference": null,
            "routing_number": account["routing_number"],
        } });
    }
    let card = &method["card"];
    json!({ "type": "card", "card": {
        "amount_authorized": intent["amount"], "authorization_code": null, "brand": card["brand"],
        "checks": card["checks"], "country": card["country"], "exp_month": card["exp_month"],
        "exp_year": card["exp_year"], "extended_authorization": { "status": "disabled" },
        "fingerprint": card["fingerprint"], "funding": card["funding"],
        "incremental_authorization": { "status": "unavailable" }, "installments": null, "last4": card["last4"],
        "mandate": null, "multicapture": { "status": "unavailable" }, "network": "visa", "network_token": { "used": false },
        "network_transaction_id": null, "overcapture": { "maximum_amount_capturable": intent["amount"], "status": "unavailable" },
        "regulated_status": "unregulated", "three_d_secure": null, "wallet": null,
    } })
}
