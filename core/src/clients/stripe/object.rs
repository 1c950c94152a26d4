//! Reading answers: only the fields that count, each by itself, so that a field that is new, gone or of another kind spoils
//! nothing but itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::time::Timestamp;

/// Entries of our own at an object of Stripe's.
pub type Metadata = BTreeMap<String, String>;

/// An answer, or an object within one.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a>(&'a Value);

/// Something that is read from an answer.
pub trait Read: Sized + Send {
    /// Reads it.
    ///
    /// # Errors
    /// What it cannot do without is not there.
    fn read(object: &Object<'_>) -> Result<Self, Unreadable>;
}

/// An answer that lacks what it must have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

impl<'a> Object<'a> {
    /// An object of Stripe's, as JSON.
    #[must_use]
    pub fn new(value: &'a Value) -> Self {
        Self(value)
    }

    /// What is at a path of names with points between.
    fn at(&self, path: &str) -> &'a Value {
        path.split('.').fold(self.0, |value, name| value.get(name).unwrap_or(&Value::Null))
    }

    /// A text.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        self.at(path).as_str().map(str::to_owned)
    }

    /// A whole number.
    #[must_use]
    pub fn int(&self, path: &str) -> Option<i64> {
        self.at(path).as_i64()
    }

    /// A yes or no.
    #[must_use]
    pub fn flag(&self, path: &str) -> Option<bool> {
        self.at(path).as_bool()
    }

    /// A moment, in whole seconds at Stripe.
    #[must_use]
    pub fn moment(&self, path: &str) -> Option<Timestamp> {
        self.int(path).and_then(|seconds| seconds.checked_mul(1_000_000)).map(Timestamp::from_micros)
    }

    /// The id of another object, whether it is there by its id or whole.
    #[must_use]
    pub fn reference(&self, path: &str) -> Option<String> {
        let there = self.at(path);
        there.as_str().or_else(|| there.get("id")?.as_str()).map(str::to_owned)
    }

    /// The objects of a list, whether it is one of Stripe's pages or a plain list.
    #[must_use]
    pub fn list(&self, path: &str) -> Vec<Object<'a>> {
        let there = self.at(path);
        let items = there.as_array().or_else(|| there.get("data")?.as_array());
        items.map(|items| items.iter().map(Object).collect()).unwrap_or_default()
    }

    /// The texts of a plain list.
    #[must_use]
    pub fn texts(&self, path: &str) -> Vec<String> {
        self.list(path).iter().filter_map(|item| item.0.as_str()).map(str::to_owned).collect()
    }

    /// Entries of our own.
    #[must_use]
    pub fn metadata(&self, path: &str) -> Metadata {
        let entry = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        self.at(path).as_object().map(|all| all.iter().filter_map(entry).collect()).unwrap_or_default()
    }

    /// Its id.
    ///
    /// # Errors
    /// It has none.
    pub fn id(&self) -> Result<String, Unreadable> {
        self.need("id", Self::text)
    }

    /// What it must have, read as the method says.
    ///
    /// # Errors
    /// It isn't there.
    pub fn need<T>(&self, path: &str, read: impl Fn(&Self, &str) -> Option<T>) -> Result<T, Unreadable> {
        read(self, path).ok_or_else(|| {
            let kind = self.text("object").unwrap_or_else(|| "object".to_owned());
            Unreadable(format!("{kind} {} has no {path}", self.text("id").unwrap_or_default()))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_read_one_by_one() {
        let value = json!({
            "object": "refund", "id": "re_1", "status": "pending", "amount": "99", "charge": { "id": "ch_1" },
            "payment_intent": "pi_1", "customer": 7, "created": 1_793_534_400, "metadata": { "a": "1", "b": 2 },
            "items": { "data": [{ "id": "si_1" }], "has_more": false }, "names": ["x", 1, "y"], "deep": { "er": true },
        });
        let object = Object::new(&value);
        assert_eq!(object.id().unwrap(), "re_1");
        assert_eq!(object.int("amount"), None);
        assert_eq!(object.reference("charge").as_deref(), Some("ch_1"));
        assert_eq!(object.reference("payment_intent").as_deref(), Some("pi_1"));
        assert_eq!(object.reference("customer"), None);
        assert_eq!(object.moment("created").unwrap().micros(), 1_793_534_400_000_000);
        assert_eq!(object.metadata("metadata"), Metadata::from([("a".to_owned(), "1".to_owned())]));
        assert_eq!(object.list("items")[0].id().unwrap(), "si_1");
        assert_eq!(object.texts("names"), ["x", "y"]);
        assert_eq!(object.flag("deep.er"), Some(true));
        assert_eq!(object.text("deep.nothing.there"), None);
    }

    #[test]
    fn what_must_be_there_is_named_if_it_is_not() {
        let value = json!({ "object": "refund", "id": "re_1", "amount": "99" });
        let object = Object::new(&value);
        assert!(object.need("amount", Object::int).unwrap_err().0.contains("refund re_1 has no amount"));
        assert!(Object::new(&json!([])).id().is_err());
    }
}
