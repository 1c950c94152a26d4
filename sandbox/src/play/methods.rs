//! Payment methods: made of a test number or token, attached to a customer.

use serde_json::{Value, json};

use super::cards::{self, Card, Conduct};
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    world::World,
};

impl World {
    /// The payment method that a parameter names: one that was made before, or a new one of a test token.
    ///
    /// # Errors
    /// If it is neither.
    pub(crate) fn method(&mut self, name: &str, param: &str) -> Answer {
        if let Some(card) = cards::by_token(name) {
            return Ok(self.new_method(card));
        }
        self.objects.get("payment_method", name, param)
    }

    /// A new payment method, not attached to anybody.
    pub(crate) fn new_method(&mut self, card: &Card) -> Value {
        let last4 = &card.number[card.number.len() - 4..];
        let details = details(card.kind, last4, &self.random.text("", 16));
        let method = json!({
            "id": self.random.id("pm_"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billing_details(),
            "created": self.now,
            "customer": null,
            "livemode": false,
            "metadata": {},
            "type": card.kind,
            card.kind: details,
            "_number": card.number,
        });
        self.objects.put(&method);
        method
    }

    /// Attaches the payment method that a parameter names to a customer.
    ///
    /// # Errors
    /// If there is none, if it is somebody else's, or if the bank refuses the card.
    pub(crate) fn attach(&mut self, name: &str, customer: &str, param: &str) -> Answer {
        let mut method = self.method(name, param)?;
        match method.text("customer") {
            owner if owner == customer => return Ok(method),
            "" => {}
            _ => return Err(Failure::invalid("The payment method belongs to another customer.").param(param)),
        }
        if let Conduct::Declines(code, decline) = conduct(&method) {
            return Err(Failure::card(&super::outcome::decline(code, decline, &Value::Null), None));
        }
        method.set("customer", customer);
        self.update("payment_method.attached", &method);
        if let Some(mut owner) = self.objects.any(customer).cloned() {
            owner.set("_method", method["id"].clone());
            self.objects.put(&owner);
        }
        Ok(method)
    }
}

/// How payments with this method go.
pub(crate) fn conduct(method: &Value) -> Conduct {
    cards::by_number(method.text("_number")).map_or(Conduct::Pays, |card| card.conduct)
}

fn details(kind: &str, last4: &str, fingerprint: &str) -> Value {
    match kind {
        "us_bank_account" => json!({
            "account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": null, "fingerprint": fingerprint, "last4": last4,
            "networks": { "preferred": "ach", "supported": ["ach"] }, "routing_number": "110000000",
            "status_details": {},
        }),
        "sepa_debit" => json!({
            "bank_code": "19043", "branch_code": "", "country": "AT", "fingerprint": fingerprint,
            "generated_from": { "charge": null, "setup_attempt": null }, "last4": last4,
        }),
        _ => json!({
            "brand": "visa",
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
            "country": "US", "display_brand": "visa", "exp_month": 12, "exp_year": 2034, "fingerprint": fingerprint,
            "funding": "credit", "generated_from": null, "last4": last4,
            "networks": { "available": ["visa"], "preferred": null },
            "regulated_status": "unregulated", "three_d_secure_usage": { "supported": true }, "wallet": null,
        }),
    }
}

pub(crate) fn billing_details() -> Value {
    json!({ "address": null, "email": null, "name": null, "phone": null, "tax_id": null })
}
