//! The OpenAPI document: complete, consistent, and on the page for people.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::{Caller, On, World};

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_says_what_it_takes_and_answers() {
    let world = World::open(On::Sqlite).await;
    let document = world.get(&Caller::nobody(), "/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name}: its id is used twice");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name} has a summary");
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses {
            assert!(!response["description"].is_null(), "{name} {status}");
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{name} {status}");
            }
        }
        assert!(responses.contains_key("500") && responses.contains_key("429"), "{name}");
        if operation["requestBody"].is_object() {
            assert!(["400", "413", "415", "422"].iter().all(|status| responses.contains_key(*status)), "{name}");
        }
        if operation["security"].as_array().is_some_and(|list| !list.is_empty()) {
            assert!(responses.contains_key("401"), "{name}");
        }
        if name.contains("/{") {
            assert!(responses.contains_key("404"), "{name}");
        }
    }
    assert!(ids.len() > 50, "{}", ids.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_is_there() {
    let world = World::open(On::Sqlite).await;
    let answer = world.get(&Caller::nobody(), "/openapi.json").await;
    let document = answer.json();
    for reference in answer.text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][reference].is_object(), "{reference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_shows_every_operation() {
    let world = World::open(On::Sqlite).await;
    let document = world.get(&Caller::nobody(), "/openapi.json").await.json();
    let page = world.get(&Caller::nobody().with("accept", "text/html"), "/docs/api").await;
    for (name, operation) in operations(&document) {
        assert!(page.text.contains(&format!("id=\"{}\"", operation["operationId"].as_str().unwrap())), "{name}");
    }
}
