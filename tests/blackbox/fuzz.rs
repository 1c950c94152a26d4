//! The API fuzzer: schemathesis reads `/openapi.json` and tries everything that the document allows and much that it
//! does not, call by call and in chains where one takes what another made. It must find no 5xx, nothing that the document
//! does not say, and no request refused for its form that the document allows. Every run has a fresh seed, which a failure
//! names; `FUZZ_SEED` repeats it.

use std::process::{Command, Output};

use futures::future::join_all;
use serde_json::{Value, json};
use vanikeys_testkit::workspace;

use crate::faults::random;
use crate::python::python;
use crate::world::{Person, Shape, World};

/// So many users take turns, because each has a rate limit and the fuzzer is quick. All are admins, so that the
/// fuzzer gets past that door too.
const USERS: usize = 30;

/// Players have tokens, and need not wait between heists.
const GAME: [(&str, &str); 5] = [
    ("HEIST_TOKENS_PER_REFERRAL", "1000"),
    ("HEIST_COOLDOWN_HOURS", "0"),
    ("HEIST_TARGET_COOLDOWN_HOURS", "0"),
    ("HEIST_MAX_PER_DAY", "1000"),
    ("HEIST_RATE_LIMIT_PER_MINUTE", "1000"),
];

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    fuzz(Shape::Embedded, "fuzzing,stateful").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    fuzz(Shape::Fleet, "fuzzing,stateful").await;
}

/// What the document says of each value alone: every bound and what lies beyond it. That is the same in every run, and
/// PostgreSQL is the stricter of the databases.
#[tokio::test(flavor = "multi_thread")]
async fn bounds() {
    fuzz(Shape::Fleet, "examples,coverage").await;
}

async fn fuzz(shape: Shape, phases: &str) {
    let world = World::with(shape, &GAME).await;
    populate(&world, USERS).await;
    let (output, report) = run(&world, &format!("{}/openapi.json", world.url()), &["--phases", phases]);
    assert!(output.status.success(), "{report}");
    // What is answered with 429 alone has not been tried.
    assert!(!report.contains("Rate limited"), "{report}");
    world.doctor();
}

/// The fuzzer itself: two faults that were once there, and one of the statuses, are planted in the document.
#[tokio::test(flavor = "multi_thread")]
async fn planted_faults_are_found() {
    let world = World::with(Shape::Embedded, &GAME).await;
    populate(&world, 4).await;
    let document = world.api().get("/openapi.json").await.json();
    let seen = |fault: &str, changed: &Value, operation: &str, words: &str| {
        let file = world.files.join(&format!("{fault}.json"));
        std::fs::write(&file, changed.to_string()).unwrap();
        let (output, report) = run(&world, file.to_str().unwrap(), &["--include-name", operation]);
        assert!(!output.status.success() && report.contains(words), "{fault} was not seen:\n{report}");
    };
    let mut changed = document.clone();
    let body = "/paths/~1api~1jobs~1create/post/requestBody/content/application~1json/schema/$ref";
    *changed.pointer_mut(body).unwrap() = json!("#/components/schemas/PullOrder");
    seen("body", &changed, "POST /api/jobs/create", "the document allows this request");

    let mut changed = document.clone();
    changed["components"]["schemas"]["HeistStatus"] = document["components"]["schemas"]["JobStatus"].clone();
    seen("statuses", &changed, "GET /api/heist/history", "SUCCESS");

    let mut changed = document;
    let codes = "/paths/~1api~1heist~1execute/post/responses/400/description";
    *changed.pointer_mut(codes).unwrap() = json!("Something");
    seen("codes", &changed, "POST /api/heist/execute", "is not described");
}

/// Makes users who have something of everything, and says who they are in a file.
async fn populate(world: &World, count: usize) {
    let mut people: Vec<(Person, String)> = Vec::new();
    for number in 0..count {
        // Each but the last brings another one, which gives Heist Tokens.
        let code = match people.last() {
            Some((person, _)) => person.api.get("/api/referrals").await.ok()["code"].as_str().map(str::to_owned),
            None => None,
        };
        let person = world.register_by(&format!("fuzz{number}"), code.as_deref()).await;
        let id = person.api.get("/auth/me").await.ok()["id"].as_str().unwrap().to_owned();
        people.push((person, id));
    }
    world.sql("UPDATE users SET role = 'admin'");
    let users = people.iter().zip(people.iter().cycle().skip(1));
    let users = join_all(users.map(|((person, _), (_, target))| equipped(person, target))).await;
    let lines: Vec<String> = users.iter().map(Value::to_string).collect();
    std::fs::write(world.files.join("users"), lines.join("\n")).unwrap();
}

/// A user with a job, a pull, a heist and an endpoint, as the fuzzer's hooks read them.
async fn equipped(person: &Person, target: &str) -> Value {
    let request = person.api.request(reqwest::Method::GET, "/").build().unwrap();
    let credential = request.headers()["authorization"].to_str().unwrap().to_owned();
    let pattern = json!({ "text": "e", "kind": "prefix" });
    let job = person.order(&pattern, json!({ "custody": "service" })).await;
    let pull = person.api.post("/api/pulls/execute", json!({ "pattern": pattern })).await.ok();
    let hook = json!({ "url": "https://example.org/hooks", "events": ["job.completed"] });
    let endpoint = person.api.post("/api/webhooks/endpoints", hook).await.ok();
    // The last one has no token; its refusal is recorded all the same.
    person.api.post("/api/heist/execute", json!({ "targetUserId": target })).await;
    let heists = person.api.get("/api/heist/history").await.ok();
    let heist = heists["items"][0]["id"].as_str().unwrap_or(target);
    json!({ "credential": credential, "target": target, "job": job, "pull": pull["id"], "endpoint": endpoint["id"],
        "heist": heist })
}

/// Runs the fuzzer over a document and returns what it said, with the seed in front.
fn run(world: &World, document: &str, more: &[&str]) -> (Output, String) {
    let fresh = || u32::from_le_bytes(std::array::from_fn(|_| random())).to_string();
    let seed = std::env::var("FUZZ_SEED").unwrap_or_else(|_| fresh());
    let scripts = workspace().join("tests/python");
    let mut command = Command::new(python("schemathesis"));
    // It leaves notes in its working folder.
    command.current_dir(world.files.path()).arg("--config-file").arg(scripts.join("schemathesis.toml"));
    command.args(["run", document, "--seed", &seed, "--url", &world.url()]).args(more);
    let output = command
        .env("PYTHONPATH", &scripts)
        .env("SCHEMATHESIS_HOOKS", "fuzz_hooks")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("FUZZ_USERS", world.files.join("users"))
        .output()
        .unwrap();
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let report = format!("repeat it with FUZZ_SEED={seed}\n{said}\n{error}");
    (output, report)
}
