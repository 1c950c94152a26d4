//! Requests as forms, the way Stripe takes them: `line_items[0][price]=price_1`.

use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

/// The form of a request. What is null is left out; an empty text takes a value away.
pub(super) fn encode(request: &impl Serialize) -> String {
    let mut form = String::new();
    // Requests are structs of texts, numbers, lists and maps with texts as keys, which always have a value.
    let value = serde_json::to_value(request).unwrap_or_default();
    nested(&mut form, "", &value);
    form
}

/// Adds a parameter.
pub(super) fn append(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.extend(byte_serialize(name.as_bytes()));
    form.push('=');
    form.extend(byte_serialize(value.as_bytes()));
}

fn nested(form: &mut String, name: &str, value: &Value) {
    let member = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
    match value {
        Value::Null => {}
        Value::Bool(flag) => append(form, name, if *flag { "true" } else { "false" }),
        Value::Number(number) => append(form, name, &number.to_string()),
        Value::String(text) => append(form, name, text),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                nested(form, &member(&place.to_string()), item);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                nested(form, &member(key), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_values_have_the_names_that_stripe_takes() {
        let request = json!({
            "mode": "payment", "amount": 99, "on": true, "off": null,
            "line_items": [{ "price": "price_1", "quantity": 1 }], "metadata": { "user": "a b&c", "gone": "" },
        });
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(encode(&request).as_bytes()).into_owned().collect();
        let mut expected = [
            ("mode", "payment"),
            ("amount", "99"),
            ("on", "true"),
            ("line_items[0][price]", "price_1"),
            ("line_items[0][quantity]", "1"),
            ("metadata[user]", "a b&c"),
            ("metadata[gone]", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let mut pairs = pairs;
        pairs.sort();
        expected.sort();
        assert_eq!(pairs, expected);
        assert_eq!(encode(&json!({})), "");
    }
}
