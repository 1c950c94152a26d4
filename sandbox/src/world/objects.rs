//! Everything that was made, by id and in the order of its making.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    failure::{Answer, Failure},
    fields::Fields,
};

#[derive(Debug, Default)]
pub(crate) struct Objects {
    by_id: HashMap<String, Value>,
    /// Ids by the member `object`, oldest first.
    order: HashMap<String, Vec<String>>,
    /// How often anything was put here.
    pub(crate) changes: u64,
}

impl Objects {
    /// Keeps an object, new or changed.
    pub(crate) fn put(&mut self, object: &Value) {
        self.changes += 1;
        let id = object.text("id").to_owned();
        if self.by_id.insert(id.clone(), object.clone()).is_none() {
            self.order.entry(object.text("object").to_owned()).or_default().push(id);
        }
    }

    pub(crate) fn any(&self, id: &str) -> Option<&Value> {
        self.by_id.get(id)
    }

    /// Everything, each kind in the order of its making.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.order.values().flatten().filter_map(|id| self.by_id.get(id))
    }

    /// The object of this kind.
    ///
    /// # Errors
    /// That there is none, as an answer about the parameter that named it.
    pub(crate) fn get(&self, kind: &str, id: &str, param: &str) -> Answer {
        match self.by_id.get(id) {
            Some(object) if object.text("object") == kind => Ok(object.clone()),
            _ => Err(Failure::missing(noun(kind), id, param)),
        }
    }

    /// All of a kind, oldest first.
    pub(crate) fn of<'a>(&'a self, kind: &str) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
        let ids = self.order.get(kind).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.by_id.get(id))
    }
}

/// What Stripe calls an object in its messages.
fn noun(kind: &str) -> &str {
    match kind {
        "payment_intent" => "payment_intent",
        "payment_method" => "PaymentMethod",
        "billing_portal.configuration" => "configuration",
        "radar.early_fraud_warning" => "early fraud warning",
        "test_helpers.test_clock" => "test clock",
        "webhook_endpoint" => "webhook endpoint",
        other => other,
    }
}
