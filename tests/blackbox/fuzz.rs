//! The API fuzzer: schemathesis reads `/openapi.json` and tries everything that the document allows and much that it
//! does not. It must find no 5xx and nothing that the document does not say.

use std::process::Command;

use serde_json::json;
use vanikeys_testkit::workspace;

use crate::python::python;
use crate::world::{Shape, World};

/// So many users take turns, because each has a rate limit and the fuzzer is quick. All are admins, so that the
/// fuzzer gets past that door too.
const USERS: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    fuzz(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    fuzz(Shape::Fleet).await;
}

async fn fuzz(shape: Shape) {
    let world = World::start(shape).await;
    let mut users = Vec::new();
    for number in 0..USERS {
        let person = world.register(&format!("fuzz{number}")).await;
        world.admin(&["create-admin", &person.email, "--promote"]);
        let request = person.api.request(reqwest::Method::GET, "/").build().unwrap();
        let credential = request.headers()["authorization"].to_str().unwrap().to_owned();
        let pattern = json!({ "text": "e", "kind": "prefix" });
        let job = person.order(&pattern, json!({ "custody": "service" })).await;
        let pull = person.api.post("/api/pulls/execute", json!({ "pattern": pattern })).await.ok();
        users.push(format!("{credential}\t{job}\t{}\n", pull["id"].as_str().unwrap()));
    }
    let file = world.files.join("users");
    std::fs::write(&file, users.concat()).unwrap();
    let scripts = workspace().join("tests/python");
    let output = Command::new(python("schemathesis"))
        // It leaves notes in its working folder.
        .current_dir(world.files.path())
        .arg("--config-file")
        .arg(scripts.join("schemathesis.toml"))
        .args(["run", &format!("{}/openapi.json", world.url())])
        .env("PYTHONPATH", &scripts)
        .env("SCHEMATHESIS_HOOKS", "fuzz_hooks")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("FUZZ_USERS", &file)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    // What is answered with 429 alone has not been tried.
    assert!(!report.contains("Rate limited"), "{report}");
    world.doctor();
}
