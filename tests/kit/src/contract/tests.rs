//! Faults are planted in a small document; each must be seen.

use super::*;

fn contract() -> Contract {
    let problem = json!({ "type": "object", "required": ["error"], "properties": {
        "error": { "type": "string" }, "message": { "type": "string" }, "details": { "type": "object" } } });
    let order = json!({ "type": "object", "required": ["count"], "additionalProperties": false,
        "properties": { "count": { "type": "integer", "minimum": 1 } } });
    let kept =
        json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "format": "uuid" } } });
    let made = json!({ "allOf": [{ "$ref": "#/components/schemas/Kept" },
        { "type": "object", "required": ["secret"], "properties": { "secret": { "type": "string" } } }] });
    let answer = |name: &str| {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        json!({ "description": "Done", "content": { "application/json": { "schema": schema } } })
    };
    let refusal = |description: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
    };
    let document = json!({
        "paths": {
            "/api/things": { "post": {
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } } },
                "responses": { "201": answer("Made"), "409": refusal("`FULL`"), "422": refusal("`VALIDATION_FAILED`") } } },
            "/api/things/{id}": { "get": { "responses": { "200": answer("Kept"), "204": { "description": "Gone" } } } },
            "/api/things/mine": { "get": { "responses": { "204": { "description": "Nothing" } } } },
        },
        "components": { "schemas": { "Problem": problem, "Order": order, "Kept": kept, "Made": made } },
    });
    Contract::new(&document.to_string())
}

const ID: &str = "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3c";

fn got(path: &str, status: u16, body: &Value) -> Result<(), String> {
    exchanged("GET", path, None, status, Some(body))
}

fn posted(sent: &Value, status: u16, body: &Value) -> Result<(), String> {
    exchanged("POST", "/api/things", Some(sent), status, Some(body))
}

fn exchanged(method: &str, path: &str, sent: Option<&Value>, status: u16, body: Option<&Value>) -> Result<(), String> {
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    let (sent, body) = (text(sent), text(body));
    let content_type = if status < 400 { "application/json" } else { PROBLEM };
    let exchange = Exchange { method, path, sent: sent.as_bytes(), status, content_type, body: body.as_bytes() };
    contract().check(&exchange)
}

#[track_caller]
fn found(verdict: Result<(), String>, words: &str) {
    let error = verdict.expect_err("a fault that was planted");
    assert!(error.contains(words), "{error}");
}

#[test]
fn what_is_described_passes() {
    let kept = json!({ "id": ID });
    got(&format!("/api/things/{ID}?fields=all"), 200, &kept).unwrap();
    exchanged("GET", "/api/things/mine", None, 204, None).unwrap();
    posted(&json!({ "count": 1 }), 201, &json!({ "id": ID, "secret": "s" })).unwrap();
    posted(&json!({ "count": 1 }), 409, &json!({ "error": "FULL" })).unwrap();
    posted(&json!({ "count": 0 }), 422, &json!({ "error": "VALIDATION_FAILED" })).unwrap();
    let with_code = json!({ "error": "VALIDATION_FAILED", "details": { "fields": [{ "code": "TOO_ODD" }] } });
    posted(&json!({ "count": 3 }), 422, &with_code).unwrap();
    got("/about", 200, &json!("a page")).unwrap();
    got("/api/nothing", 404, &json!({ "error": "NOT_FOUND" })).unwrap();
    exchanged("PUT", "/api/things", None, 405, Some(&json!({ "error": "METHOD_NOT_ALLOWED" }))).unwrap();
}

#[test]
fn a_wrong_answer_is_seen() {
    let path = format!("/api/things/{ID}");
    found(got(&path, 200, &json!({ "id": "7" })), "/id");
    found(got(&path, 200, &json!({ "id": ID, "more": 1 })), "more");
    found(got(&path, 200, &json!({})), "required");
    found(got(&path, 418, &json!({ "error": "TEAPOT" })), "not described to answer 418");
    found(got("/api/things/mine", 204, &json!({})), "without a body");
    found(got("/api/nothing", 200, &json!({})), "does not describe");
    found(posted(&json!({ "count": 1 }), 201, &json!({ "id": ID, "secret": "s", "more": 1 })), "more");
    found(posted(&json!({ "count": 1 }), 409, &json!({ "error": "EMPTY" })), "EMPTY");
    found(exchanged("PUT", "/api/things", None, 404, Some(&json!({ "error": "NOT_FOUND" }))), "404");
}

#[test]
fn a_wrong_schema_of_a_body_is_seen() {
    let made = json!({ "id": ID, "secret": "s" });
    found(posted(&json!({ "count": 1, "pattern": "e" }), 201, &made), "accepted a body that its schema refuses");
    found(posted(&json!({ "count": 0 }), 201, &made), "accepted a body that its schema refuses");
    let refused = json!({ "error": "VALIDATION_FAILED", "message": "count: must be 3", "details": {} });
    found(posted(&json!({ "count": 1 }), 422, &refused), "refused a body that its schema allows");
}
