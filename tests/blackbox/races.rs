//! Many requests at once, through HTTP: what must happen once happens once.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    races(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    races(Shape::Fleet).await;
}

async fn races(shape: Shape) {
    let world = World::with(shape, &[("WELCOME_TOKENS", "0"), ("FREE_PULLS_PER_DAY", "0")]).await;
    pulls_beyond_the_balance(&world).await;
    one_order_sent_twenty_times(&world).await;
    one_key_for_two_orders(&world).await;
    cancel_against_found(&world).await;
    world.doctor();
}

/// 50 pulls at once with tokens for 10 make exactly 10.
async fn pulls_beyond_the_balance(world: &World) {
    let ben = world.register("ben").await;
    world.grant("ben", 10);
    let body = json!({ "pattern": { "text": "e", "kind": "prefix" } });
    let pulls = (0..50).map(|_| ben.api.post("/api/pulls/execute", body.clone()));
    let answers = join_all(pulls).await;
    let made = answers.iter().filter(|answer| (200..300).contains(&answer.status)).count();
    for refused in answers.iter().filter(|answer| answer.status >= 300) {
        refused.refused(402, "INSUFFICIENT_TOKENS");
    }
    assert_eq!((made, ben.available().await), (10, 0));
    assert_eq!(ben.api.get("/api/pulls/history").await.ok()["total"], 10);
}

/// The same request with the same key, 20 times at once: one job, twenty equal answers.
async fn one_order_sent_twenty_times(world: &World) {
    let cleo = world.register("cleo").await;
    world.grant("cleo", 1000);
    let body = json!({ "pattern": { "text": "e", "kind": "prefix" }, "custody": "service" });
    let orders = (0..20).map(|_| cleo.api.post_keyed("/api/jobs/create", "the-same-order", body.clone()));
    let answers = join_all(orders).await;
    let first = answers[0].ok();
    for answer in &answers {
        assert_eq!((answer.status, answer.ok()["id"].clone()), (201, first["id"].clone()));
    }
    assert_eq!(cleo.api.get("/api/jobs").await.ok()["total"], 1);
    cleo.wait_for_end(first["id"].as_str().unwrap(), Duration::from_secs(60)).await;
    assert_eq!(cleo.available().await, 900);
}

/// A key that was used for another body is refused, whether the first is done or still under way.
async fn one_key_for_two_orders(world: &World) {
    let dora = world.register("dora").await;
    world.grant("dora", 1000);
    let order = |text: &str| json!({ "pattern": { "text": text, "kind": "prefix" }, "custody": "service" });
    let (one, two) = tokio::join!(
        dora.api.post_keyed("/api/jobs/create", "one-key", order("e")),
        dora.api.post_keyed("/api/jobs/create", "one-key", order("f")),
    );
    let (made, refused) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!(made.status, 201, "{}", made.text);
    refused.refused(422, "IDEMPOTENCY_KEY_REUSED");
    // Keys belong to a user: another user's is another key.
    let erik = world.register("erik").await;
    world.grant("erik", 1000);
    let own = erik.api.post_keyed("/api/jobs/create", "one-key", order("f")).await;
    assert_eq!(own.status, 201, "{}", own.text);
}

/// Cancelling while the key is being found settles one way: delivered and charged, or cancelled and given back.
async fn cancel_against_found(world: &World) {
    let fay = world.register("fay").await;
    world.grant("fay", 10_000);
    let pattern = json!({ "text": "ab", "kind": "contains" });
    for round in 0..10u64 {
        let before = fay.available().await;
        let id = fay.order(&pattern, json!({ "custody": "service" })).await;
        // Ten moments, some before the key is found and some after; either end is fine.
        tokio::time::sleep(Duration::from_millis(round * 40)).await;
        let path = format!("/api/jobs/{id}/cancel");
        let cancels = join_all((0..3).map(|_| fay.api.post(&path, json!({})))).await;
        assert!(cancels.iter().all(|answer| [200, 202, 409].contains(&answer.status)), "{cancels:?}");
        let job = fay.wait_for_end(&id, Duration::from_secs(60)).await;
        let spent = before - fay.available().await;
        let result = fay.api.get(&format!("/api/jobs/{id}/result?format=seed-hex")).await;
        match job["status"].as_str() {
            Some("completed") => assert!(result.status == 200 && spent > 0, "{job} spent {spent}: {}", result.text),
            Some("cancelled") => assert!(result.status == 409 && (0..=100).contains(&spent), "{job} spent {spent}"),
            _ => panic!("neither delivered nor cancelled: {job}"),
        }
        assert_eq!(fay.balance().await["held"], 0);
        once_settled(&fay.transactions().await, &id);
    }
}

fn once_settled(transactions: &[Value], job: &str) {
    let settled = transactions.iter().filter(|entry| entry["subject"] == job && entry["kind"] == "job").count();
    assert!(settled <= 1, "job {job} was charged {settled} times: {transactions:?}");
}
