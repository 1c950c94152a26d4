//! `/docs/api`: the OpenAPI document as a page that needs no script.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};
use serde_json::Value;

use super::{Frame, page};
use crate::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/reference.html")]
struct Reference {
    frame: Frame,
    about: String,
    groups: Vec<Section>,
    schemas: Vec<Shape>,
}

/// The operations of one tag.
struct Section {
    name: String,
    about: String,
    operations: Vec<Call>,
}

/// One operation.
struct Call {
    method: String,
    path: String,
    anchor: String,
    summary: String,
    about: String,
    signed: bool,
    parameters: Vec<Line>,
    body: Option<Line>,
    responses: Vec<Line>,
}

/// One row of a table: a name, what it is, what it means.
struct Line {
    name: String,
    kind: String,
    about: String,
}

/// One schema.
struct Shape {
    name: String,
    about: String,
    fields: Vec<Line>,
}

pub(crate) async fn show(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    let document: Value = serde_json::from_str(&web.document).map_err(|_| Problem::internal())?;
    let frame = Frame::bare(viewer, "API");
    page(&Reference {
        frame,
        about: text(&document["info"]["description"]),
        groups: groups(&document),
        schemas: schemas(&document),
    })
}

fn groups(document: &Value) -> Vec<Section> {
    let mut calls: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tag = text(&operation["tags"][0]);
            calls.entry(tag).or_default().push(call(method, path, operation));
        }
    }
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.filter_map(|tag| {
        let name = text(&tag["name"]);
        let operations = calls.remove(&name)?;
        Some(Section { name, about: text(&tag["description"]), operations })
    })
    .collect()
}

fn call(method: &str, path: &str, operation: &Value) -> Call {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let responses = operation["responses"].as_object().into_iter().flatten();
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        anchor: text(&operation["operationId"]),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        signed: operation["security"].as_array().is_some_and(|security| !security.is_empty()),
        parameters: parameters
            .map(|parameter| Line {
                name: text(&parameter["name"]),
                kind: format!("{}, {}", text(&parameter["in"]), kind(&parameter["schema"])),
                about: text(&parameter["description"]),
            })
            .collect(),
        body: (!body.is_null()).then(|| Line { name: String::new(), kind: kind(body), about: String::new() }),
        responses: responses
            .map(|(status, response)| Line {
                name: status.clone(),
                kind: response["content"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(media, content)| format!("{} ({media})", kind(&content["schema"])))
                    .collect::<Vec<_>>()
                    .join(", "),
                about: text(&response["description"]),
            })
            .collect(),
    }
}

fn schemas(document: &Value) -> Vec<Shape> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    schemas
        .map(|(name, schema)| Shape { name: name.clone(), about: text(&schema["description"]), fields: fields(schema) })
        .collect()
}

fn fields(schema: &Value) -> Vec<Line> {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields
        .map(|(name, field)| {
            let optional = if required.contains(name) { "" } else { ", optional" };
            Line { name: name.clone(), kind: format!("{}{optional}", kind(field)), about: text(&field["description"]) }
        })
        .collect()
}

/// A schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(text).collect::<Vec<_>>().join(" | ");
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[several].as_array() {
            return parts.iter().map(kind).collect::<Vec<_>>().join(" | ");
        }
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => match schema["format"].as_str() {
            Some(format) => format!("{name} ({format})"),
            None => name.clone(),
        },
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" | "),
        _ => String::from("object"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
