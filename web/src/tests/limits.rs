//! Rate limits: every limited answer says how much is left, the one too many says when to come back.

use serde_json::json;

use super::world::{Caller, On, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_one_too_many_is_told_when_to_come_back() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    let body = json!({ "pattern": { "text": "ab", "kind": "contains" } });
    for left in (0..60).rev() {
        let answer = world.post(&nobody, "/api/patterns/validate", body.clone()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            (answer.header("ratelimit-limit"), answer.header("ratelimit-remaining")),
            ("60", &*left.to_string())
        );
    }
    let refused = world.post(&nobody, "/api/patterns/validate", body.clone()).await;
    refused.is_problem(429, "RATE_LIMITED");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait) && !refused.header("ratelimit-reset").is_empty());
    let ann = world.register("ann").await;
    let answer = world.post(&ann, "/api/patterns/validate", body.clone()).await;
    assert_eq!(answer.header("ratelimit-limit"), "300", "an account has a limit of its own");
    world.app.clock.advance(std::time::Duration::from_secs(wait));
    assert_eq!(world.post(&nobody, "/api/patterns/validate", body).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_do_not_eat_each_others_share() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    for _ in 0..61 {
        world.get(&ann, "/api/tokens/balance").await;
    }
    world.get(&ann, "/api/tokens/balance").await.is_problem(429, "RATE_LIMITED");
    assert_eq!(world.get(&ann, "/api/jobs").await.status, 200);
    assert_eq!(world.get(&ann, "/api/jobs").await.header("ratelimit-limit"), "120");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_count_for_what_they_cost() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    for (path, limit) in [("/", "300"), ("/sign-in", "300"), ("/odds", "60"), ("/odds/answer?text=ab", "60")] {
        assert_eq!(world.get(&nobody, path).await.header("ratelimit-limit"), limit, "{path}");
    }
    let ann = world.register("ann").await;
    assert_eq!(world.get(&ann, "/app/answer?text=ab").await.header("ratelimit-limit"), "300");
    assert_eq!(world.get(&ann, "/app").await.header("ratelimit-limit"), "600");
    for path in ["/sign-in", "/sign-up", "/forgot", "/reset", "/confirm", "/account/password"] {
        let answer = world.form(&nobody, path, &[("email", "a")]).await;
        assert_eq!(answer.header("ratelimit-limit"), "60", "{path}");
    }
    let same = world.post(&nobody, "/auth/login", json!({ "email": "a", "password": "b" })).await;
    let left: u32 = same.header("ratelimit-remaining").parse().unwrap();
    assert!(left <= 53, "forms and programs share one limit: {left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_sent_by_hand_ten_times_a_minute() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    let nothing = uuid::Uuid::now_v7();
    let kinds = [("endpoints", "test"), ("deliveries", "redeliver")];
    for ((noun, verb), left) in kinds.into_iter().cycle().zip((0..10).rev()) {
        let path = format!("/api/webhooks/{noun}/{nothing}/{verb}");
        let answer = world.post(&ann, &path, json!(null)).await;
        assert_eq!(answer.header("ratelimit-remaining"), left.to_string(), "{path}");
    }
    let path = format!("/api/webhooks/endpoints/{nothing}/test");
    world.post(&ann, &path, json!(null)).await.is_problem(429, "RATE_LIMITED");
    assert_eq!(world.get(&ann, "/api/webhooks/endpoints").await.header("ratelimit-limit"), "60");
}
