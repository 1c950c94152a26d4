//! What the derived schemas leave open and the extractors do not take: `null` in parameters, NUL in texts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Any text without a NUL character, which no database column takes.
const NO_NUL: &str = r"^[^\u0000]*$";
/// What [`Idem`](crate::extract::Idem) takes.
const IDEMPOTENCY_KEY: &str = r"^[!-~]{1,255}$";

/// Says in the schemas of everything that is sent what is refused everywhere.
pub(super) fn tighten(document: &mut Value) {
    let mut sent = BTreeSet::new();
    for operation in operations(document) {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let header = parameter["in"] == "header";
            let schema = &mut parameter["schema"];
            without_null(schema);
            if header {
                *schema = json!({ "type": "string", "pattern": IDEMPOTENCY_KEY });
            }
            texts(schema);
            names(schema, &mut sent);
        }
        names(&operation["requestBody"], &mut sent);
    }
    let schemas = &mut document["components"]["schemas"];
    let mut done = BTreeSet::new();
    while let Some(name) = sent.pop_first() {
        let schema = &mut schemas[&name];
        texts(schema);
        names(schema, &mut sent);
        done.insert(name);
        sent = sent.difference(&done).cloned().collect();
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    items.flat_map(|item| item.as_object_mut().into_iter().flat_map(|methods| methods.values_mut()))
}

/// A parameter is there or not; it cannot be null.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema["type"].as_array() {
        schema["type"] = types.iter().find(|one| **one != "null").cloned().unwrap_or_default();
    }
    let null = json!({ "type": "null" });
    if let Some(inner) = schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| **one != null)).cloned() {
        *schema = inner;
    }
}

/// The schemas that a schema refers to.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str);
            found.extend(name.and_then(|text| text.rsplit('/').next()).map(str::to_owned));
            members.values().for_each(|member| names(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// Gives every text that has no rule of its own the one that holds for all.
fn texts(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let text = members.get("type").is_some_and(|kind| {
                kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&"string".into()))
            });
            let ruled = ["pattern", "enum", "const", "format"].iter().any(|keyword| members.contains_key(*keyword));
            if text && !ruled {
                members.insert("pattern".to_owned(), NO_NUL.into());
            }
            for (keyword, member) in members {
                if !["example", "examples", "default"].contains(&keyword.as_str()) {
                    texts(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(texts),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_tightened_and_what_is_answered_is_not() {
        let text = json!({ "type": ["string", "null"] });
        let refers = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut document = json!({
            "paths": { "/": { "post": {
                "parameters": [{ "in": "query", "schema": text }, { "in": "query", "schema": { "oneOf": [{ "type": "null" }, refers("Kind")] } }],
                "requestBody": { "content": { "application/json": { "schema": refers("Order") } } },
            } } },
            "components": { "schemas": {
                "Order": { "properties": { "note": text, "inner": refers("Inner"), "id": { "type": "string", "format": "uuid" } } },
                "Inner": { "properties": { "text": text, "order": refers("Order") } },
                "Answer": { "properties": { "text": text } },
                "Kind": { "type": "string", "enum": ["a"] },
            } },
        });
        tighten(&mut document);
        let parameters = &document["paths"]["/"]["post"]["parameters"];
        assert_eq!(parameters[0]["schema"], json!({ "type": "string", "pattern": NO_NUL }));
        assert_eq!(parameters[1]["schema"], refers("Kind"));
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Order"]["properties"]["note"]["pattern"], NO_NUL);
        assert_eq!(schemas["Inner"]["properties"]["text"]["pattern"], NO_NUL);
        for plain in [&schemas["Order"]["properties"]["id"], &schemas["Answer"]["properties"]["text"], &schemas["Kind"]]
        {
            assert!(plain["pattern"].is_null(), "{plain}");
        }
    }
}
