//! The main job through the API alone: from a pattern to a delivered key, in the custody of the service and sealed to
//! the user's own recipient, in both shapes.

use std::time::Duration;

use serde_json::json;

use crate::keys::{Identity, did_of_openssh};
use crate::world::{Shape, World};

const DEADLINE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    journey(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    journey(Shape::Fleet).await;
}

async fn journey(shape: Shape) {
    let world = World::start(shape).await;
    let ada = world.register("ada").await;
    assert_eq!(ada.available().await, 1000, "the welcome tokens");

    let pattern = json!({ "text": "mia", "kind": "prefix" });
    let estimate = ada.api.post("/api/patterns/estimate", json!({ "pattern": pattern })).await.ok();
    let one_in = estimate["oneIn"].as_f64().expect("a number");
    assert!((50_000.0..65_000.0).contains(&one_in), "m as first character is 1 in 17.23, each other 1 in 58: {one_in}");
    let quote = ada.api.post("/api/jobs/quote", json!({ "pattern": pattern, "custody": "service" })).await.ok();
    assert_eq!(quote["tokens"], 100, "{quote}");

    pulls(&ada).await;
    in_service_custody(&ada, &pattern).await;
    sealed(&ada, &pattern).await;

    let ended = ada.api.get("/api/jobs").await.ok();
    assert_eq!(ended["total"], 2, "{ended}");
    world.doctor();
}

async fn pulls(ada: &crate::world::Person) {
    let before = ada.available().await;
    let body = json!({ "pattern": { "text": "ab", "kind": "contains" } });
    let pull = ada.api.post("/api/pulls/execute", body).await.ok();
    assert_eq!((&pull["freePull"], &pull["tokensSpent"]), (&json!(true), &json!(0)), "{pull}");
    assert!(pull["did"].as_str().unwrap().starts_with("did:key:z6Mk"));
    assert_eq!(ada.available().await, before);
    let id = pull["id"].as_str().unwrap();
    ada.api.post(&format!("/api/pulls/{id}/keep"), json!({})).await.ok();
    let key = ada.api.get(&format!("/api/pulls/{id}/key?format=openssh")).await;
    key.ok();
    assert_eq!(did_of_openssh(&key.text), pull["did"].as_str().unwrap());
    let history = ada.api.get("/api/pulls/history").await.ok();
    assert_eq!(history["total"], 1, "{history}");
}

async fn in_service_custody(ada: &crate::world::Person, pattern: &serde_json::Value) {
    let before = ada.available().await;
    let id = ada.order(pattern, json!({ "custody": "service" })).await;
    let early = ada.api.get(&format!("/api/jobs/{id}/result?format=openssh")).await;
    assert!([200, 409].contains(&early.status), "not before it is completed: {}", early.text);
    let events = ada.listen_to_end(&id, DEADLINE).await;
    assert_eq!(events.last().unwrap()["status"], "completed", "{events:?}");
    let job = ada.job(&id).await;
    let did = job["did"].as_str().expect("a did").to_owned();
    assert!(did.starts_with("did:key:z6Mkmia"), "{did}");
    for format in ["pkcs8", "jwk", "solana", "seed-hex", "seed-base58", "did-document"] {
        ada.api.get(&format!("/api/jobs/{id}/result?format={format}")).await.ok();
    }
    ada.api.get(&format!("/api/jobs/{id}/result?format=expanded-hex")).await.ok();
    let tor = ada.api.get(&format!("/api/jobs/{id}/result?format=tor")).await;
    tor.refused(409, "FORMAT_NOT_AVAILABLE");
    let key = ada.api.get(&format!("/api/jobs/{id}/result?format=openssh")).await;
    key.ok();
    assert_eq!(did_of_openssh(&key.text), did);
    assert_eq!(ada.available().await, before - 100, "a job is charged once, in full");
    assert_eq!(ada.balance().await["held"], 0);
}

async fn sealed(ada: &crate::world::Person, pattern: &serde_json::Value) {
    let identity = Identity::new();
    let id = ada.order(pattern, json!({ "custody": "sealed", "recipient": identity.recipient })).await;
    let job = ada.wait_for_end(&id, DEADLINE).await;
    assert_eq!(job["status"], "completed", "{job}");
    let refused = ada.api.get(&format!("/api/jobs/{id}/result?format=openssh")).await;
    refused.refused(409, "FORMAT_NOT_AVAILABLE");
    let file = ada.api.get(&format!("/api/jobs/{id}/result?format=sealed")).await;
    file.ok();
    assert!(file.text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"), "downloads are armored");
    let opened = identity.open(&file.text);
    assert_eq!(opened["did"], job["did"]);
    let openssh = opened["exports"]["openssh"].as_str().expect("an OpenSSH export");
    assert_eq!(did_of_openssh(openssh), job["did"].as_str().unwrap());
    assert!(job["did"].as_str().unwrap().starts_with("did:key:z6Mkmia"));
}
