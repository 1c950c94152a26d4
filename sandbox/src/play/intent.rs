//! Payment intents: made, confirmed, authenticated, settled days later, canceled.

use serde_json::{Value, json};

use super::{
    cards::Conduct,
    methods::conduct,
    outcome::{decline, refused},
};
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    world::World,
};

impl World {
    /// A new intent to pay so much, by whoever confirms it.
    pub(crate) fn new_intent(&mut self, amount: i64, currency: &str, customer: &Value) -> Value {
        let id = self.random.id("pi_");
        let secret = self.random.text(&format!("{id}_secret_"), 25);
        json!({
            "id": id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": { "tip": {} },
            "amount_received": 0,
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": { "allow_redirects": "always", "enabled": true },
            "canceled_at": null,
            "cancellation_reason": null,
            "capture_method": "automatic_async",
            "client_secret": secret,
            "confirmation_method": "automatic",
            "created": self.now,
            "currency": currency,
            "customer": customer,
            "description": null,
            "last_payment_error": null,
            "latest_charge": null,
            "livemode": false,
            "metadata": {},
            "next_action": null,
            "on_behalf_of": null,
            "payment_method": null,
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": {
                "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
            } },
            "payment_method_types": ["card", "us_bank_account"],
            "processing": null,
            "receipt_email": null,
            "review": null,
            "setup_future_usage": null,
            "shipping": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": "requires_payment_method",
            "transfer_data": null,
            "transfer_group": null,
        })
    }

    /// Tries to pay with this method. `present` says whether the customer is there to be asked by the bank.
    ///
    /// # Errors
    /// If the intent is past that, and if the card is refused; what follows from a refusal has happened then.
    pub(crate) fn confirm(&mut self, id: &str, method: &str, present: bool) -> Answer {
        let mut intent = self.objects.get("payment_intent", id, "intent")?;
        expect(&intent, &["requires_payment_method", "requires_confirmation", "requires_action"], "confirm")?;
        let method = self.method(method, "payment_method")?;
        intent.set("payment_method", method["id"].clone());
        intent.set("last_payment_error", Value::Null);
        intent.set("next_action", Value::Null);
        match conduct(&method) {
            Conduct::Declines(code, reason) => self.refuse(intent, &method, code, reason),
            Conduct::DeclinesLater => self.refuse(intent, &method, "card_declined", "generic_decline"),
            Conduct::Authenticates if !present && !intent.is("_authenticated") => {
                self.refuse(intent, &method, "authentication_required", "authentication_required")
            }
            Conduct::Authenticates if !intent.is("_authenticated") => Ok(self.ask_bank(intent)),
            Conduct::Delayed(succeeds) => Ok(self.wait_for_bank(intent, &method, succeeds)),
            _ => Ok(self.succeed(intent, &method)),
        }
    }

    fn refuse(&mut self, mut intent: Value, method: &Value, code: &str, reason: &str) -> Answer {
        let charge = self.charge(&intent, method, "failed", Some(&decline(code, reason, &Value::Null)));
        let mut error = decline(code, reason, &charge);
        intent.set("latest_charge", charge["id"].clone());
        intent.set("payment_method", Value::Null);
        intent.set("status", "requires_payment_method");
        error.set("payment_method", method.clone());
        intent.set("last_payment_error", error.clone());
        self.update("payment_intent.payment_failed", &intent);
        self.after_intent(&intent);
        Err(Failure::card(&error, Some(&intent)))
    }

    fn ask_bank(&mut self, mut intent: Value) -> Value {
        let url = format!("{}/authenticate/{}", self.config.base_url, intent.text("id"));
        intent.set("status", "requires_action");
        intent.set(
            "next_action",
            json!({
                "redirect_to_url": { "return_url": intent["_return_url"], "url": url }, "type": "redirect_to_url",
            }),
        );
        self.update("payment_intent.requires_action", &intent);
        self.after_intent(&intent);
        intent
    }

    fn wait_for_bank(&mut self, mut intent: Value, method: &Value, succeeds: bool) -> Value {
        let charge = self.charge(&intent, method, "pending", None);
        intent.set("latest_charge", charge["id"].clone());
        intent.set("status", "processing");
        intent.set("_settles", json!({ "at": self.now + self.config.delayed_payment, "succeeds": succeeds }));
        self.update("payment_intent.processing", &intent);
        self.look_again();
        self.after_intent(&intent);
        intent
    }

    fn succeed(&mut self, mut intent: Value, method: &Value) -> Value {
        let charge = self.charge(&intent, method, "succeeded", None);
        intent.set("latest_charge", charge["id"].clone());
        self.received(&mut intent);
        match conduct(method) {
            Conduct::Disputed { reason, inquiry } => {
                self.open_dispute(charge.text("id"), reason, inquiry);
            }
            Conduct::Warned => {
                self.warn_of_fraud(charge.text("id"));
            }
            _ => {}
        }
        intent
    }

    fn received(&mut self, intent: &mut Value) {
        intent.set("status", "succeeded");
        intent.set("amount_received", intent["amount"].clone());
        self.update("payment_intent.succeeded", intent);
        self.after_intent(intent);
    }

    /// The bank has answered: the customer proved who they are, or didn't.
    ///
    /// # Errors
    /// If nothing was asked, and if the payment is refused.
    pub(crate) fn authenticated(&mut self, id: &str, passed: bool) -> Answer {
        let mut intent = self.objects.get("payment_intent", id, "intent")?;
        expect(&intent, &["requires_action"], "authenticate")?;
        if passed {
            intent.set("_authenticated", true);
            self.objects.put(&intent);
            let method = intent.text("payment_method").to_owned();
            return self.confirm(id, &method, true);
        }
        let code = "payment_intent_authentication_failure";
        let message = "We are unable to authenticate your payment method. Please choose a different payment method and \
                       try again.";
        let error = refused(code, message);
        intent.set("status", "requires_payment_method");
        intent.set("payment_method", Value::Null);
        intent.set("next_action", Value::Null);
        intent.set("last_payment_error", error.clone());
        self.update("payment_intent.payment_failed", &intent);
        self.after_intent(&intent);
        Err(Failure::card(&error, Some(&intent)))
    }

    /// A delayed payment has arrived or come back.
    pub(crate) fn settle(&mut self, mut intent: Value) {
        let charge = intent.text("latest_charge").to_owned();
        let succeeds = intent["_settles"].is("succeeds");
        intent.set("_settles", Value::Null);
        if succeeds {
            self.charge_arrives(&charge);
            self.received(&mut intent);
            return;
        }
        let error = self.charge_returns(&charge);
        intent.set("status", "requires_payment_method");
        intent.set("payment_method", Value::Null);
        intent.set("last_payment_error", error);
        self.update("payment_intent.payment_failed", &intent);
        self.after_intent(&intent);
    }

    /// Cancels an intent that no money has moved for.
    ///
    /// # Errors
    /// If it has.
    pub(crate) fn cancel_intent(&mut self, id: &str, reason: &str) -> Answer {
        let mut intent = self.objects.get("payment_intent", id, "intent")?;
        expect(&intent, &["requires_payment_method", "requires_confirmation", "requires_action"], "cancel")?;
        intent.set("status", "canceled");
        intent.set("canceled_at", self.now);
        intent.set("cancellation_reason", if reason.is_empty() { Value::Null } else { reason.into() });
        intent.set("next_action", Value::Null);
        self.update("payment_intent.canceled", &intent);
        Ok(intent)
    }

    /// What hangs on an intent follows it: its invoice, its Checkout Session.
    fn after_intent(&mut self, intent: &Value) {
        let (invoice, session) = (intent.text("_invoice").to_owned(), intent.text("_session").to_owned());
        let status = intent.text("status");
        if !invoice.is_empty() {
            // A bank that would have asked wants the customer too.
            let asks = intent["last_payment_error"].text("code") == "authentication_required";
            match status {
                "succeeded" => self.invoice_paid(&invoice),
                "requires_payment_method" => self.invoice_failed(&invoice, asks),
                "requires_action" => self.invoice_failed(&invoice, true),
                "processing" => self.invoice_processing(&invoice),
                _ => {}
            }
        }
        if !session.is_empty() {
            self.session_settles(&session, status);
        }
    }
}

/// Refuses what an intent's status does not allow.
fn expect(intent: &Value, allowed: &[&str], verb: &str) -> Result<(), Failure> {
    let status = intent.text("status");
    if allowed.contains(&status) {
        return Ok(());
    }
    let message = format!("You cannot {verb} this PaymentIntent because it has a status of {status}.");
    let mut failure = Failure::invalid(message).code("payment_intent_unexpected_state");
    failure.error.insert("payment_intent".into(), intent.clone());
    Err(failure)
}
