//! Checkout Sessions: paid, completed, settled later, expired.

use serde_json::{Value, json};

use super::cards::Card;
use crate::{
    failure::{Answer, Failure},
    fields::Fields,
    world::World,
};

/// What a session may say of its payment intent, besides metadata.
const INTENT_DATA: &[&str] =
    &["description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor"];

impl World {
    /// The customer submits the page with this card or account.
    ///
    /// # Errors
    /// If the session is over, and if the card is refused; the session stays open then.
    pub(crate) fn pay_session(&mut self, id: &str, card: &Card, email: &str) -> Answer {
        let method = self.new_method(card);
        self.pay_session_by(id, &method, email)
    }

    /// The customer submits the page with this payment method.
    ///
    /// # Errors
    /// As [`Self::pay_session`].
    pub(crate) fn pay_session_by(&mut self, id: &str, method: &Value, email: &str) -> Answer {
        let mut session = self.open_session(id)?;
        self.enter(session.text("customer"));
        session.set("customer_details", self.details(&session, email));
        if session.text("mode") == "subscription" || session.text("customer_creation") == "always" {
            self.session_customer(&mut session, email);
        }
        self.objects.put(&session);
        if session.text("mode") == "subscription" {
            return self.subscribe_by(session, method);
        }
        if session.int("amount_total") == 0 {
            return Ok(self.complete(session, "no_payment_required"));
        }
        let intent = self.session_intent(&mut session);
        let intent = self.confirm(&intent, method.text("id"), true)?;
        Ok(self.after_attempt(session, &intent))
    }

    /// The bank's question, asked on the session's page, is answered.
    ///
    /// # Errors
    /// If there was none, and if the payment is refused.
    pub(crate) fn authenticate_session(&mut self, id: &str, passed: bool) -> Answer {
        let session = self.open_session(id)?;
        self.enter(session.text("customer"));
        let intent = self.authenticated(session.text("_intent"), passed)?;
        Ok(self.after_attempt(session, &intent))
    }

    fn open_session(&self, id: &str) -> Answer {
        let session = self.objects.get("checkout.session", id, "session")?;
        if session.text("status") == "open" {
            return Ok(session);
        }
        let status = session.text("status");
        Err(Failure::invalid(format!("This Checkout Session is no longer open: its status is {status}.")))
    }

    fn details(&self, session: &Value, email: &str) -> Value {
        let customer = self.objects.any(session.text("customer"));
        let known = customer.map_or(Value::Null, |customer| customer["email"].clone());
        let given = if email.is_empty() { session["customer_email"].clone() } else { email.into() };
        let email = if known.is_null() { given } else { known };
        json!({
            "address": null, "business_name": null, "email": email, "individual_name": null,
            "name": customer.map_or(Value::Null, |customer| customer["name"].clone()), "phone": null,
            "tax_exempt": "none", "tax_ids": [],
        })
    }

    /// A session without a customer makes one when it is paid.
    fn session_customer(&mut self, session: &mut Value, email: &str) {
        if session.has("customer") {
            return;
        }
        let email = if email.is_empty() { session.text("customer_email") } else { email };
        let params = if email.is_empty() { json!({}) } else { json!({ "email": email }) };
        if let Ok(customer) = self.new_customer(&params) {
            session.set("customer", customer["id"].clone());
        }
    }

    /// The intent of a session in payment mode: made when somebody first tries to pay.
    fn session_intent(&mut self, session: &mut Value) -> String {
        if session.has("_intent") {
            return session.text("_intent").to_owned();
        }
        let mut intent = self.new_intent(session.int("amount_total"), session.text("currency"), &session["customer"]);
        let data = &session["_payment_intent_data"];
        intent.adopt(data, INTENT_DATA);
        intent.merge_metadata(data);
        intent.set("_session", session["id"].clone());
        self.create("payment_intent.created", &intent);
        session.set("_intent", intent["id"].clone());
        session.set("payment_intent", intent["id"].clone());
        self.objects.put(session);
        intent.text("id").to_owned()
    }

    /// What a session becomes after an attempt that was not refused.
    pub(crate) fn after_attempt(&mut self, session: Value, intent: &Value) -> Value {
        match intent.text("status") {
            "succeeded" => self.complete(session, "paid"),
            "processing" => self.complete(session, "unpaid"),
            _ => session,
        }
    }

    /// Ends a session well.
    pub(crate) fn complete(&mut self, mut session: Value, payment_status: &str) -> Value {
        session.set("status", "complete");
        session.set("payment_status", payment_status);
        session.set("url", Value::Null);
        if session.has("_subscription") {
            session.set("subscription", session["_subscription"].clone());
            session.set("invoice", session["_invoice"].clone());
        }
        self.update("checkout.session.completed", &session);
        session
    }

    /// A delayed payment of a completed session has arrived or come back.
    pub(crate) fn session_settles(&mut self, id: &str, status: &str) {
        let Some(mut session) = self.objects.any(id).cloned() else { return };
        if session.text("status") != "complete" || session.text("payment_status") != "unpaid" {
            return;
        }
        match status {
            "succeeded" => {
                session.set("payment_status", "paid");
                self.update("checkout.session.async_payment_succeeded", &session);
            }
            "requires_payment_method" => self.update("checkout.session.async_payment_failed", &session),
            _ => {}
        }
    }

    /// Closes a session that nobody paid.
    ///
    /// # Errors
    /// If it is over already.
    pub(crate) fn expire_session(&mut self, id: &str) -> Answer {
        let mut session = self.objects.get("checkout.session", id, "session")?;
        if session.text("status") != "open" {
            return Err(Failure::invalid(format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of \
                 {}.",
                session.text("status")
            )));
        }
        let intent = session.text("_intent").to_owned();
        if !intent.is_empty() && session.text("mode") == "payment" {
            // An intent that can't be canceled has been paid, and then the session is not open.
            let _ = self.cancel_intent(&intent, "automatic");
        }
        session.set("status", "expired");
        session.set("url", Value::Null);
        self.update("checkout.session.expired", &session);
        if session.has("_subscription") {
            self.expire_incomplete(session.text("_subscription"));
        }
        Ok(session)
    }
}
