//! The users of Redis that the guide gives searchers and the service.

use std::time::Duration;

use serde_json::json;
use vanikeys_testkit::workspace;

use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_searcher_searches_as_the_user_of_the_guide() {
    let mut world = World::start(Shape::Fleet).await;
    let guide = std::fs::read_to_string(workspace().join("docs/OPERATIONS.md")).unwrap();
    let rules: Vec<&str> = guide.lines().filter_map(|line| line.strip_prefix("user ")).collect();
    assert_eq!(rules.len(), 3, "{rules:?}");
    let port = world.ground().redis.port();
    for rules in rules.iter().filter(|rules| !rules.starts_with("default")) {
        world.ground().redis.command(&format!("ACL SETUSER {rules}"));
    }
    let searcher = tokio::task::block_in_place(|| {
        world.workers[0].stop();
        world.new_searcher_at("shut-in", &format!("redis://searcher:ANOTHER_ONE@127.0.0.1:{port}"))
    });
    let pia = world.register("pia").await;
    let id = pia.order(&json!({ "text": "e", "kind": "prefix" }), json!({ "custody": "service" })).await;
    let job = pia.wait_for_end(&id, Duration::from_secs(60)).await;
    assert_eq!(job["status"], "completed", "{job}\n{}", searcher.log());
    assert!(!searcher.log().contains("NOPERM"), "{}", searcher.log());
}
