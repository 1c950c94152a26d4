//! The OpenAPI document of a service as the judge of what a test sends and gets: every answer must be one that the
//! document describes, and what the service accepts or refuses must be what the document allows or not. Knows paths and
//! JSON, no HTTP client, so that tests in the process and over sockets share it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The type of a problem document (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// What Stripe calls, as its own documents describe; not for clients of the API.
const CALLBACKS: [&str; 2] = ["/api/billing/webhook", "/api/payments/webhook"];

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// `POST` and so on.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The body that was sent; empty if there was none.
    pub sent: &'a [u8],
    /// The status of the answer.
    pub status: u16,
    /// Its content type; empty if it has none.
    pub content_type: &'a str,
    /// Its body.
    pub body: &'a [u8],
}

/// The document, ready to judge.
pub struct Contract {
    paths: Value,
    /// What may be sent.
    components: Value,
    /// What may be answered: the same, without room for members that are not described.
    answers: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl std::fmt::Debug for Contract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contract")
    }
}

impl Contract {
    /// From the document as served.
    ///
    /// # Panics
    /// If it is not JSON.
    pub fn new(document: &str) -> Self {
        let document: Value = serde_json::from_str(document).expect("the OpenAPI document is JSON");
        let components = json!({ "schemas": document["components"]["schemas"] });
        let mut answers = components.clone();
        for schema in members(&mut answers["schemas"]) {
            close(schema, &components, false);
        }
        Self { paths: document["paths"].clone(), components, answers, validators: Mutex::default() }
    }

    /// Holds an exchange against the document.
    ///
    /// # Errors
    /// A sentence that says what the document does not.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), String> {
        let path = exchange.path.split('?').next().unwrap_or_default();
        let Some((template, item)) = self.item(path) else {
            // Pages are not in the document; whatever looks like the API answers as the API does.
            let api = ["/api/", "/auth/", "/admin/api/"].iter().any(|start| path.starts_with(start));
            if CALLBACKS.contains(&path) {
                return if exchange.status == 200 { Ok(()) } else { self.problem(exchange, &[400, 404, 405]) };
            }
            return if api { self.problem(exchange, &[404]) } else { Ok(()) };
        };
        let method = if exchange.method == "HEAD" { "get".to_owned() } else { exchange.method.to_lowercase() };
        let operation = &item[&method];
        if operation.is_null() {
            return self.problem(exchange, &[405]);
        }
        let name = format!("{method} {template}");
        self.answer(&name, operation, exchange)?;
        self.request(&name, operation, exchange)
    }

    /// The path item of a path; what is written out goes before what is a parameter.
    fn item(&self, path: &str) -> Option<(&str, &Value)> {
        let fits = |template: &str| {
            template.split('/').count() == path.split('/').count()
                && template.split('/').zip(path.split('/')).all(|(part, sent)| part.starts_with('{') || part == sent)
        };
        let items = self.paths.as_object()?.iter().filter(|(template, _)| fits(template));
        items
            .min_by_key(|(template, _)| template.matches('{').count())
            .map(|(template, item)| (template.as_str(), item))
    }

    /// A problem of one of these statuses, though no operation describes it.
    fn problem(&self, exchange: &Exchange<'_>, statuses: &[u16]) -> Result<(), String> {
        // The rate limit, credentials and faults come before the address is looked at.
        if !statuses.contains(&exchange.status) && ![401, 403, 413, 429, 500, 503].contains(&exchange.status) {
            return Err(format!("{} for what the document does not describe", exchange.status));
        }
        self.json("problem", PROBLEM, &json!({ "$ref": "#/components/schemas/Problem" }), exchange)
    }

    fn answer(&self, name: &str, operation: &Value, exchange: &Exchange<'_>) -> Result<(), String> {
        let Exchange { status, content_type, .. } = *exchange;
        let response = &operation["responses"][status.to_string()];
        if response.is_null() {
            return Err(format!("{name} is not described to answer {status}"));
        }
        let sent_type = essence(content_type);
        let Some(contents) = response["content"].as_object().filter(|contents| !contents.is_empty()) else {
            let empty = exchange.body.is_empty();
            return if empty { Ok(()) } else { Err(format!("{name} is described to answer {status} without a body")) };
        };
        if exchange.method == "HEAD" {
            return Ok(());
        }
        let Some(content) = contents.get(sent_type) else {
            return Err(format!("{name} is not described to answer {status} as {content_type:?}"));
        };
        if status >= 400 {
            described_code(name, response, exchange)?;
        }
        let is_json = sent_type == "application/json" || sent_type.ends_with("+json");
        if is_json && !is_file(&content["schema"]) {
            self.json(name, sent_type, &content["schema"], exchange)
        } else {
            Ok(())
        }
    }

    fn json(&self, name: &str, wanted: &str, schema: &Value, exchange: &Exchange<'_>) -> Result<(), String> {
        if essence(exchange.content_type) != wanted {
            return Err(format!("{} is not {wanted}", exchange.content_type));
        }
        let body: Value = serde_json::from_slice(exchange.body).map_err(|error| format!("not JSON: {error}"))?;
        let mut schema = schema.clone();
        close(&mut schema, &self.components, false);
        let key = format!("{name} {} {wanted}", exchange.status);
        match self.errors(&key, &schema, &self.answers, &body) {
            errors if errors.is_empty() => Ok(()),
            errors => Err(format!("{name} answers {} against its schema: {errors}", exchange.status)),
        }
    }

    /// What was accepted must have been allowed; what was allowed must not be refused as a mistake of form.
    fn request(&self, name: &str, operation: &Value, exchange: &Exchange<'_>) -> Result<(), String> {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let Ok(sent) = serde_json::from_slice::<Value>(exchange.sent) else { return Ok(()) };
        if body.is_null() {
            return Ok(());
        }
        let errors = self.errors(&format!("{name} request"), body, &self.components, &sent);
        if (200..300).contains(&exchange.status) && !errors.is_empty() {
            return Err(format!("{name} accepted a body that its schema refuses: {errors}"));
        }
        let problem: Value = serde_json::from_slice(exchange.body).unwrap_or_default();
        let fields = problem["details"]["fields"].as_array();
        let of_form = problem["error"] == "VALIDATION_FAILED"
            && fields.is_none_or(|fields| fields.iter().any(|field| field["code"].is_null()));
        if of_form && errors.is_empty() && !exchange.path.contains('?') {
            let message = &problem["message"];
            return Err(format!("{name} refused a body that its schema allows, and no field has a code: {message}"));
        }
        Ok(())
    }

    /// What is wrong with a value; empty if nothing is.
    fn errors(&self, key: &str, schema: &Value, components: &Value, value: &Value) -> String {
        let validator = {
            let mut validators = self.validators.lock().expect("no panic while held");
            let made = validators.entry(key.to_owned());
            Arc::clone(made.or_insert_with(|| Arc::new(validator(schema, components))))
        };
        let errors: Vec<String> =
            validator.iter_errors(value).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
        errors.join("; ")
    }
}

fn validator(schema: &Value, components: &Value) -> Validator {
    let whole = json!({ "allOf": [schema], "components": components });
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&whole).unwrap_or_else(|error| panic!("a schema of the document is none: {error}"))
}

/// The code of a problem must be named where the status is described.
fn described_code(name: &str, response: &Value, exchange: &Exchange<'_>) -> Result<(), String> {
    let problem: Value = serde_json::from_slice(exchange.body).unwrap_or_default();
    let code = problem["error"].as_str().unwrap_or_default();
    let described = response["description"].as_str().unwrap_or_default();
    if described.contains(&format!("`{code}`")) {
        return Ok(());
    }
    Err(format!("{name} is not described to answer {} with the code {code:?}: {described:?}", exchange.status))
}

/// Whether a schema says bytes: a file to store, whatever its type.
fn is_file(schema: &Value) -> bool {
    let marked = ["contentEncoding", "contentMediaType"].iter().any(|keyword| schema[*keyword].is_string());
    marked || schema["format"] == "binary"
}

fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn members(schema: &mut Value) -> impl Iterator<Item = &mut Value> {
    schema.as_object_mut().into_iter().flat_map(|members| members.iter_mut().map(|(_, member)| member))
}

/// Leaves no room in a schema for members that are not described. `part` is a schema that another one completes.
fn close(schema: &mut Value, components: &Value, part: bool) {
    let Some(object) = schema.as_object_mut() else { return };
    let composed = object.contains_key("allOf");
    for branch in object.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(name) = branch["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/")) {
            *branch = components["schemas"][name].clone();
        }
        close(branch, components, true);
    }
    for keyword in ["oneOf", "anyOf"] {
        for branch in object.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
            close(branch, components, part || composed);
        }
    }
    for property in object.get_mut("properties").into_iter().flat_map(members) {
        close(property, components, false);
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = object.get_mut(keyword) {
            close(inner, components, false);
        }
    }
    if composed && !part {
        object.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    } else if object.contains_key("properties") && !part && !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

#[cfg(test)]
mod tests;
