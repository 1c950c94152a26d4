//! Twenty people with ten jobs each, and what must be true of them when the dust has settled.

use std::collections::BTreeMap;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use futures::future::join_all;
use serde_json::{Value, json};
use vanikeys_testkit::eventually;

use crate::world::{Person, World};

const PEOPLE: usize = 20;
const JOBS: usize = 10;
/// What a job of an easy pattern costs.
const PRICE: i64 = 100;

/// People with jobs that run.
pub struct Crowd {
    people: Vec<Person>,
    before: Vec<i64>,
}

impl Crowd {
    /// Settings of a world in which everybody is welcomed with enough tokens.
    pub const SETTINGS: [(&str, &str); 1] = [("WELCOME_TOKENS", "3000")];

    /// Registers everybody, with enough tokens.
    pub async fn gather(world: &World) -> Self {
        let people = join_all((0..PEOPLE).map(async |number| world.register(&format!("crowd{number}")).await)).await;
        let needed = 2 * PRICE * JOBS as i64;
        let mut before = Vec::new();
        for person in &people {
            if person.available().await < needed {
                world.grant(&person.username, u32::try_from(needed).unwrap());
            }
            before.push(person.available().await);
        }
        Self { people, before }
    }

    /// Everybody orders. An order that gets no answer, or a 5xx, is sent again under its key until it is answered.
    pub async fn order(&self, text: &str) {
        let orders = self.people.iter().map(|person| async move {
            for number in 0..JOBS {
                let body = json!({ "pattern": { "text": text, "kind": "contains" }, "custody": "service" });
                order_once(person, &format!("order-{text}-{number}"), body).await;
            }
        });
        join_all(orders).await;
    }

    /// Waits until every job has ended, and checks all that must hold. `rounds` is how often [`Crowd::order`] was called.
    pub async fn check(&self, world: &World, rounds: i64, deadline: Duration) {
        let expected = rounds * JOBS as i64;
        let ended = self.people.iter().map(|person| all_ended(person, expected, deadline));
        let lists = join_all(ended).await;
        for ((person, before), jobs) in self.people.iter().zip(&self.before).zip(lists) {
            for job in &jobs {
                assert_eq!(job["status"], "completed", "{job}");
                verify(person, job).await;
            }
            let balance = person.balance().await;
            let spent = before - balance["available"].as_i64().unwrap();
            assert_eq!((spent, &balance["held"]), (expected * PRICE, &json!(0)), "{} paid once a job", person.username);
            charged_once(person, &jobs).await;
        }
        world.doctor();
    }
}

/// Sends an order under its key until the service has answered it.
pub async fn order_once(person: &Person, key: &str, body: Value) {
    eventually("an order is answered", Duration::from_secs(90), || async {
        let request = person.api.request(reqwest::Method::POST, "/api/jobs/create");
        let sent = request.header("idempotency-key", key).json(&body).timeout(Duration::from_secs(10)).send().await;
        let status = sent.ok()?.status().as_u16();
        assert!(status == 201 || status == 429 || status >= 500, "an order was answered with {status}");
        if status == 201 {
            return Some(());
        }
        // Room for a limit of 60 orders a minute.
        tokio::time::sleep(Duration::from_millis(200)).await;
        None
    })
    .await;
}

async fn all_ended(person: &Person, expected: i64, deadline: Duration) -> Vec<Value> {
    eventually(&format!("all jobs of {} end", person.username), deadline, || async move {
        // Lists may be read 60 times a minute.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let request = person.api.request(reqwest::Method::GET, "/api/jobs?limit=200").send().await.ok()?;
        let page: Value = request.json().await.ok()?;
        let jobs = page["items"].as_array()?.clone();
        let open = jobs.iter().any(|job| job["status"] == "queued" || job["status"] == "running");
        (page["total"] == expected && !open).then_some(jobs)
    })
    .await
}

/// The delivered seed gives the public key that the job shows, and that key reads as ordered.
async fn verify(person: &Person, job: &Value) {
    let id = job["id"].as_str().unwrap();
    let seed = eventually("a seed is served", Duration::from_secs(60), || async move {
        let path = format!("/api/jobs/{id}/result?format=seed-hex");
        let answer = person.api.get(&path).await;
        (answer.status == 200).then_some(answer.text)
    })
    .await;
    let seed: [u8; 32] = hex::decode(seed.trim()).unwrap().try_into().unwrap();
    let public = SigningKey::from_bytes(&seed).verifying_key();
    assert_eq!(job["publicKey"], hex::encode(public.as_bytes()), "{job}");
    let text = job["pattern"]["text"].as_str().unwrap();
    assert!(job["did"].as_str().unwrap().contains(text), "{job}");
}

async fn charged_once(person: &Person, jobs: &[Value]) {
    let mut charges: BTreeMap<String, i64> = BTreeMap::new();
    for entry in person.transactions().await.iter().filter(|entry| entry["kind"] == "job") {
        *charges.entry(entry["subject"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(charges.values().all(|&times| times == 1) && charges.len() == jobs.len(), "{charges:?}");
}
