//! Jobs through the API: quoted, ordered, watched, cancelled, and nobody else's.

use futures::StreamExt;
use http::Method;
use serde_json::{Value, json};

use super::world::{On, World, over_both};

fn order() -> Value {
    json!({ "pattern": { "text": "mvp4" } })
}

over_both! {
    async fn a_job_is_ordered_and_cancelled(world) {
        let ann = world.register("ann").await;
        let quote = world.post(&ann, "/api/jobs/quote", order()).await.json();
        assert_eq!((&quote["tokens"], &quote["terms"]["minimum"], &quote["tokensAvailable"]), (&100.into(), &100.into(), &1000.into()));
        let key = [("idempotency-key", "one")];
        let created = world.call(&ann, Method::POST, "/api/jobs/create", order(), &key).await;
        assert_eq!((created.status.as_u16(), &created.json()["tokensHeld"]), (201, &100.into()));
        let again = world.call(&ann, Method::POST, "/api/jobs/create", order(), &key).await;
        assert_eq!(again.json()["id"], created.json()["id"]);
        let path = format!("/api/jobs/{}", created.json()["id"].as_str().unwrap());
        assert_eq!(world.get(&ann, &path).await.json()["status"], "queued");
        let listed = world.get(&ann, "/api/jobs?status=queued&limit=1").await.json();
        assert_eq!((&listed["total"], &listed["limit"], &listed["offset"]), (&1.into(), &1.into(), &0.into()));
        let early = world.get(&ann, &format!("{path}/result?format=openssh")).await;
        assert_eq!(early.is_problem(409, "JOB_NOT_COMPLETED")["details"]["status"], "queued");
        world.post(&ann, &format!("{path}/shred"), json!(null)).await.is_problem(409, "JOB_NOT_COMPLETED");
        let bo = world.register("bob").await;
        for (method, part) in [("GET", ""), ("GET", "/result"), ("GET", "/events"), ("POST", "/cancel"), ("POST", "/shred")] {
            let answer = world.call(&bo, method.parse().unwrap(), &format!("{path}{part}"), json!(null), &[]).await;
            answer.is_problem(404, "NOT_FOUND");
        }
        let cancelled = world.post(&ann, &format!("{path}/cancel"), json!(null)).await.json();
        assert_eq!((&cancelled["status"], &cancelled["tokensReleased"]), (&"cancelled".into(), &100.into()));
        world.post(&ann, &format!("{path}/cancel"), json!(null)).await.is_problem(409, "JOB_ENDED");
        assert_eq!(world.get(&ann, "/api/tokens/balance").await.json()["available"], 1000);
    }

    async fn orders_that_cannot_be_taken_say_why(world) {
        let ann = world.register("ann").await;
        let with = |name: &str, value: Value| { let mut order = order(); order[name] = value; order };
        let post = async |order: Value| world.post(&ann, "/api/jobs/create", order).await;
        let above = post(with("maxTokens", 99.into())).await.is_problem(409, "PRICE_ABOVE_MAXIMUM");
        assert_eq!(above["details"], json!({ "tokens": 100, "maxTokens": 99 }));
        post(with("maxTokens", (-1).into())).await.is_problem(422, "VALIDATION_FAILED");
        post(with("custody", "sealed".into())).await.is_problem(422, "RECIPIENT_MISSING");
        post(with("recipient", "age1nonsense".into())).await.is_problem(422, "INVALID_RECIPIENT");
        let impossible = post(json!({ "pattern": { "text": "Zoe" } })).await.is_problem(422, "IMPOSSIBLE_PATTERN");
        assert_eq!((&impossible["details"]["position"], &impossible["details"]["character"]), (&0.into(), &"Z".into()));
        assert!(!impossible["details"]["suggestions"].as_array().unwrap().is_empty());
        post(json!({ "pattern": { "text": "" } })).await.is_problem(422, "INVALID_PATTERN");
        post(json!({ "pattern": { "text": "mcdefghijkm" } })).await.is_problem(422, "TOO_RARE");
        let dear = post(json!({ "pattern": { "text": "GO BE AWE SOME", "kind": "sequence", "fuzzy": true, "caseInsensitive": true } })).await;
        assert_eq!(dear.is_problem(402, "INSUFFICIENT_TOKENS")["details"], json!({ "needed": 70922, "available": 1000 }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_watched_until_it_ends() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    let job = world.post(&ann, "/api/jobs/create", order()).await.json();
    let path = format!("/api/jobs/{}", job["id"].as_str().unwrap());
    let response = world.stream(&ann, &format!("{path}/events")).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let first = String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    let data = |text: &str| -> Value { serde_json::from_str(text.split_once("data: ").unwrap().1.trim()).unwrap() };
    assert!(first.starts_with("event: job\n"), "{first}");
    assert_eq!(data(&first)["status"], "queued");
    world.post(&ann, &format!("{path}/cancel"), json!(null)).await;
    let last = String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert_eq!(data(&last)["status"], "cancelled");
    assert!(events.next().await.is_none(), "the stream ends with the job");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_credential_that_opened_it() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    let job = world.post(&ann, "/api/jobs/create", order()).await.json();
    let id: uuid::Uuid = job["id"].as_str().unwrap().parse().unwrap();
    let mut events = world.stream(&ann, &format!("/api/jobs/{id}/events")).await.into_body().into_data_stream();
    assert!(events.next().await.unwrap().is_ok());
    assert_eq!(world.post(&ann, "/auth/logout", json!({})).await.status, 204);
    world.app.signals.publish(vanikeys_core::clients::signals::Topic::Job(id));
    assert!(events.next().await.is_none(), "whoever signed out sees no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_stream_has_to_wait() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    let job = world.post(&ann, "/api/jobs/create", order()).await.json();
    let path = format!("/api/jobs/{}/events", job["id"].as_str().unwrap());
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(world.stream(&ann, &path).await);
    }
    world.get(&ann, &path).await.is_problem(429, "TOO_MANY_STREAMS");
    open.pop();
    assert_eq!(world.stream(&ann, &path).await.status(), 200);
}
