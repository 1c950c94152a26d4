//! Thousands of tasks at once, of 500 users: they all get done, and somebody who comes later does not wait behind them.

use std::time::Duration;

use serde_json::json;
use vanikeys_testkit::eventually;

use crate::world::{Shape, World};

/// Tasks of a burst in an ordinary test run, ten times what the relay has out at once; `VANIKEYS_BURST` asks for another
/// number.
fn tasks() -> usize {
    std::env::var("VANIKEYS_BURST").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    let tasks = tasks();
    // Letters whose link is not there any more: the handler looks and has nothing to send.
    let insert = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {tasks}) \
         INSERT INTO outbox (id, queue, kind, payload, user_id, state, due_at, turn, created_at) \
         SELECT randomblob(16), 'emails', 'reset-password', \
         '{{\"kind\":\"reset-password\",\"linkId\":\"00000000-0000-4000-8000-' || printf('%012x', n) || '\"}}', \
         CAST(printf('%016d', n % 500) AS BLOB), 'later', 0, 0, 0 FROM numbers"
    );
    drains(Shape::Embedded, &insert, tasks).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    let tasks = tasks();
    let insert = format!(
        "INSERT INTO outbox (id, queue, kind, payload, user_id, state, due_at, turn, created_at) \
         SELECT gen_random_uuid(), 'emails', 'reset-password', \
         '{{\"kind\":\"reset-password\",\"linkId\":\"' || gen_random_uuid() || '\"}}', \
         lpad(to_hex(n % 500), 32, '0')::uuid, 'later', 0, 0, 0 FROM generate_series(1, {tasks}) n"
    );
    drains(Shape::Fleet, &insert, tasks).await;
}

async fn drains(shape: Shape, insert: &str, tasks: usize) {
    let world = World::start(shape).await;
    let pia = world.register("pia").await;
    world.sql(insert);
    // Searches and other people's letters go on meanwhile.
    let id = pia.order(&json!({ "text": "e", "kind": "prefix" }), json!({ "custody": "service" })).await;
    pia.wait_for_end(&id, Duration::from_secs(60)).await;
    let count = "SELECT count(*) FROM outbox WHERE kind = 'reset-password' AND state = 'done'";
    eventually("the burst is drained", Duration::from_secs(600), || async {
        // Each look starts a program of its own; many would slow down what they look at.
        tokio::time::sleep(Duration::from_millis(500)).await;
        (world.sql(count) == [tasks.to_string()]).then_some(())
    })
    .await;
    super::fleet::no_task_is_left(&world).await;
    world.doctor();
}
