//! Short ways of reading and writing the JSON that every object of the sandbox is. A member whose name begins with `_`
//! is the sandbox's own note and is never shown.

use serde_json::{Value, json};

pub(crate) trait Fields {
    /// The text under this key, or the empty one.
    fn text(&self, key: &str) -> &str;
    /// The number under this key, or zero.
    fn int(&self, key: &str) -> i64;
    /// Whether the key holds `true`.
    fn is(&self, key: &str) -> bool;
    /// Whether the key holds anything but null.
    fn has(&self, key: &str) -> bool;
    /// The list under this key, or an empty one.
    fn list(&self, key: &str) -> &[Value];
    /// Sets a member of an object.
    fn set(&mut self, key: &str, value: impl Into<Value>);
    /// Takes over these members of `from` that it has.
    fn adopt(&mut self, from: &Value, keys: &[&str]);
    /// Applies Stripe's rule for metadata: keys are merged, an empty value removes its key, null removes all.
    fn merge_metadata(&mut self, from: &Value);
    /// A copy without the sandbox's own notes.
    fn shown(&self) -> Value;
}

impl Fields for Value {
    fn text(&self, key: &str) -> &str {
        self[key].as_str().unwrap_or_default()
    }

    fn int(&self, key: &str) -> i64 {
        self[key].as_i64().unwrap_or_default()
    }

    fn is(&self, key: &str) -> bool {
        self[key] == Value::Bool(true)
    }

    fn has(&self, key: &str) -> bool {
        !self[key].is_null()
    }

    fn list(&self, key: &str) -> &[Value] {
        self[key].as_array().map_or(&[], Vec::as_slice)
    }

    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self[key] = value.into();
    }

    fn adopt(&mut self, from: &Value, keys: &[&str]) {
        for key in keys {
            if let Some(value) = from.get(*key) {
                self[*key] = value.clone();
            }
        }
    }

    fn merge_metadata(&mut self, from: &Value) {
        match from.get("metadata") {
            Some(Value::Object(given)) => {
                for (key, value) in given {
                    if value == "" {
                        if let Some(kept) = self["metadata"].as_object_mut() {
                            kept.remove(key);
                        }
                    } else {
                        self["metadata"][key] = value.clone();
                    }
                }
            }
            Some(Value::Null) => self["metadata"] = json!({}),
            _ => {}
        }
    }

    fn shown(&self) -> Value {
        match self {
            Self::Object(members) => {
                let open = members.iter().filter(|(key, _)| !key.starts_with('_'));
                Self::Object(open.map(|(key, value)| (key.clone(), value.shown())).collect())
            }
            Self::Array(items) => items.iter().map(Fields::shown).collect(),
            other => other.clone(),
        }
    }
}

/// Metadata as it is kept: an empty value is no value.
pub(crate) fn metadata(params: &Value) -> Value {
    let mut kept = json!({ "metadata": {} });
    kept.merge_metadata(params);
    kept["metadata"].take()
}

/// A whole list inside an object.
pub(crate) fn whole_list(data: Vec<Value>, url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": false, "url": url })
}
