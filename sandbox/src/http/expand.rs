//! `expand[]`: ids become the objects they name, and members that are shown on request only appear.

use serde_json::{Value, json};

use crate::{
    failure::Failure,
    fields::{Fields, whole_list},
    world::World,
};

/// How many ids deep Stripe follows.
const DEEPEST: usize = 4;

impl World {
    /// Expands what the request asked for.
    ///
    /// # Errors
    /// For a member that isn't there or isn't expandable, and for a path that is too deep.
    pub(crate) fn expanded(&self, mut answer: Value, paths: &[Value]) -> Result<Value, Failure> {
        for path in paths.iter().filter_map(Value::as_str) {
            let steps: Vec<&str> = path.split('.').collect();
            let counted = steps.iter().filter(|step| **step != "data").count();
            if counted > DEEPEST {
                let message = format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}");
                return Err(Failure::invalid(message).code("property_too_deep"));
            }
            self.expand(&mut answer, &steps, path)?;
        }
        Ok(answer)
    }

    fn expand(&self, at: &mut Value, steps: &[&str], path: &str) -> Result<(), Failure> {
        if let Value::Array(items) = at {
            return items.iter_mut().try_for_each(|item| self.expand(item, steps, path));
        }
        let Some((step, rest)) = steps.split_first() else { return Ok(()) };
        if let Some(list) = self.on_request(at, step) {
            at.set(step, list);
        }
        let refuse = || Failure::invalid(format!("This property cannot be expanded ({path}).")).param("expand");
        let member = at.get_mut(*step).ok_or_else(refuse)?;
        if let Value::Array(items) = member {
            for item in items.iter_mut() {
                self.resolve(item);
            }
        }
        if let Value::String(id) = member {
            *member = self.objects.any(id).ok_or_else(refuse)?.clone();
        }
        match member {
            Value::Object(_) | Value::Array(_) => self.expand(member, rest, path),
            Value::Null => Ok(()),
            _ => Err(refuse()),
        }
    }

    fn resolve(&self, item: &mut Value) {
        if let Value::String(id) = item
            && let Some(object) = self.objects.any(id)
        {
            *item = object.clone();
        }
    }

    /// Members that are left out unless they are asked for.
    fn on_request(&self, of: &Value, member: &str) -> Option<Value> {
        let id = of.text("id");
        match (of.text("object"), member) {
            ("checkout.session", "line_items") => {
                Some(whole_list(of.list("_lines").to_vec(), &format!("/v1/checkout/sessions/{id}/line_items")))
            }
            ("customer", "subscriptions") => {
                let all = self.objects.of("subscription").rev();
                let own = all.filter(|other| other.text("customer") == id && other.text("status") != "canceled");
                Some(whole_list(own.cloned().collect(), &format!("/v1/customers/{id}/subscriptions")))
            }
            ("charge", "refunds") => {
                let own = self.objects.of("refund").rev().filter(|refund| refund.text("charge") == id);
                Some(whole_list(own.cloned().collect(), &format!("/v1/charges/{id}/refunds")))
            }
            ("invoice", "payments") => {
                let own = self.objects.of("invoice_payment").filter(|payment| payment.text("invoice") == id);
                Some(whole_list(own.cloned().collect(), &format!("/v1/invoice_payments?invoice={id}")))
            }
            ("invoice", "confirmation_secret") => Some(self.confirmation_secret(id)),
            _ => None,
        }
    }

    fn confirmation_secret(&self, invoice: &str) -> Value {
        let intent = self.intent_of(invoice).filter(|intent| intent.text("status") != "canceled");
        intent
            .map_or(Value::Null, |intent| json!({ "client_secret": intent["client_secret"], "type": "payment_intent" }))
    }
}
