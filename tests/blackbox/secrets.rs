//! A plain seed or share is nowhere: not in the database's files or its log, not in Redis or on the way to it, not in
//! logs, letters or backups. Every secret made during the run is looked for raw, in hex, base58 and base64.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde_json::json;

use crate::keys::Identity;
use crate::world::{Person, Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    leave_no_trace(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    leave_no_trace(Shape::Fleet).await;
}

async fn leave_no_trace(shape: Shape) {
    let world = World::with(shape, &[("LOG_LEVEL", "trace")]).await;
    let recording = world.ground.as_ref().map(|ground| ground.redis.record());
    let olga = world.register("olga").await;
    let mut secrets = vec![olga.password.clone().into_bytes()];
    for round in 0..5u8 {
        secrets.push(pull_in_service_custody(&olga, round).await);
        secrets.extend(sealed_pull(&olga, round).await);
    }
    secrets.push(job_in_service_custody(&olga).await);
    secrets.push(sealed_job(&olga).await);
    let mut places = vec![("the logs".to_owned(), world.logs().into_bytes())];
    collect(&world.data(), &mut places);
    places.extend(backup(&world));
    let letters = world.mail.as_ref().map(|sink| sink.mails()).unwrap_or_default();
    places.extend(letters.iter().map(|mail| ("a letter".to_owned(), mail.raw.clone().into_bytes())));
    if let Some(ground) = &world.ground {
        ground.database.query("CHECKPOINT");
        collect(ground.postgres.data(), &mut places);
        places.push(("Redis".to_owned(), ground.redis.dump()));
    }
    let sent = recording.map(|recording| recording.finish()).unwrap_or_default();
    places.push(("what was sent to Redis".to_owned(), sent));
    assert!(places.iter().any(|(_, bytes)| contains(bytes, b"olga")), "the places hold what they should");
    for secret in &secrets {
        for (form, needle) in forms(secret) {
            for (place, bytes) in &places {
                assert!(!contains(bytes, &needle), "a secret stands in {place}, {form}");
            }
        }
    }
}

/// The service's backup, made as the documents say.
fn backup(world: &World) -> Vec<(String, Vec<u8>)> {
    if let Some(ground) = &world.ground {
        return vec![("the dump".to_owned(), ground.database.dump())];
    }
    let folder = world.files.join("backup");
    let made = world.vanikeys(&["backup", "--out", folder.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut places = Vec::new();
    collect(&folder, &mut places);
    places
}

async fn pull_in_service_custody(person: &Person, round: u8) -> Vec<u8> {
    let body = json!({ "pattern": { "text": format!("{}", round + 1), "kind": "contains" }, "custody": "service" });
    let pull = person.api.post("/api/pulls/execute", body).await.ok();
    let path = format!("/api/pulls/{}/key?format=seed-hex", pull["id"].as_str().unwrap());
    seed(person, &path).await
}

/// The seed and both shares of a pull with the client's own share.
async fn sealed_pull(person: &Person, round: u8) -> Vec<Vec<u8>> {
    let identity = Identity::new();
    let commitment = person.api.post("/api/pulls/commitment", json!({})).await.ok();
    let share: Vec<u8> = (0..32).map(|n: u8| n.wrapping_mul(37).wrapping_add(round * 11 + 5)).collect();
    let body = json!({
        "pattern": { "text": "e", "kind": "prefix" }, "custody": "sealed", "recipient": identity.recipient,
        "commitmentId": commitment["commitmentId"], "clientShare": hex::encode(&share),
    });
    let pull = person.api.post("/api/pulls/execute", body).await.ok();
    let file = person.api.get(&format!("/api/pulls/{}/key?format=sealed", pull["id"].as_str().unwrap())).await;
    file.ok();
    let opened = identity.open(&file.text);
    let service = hex::decode(opened["pull"]["serviceShare"].as_str().unwrap()).unwrap();
    let seed = hex::decode(opened["exports"]["seed-hex"].as_str().unwrap().trim()).unwrap();
    vec![seed, share, service]
}

async fn job_in_service_custody(person: &Person) -> Vec<u8> {
    let id = person.order(&json!({ "text": "mi", "kind": "prefix" }), json!({ "custody": "service" })).await;
    assert_eq!(person.wait_for_end(&id, Duration::from_secs(60)).await["status"], "completed");
    seed(person, &format!("/api/jobs/{id}/result?format=seed-hex")).await
}

async fn sealed_job(person: &Person) -> Vec<u8> {
    let identity = Identity::new();
    let custody = json!({ "custody": "sealed", "recipient": identity.recipient });
    let id = person.order(&json!({ "text": "mi", "kind": "prefix" }), custody).await;
    assert_eq!(person.wait_for_end(&id, Duration::from_secs(60)).await["status"], "completed");
    let file = person.api.get(&format!("/api/jobs/{id}/result?format=sealed")).await;
    file.ok();
    hex::decode(identity.open(&file.text)["exports"]["seed-hex"].as_str().unwrap().trim()).unwrap()
}

async fn seed(person: &Person, path: &str) -> Vec<u8> {
    let answer = person.api.get(path).await;
    answer.ok();
    hex::decode(answer.text.trim()).unwrap()
}

fn forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    // At the start of a longer text the last character of base64 depends on what follows, so it is left out.
    let base64 = BASE64_STANDARD_NO_PAD.encode(secret);
    vec![
        ("raw", secret.to_vec()),
        ("in hex", hex::encode(secret).into_bytes()),
        ("in upper-case hex", hex::encode_upper(secret).into_bytes()),
        ("in base58", bs58::encode(secret).into_vec()),
        ("in base64", base64.as_bytes()[..base64.len() - 1].to_vec()),
        ("as a list of numbers", secret.iter().map(u8::to_string).collect::<Vec<_>>().join(",").into_bytes()),
    ]
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

fn collect(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    if folder.is_file() {
        places.push((folder.display().to_string(), std::fs::read(folder).unwrap()));
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        collect(&entry.path(), places);
    }
}
