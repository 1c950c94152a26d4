//! Disputes, inquiries and early fraud warnings.

use serde_json::{Value, json};

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    world::World,
};

/// Fees are not played, only this term is.
const DAYS_TO_RESPOND: i64 = 9;

/// Evidence that a dispute may hold; all texts, since files are not played.
pub(crate) const EVIDENCE: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

impl World {
    /// The bank disputes a charge, or only asks about it.
    pub(crate) fn open_dispute(&mut self, charge: &str, reason: &str, inquiry: bool) -> Value {
        let Some(mut charge) = self.objects.any(charge).cloned() else { return Value::Null };
        let mut evidence = json!({ "enhanced_evidence": {} });
        for name in EVIDENCE {
            evidence.set(name, Value::Null);
        }
        let kind = if inquiry { "inquiry" } else { "chargeback" };
        let dispute = json!({
            "id": self.random.id("du_"),
            "object": "dispute",
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": self.now,
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": evidence,
            "evidence_details": {
                "due_by": self.now + DAYS_TO_RESPOND * 86400, "enhanced_eligibility": {}, "has_evidence": false,
                "past_due": false, "submission_count": 0,
            },
            "is_charge_refundable": inquiry,
            "livemode": false,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": { "card": {
                "brand": "visa", "case_type": kind, "network": "visa", "network_reason_code": "10.4",
            }, "type": "card" },
            "reason": reason,
            "status": if inquiry { "warning_needs_response" } else { "needs_response" },
        });
        charge.set("disputed", true);
        self.objects.put(&charge);
        self.create("charge.dispute.created", &dispute);
        if inquiry { dispute } else { self.withdraw(dispute) }
    }

    fn withdraw(&mut self, mut dispute: Value) -> Value {
        let entry = self.entry(-dispute.int("amount"), "adjustment", dispute.text("id"));
        dispute.set("balance_transactions", json!([entry]));
        self.mark_withdrawn(&dispute, true);
        self.update("charge.dispute.funds_withdrawn", &dispute);
        dispute
    }

    fn mark_withdrawn(&mut self, dispute: &Value, withdrawn: bool) {
        if let Some(mut charge) = self.objects.any(dispute.text("charge")).cloned() {
            charge.set("_withdrawn", withdrawn);
            self.objects.put(&charge);
        }
    }

    /// Gives a dispute another status, with the money and the events that go with it. An inquiry that becomes
    /// `needs_response` has been escalated.
    ///
    /// # Errors
    /// If it is over, or the status isn't one.
    pub(crate) fn dispute_becomes(&mut self, id: &str, status: &str) -> Answer {
        let mut dispute = self.objects.get("dispute", id, "dispute")?;
        let before = dispute.text("status").to_owned();
        if ["won", "lost", "warning_closed", "prevented"].contains(&before.as_str()) {
            return Err(Failure::invalid(format!("This dispute is already closed: its status is {before}.")));
        }
        let inquiry = before.starts_with("warning_");
        dispute.set("status", status);
        match status {
            "under_review" | "warning_under_review" => self.update("charge.dispute.updated", &dispute),
            "needs_response" if inquiry => {
                dispute.set("is_charge_refundable", false);
                self.update("charge.dispute.updated", &dispute);
                dispute = self.withdraw(dispute);
            }
            "lost" | "warning_closed" => self.update("charge.dispute.closed", &dispute),
            "won" | "prevented" => {
                self.update("charge.dispute.closed", &dispute);
                if !inquiry {
                    dispute = self.reinstate(dispute);
                }
            }
            _ => return Err(Failure::invalid(format!("A dispute that is {before} can't become {status}."))),
        }
        Ok(dispute)
    }

    fn reinstate(&mut self, mut dispute: Value) -> Value {
        let entry = self.entry(dispute.int("amount"), "adjustment", dispute.text("id"));
        let mut entries = dispute.list("balance_transactions").to_vec();
        entries.push(entry);
        dispute.set("balance_transactions", entries);
        self.mark_withdrawn(&dispute, false);
        self.update("charge.dispute.funds_reinstated", &dispute);
        dispute
    }

    /// The card's issuer says that a charge may be fraud.
    pub(crate) fn warn_of_fraud(&mut self, charge: &str) -> Value {
        let Some(charge) = self.objects.any(charge).cloned() else { return Value::Null };
        let warning = json!({
            "id": self.random.id("issfr_"),
            "object": "radar.early_fraud_warning",
            "actionable": true,
            "charge": charge["id"],
            "created": self.now,
            "fraud_type": "unauthorized_use_of_card",
            "livemode": false,
            "payment_intent": charge["payment_intent"],
        });
        self.create("radar.early_fraud_warning.created", &warning);
        warning
    }
}
