//! The disk is full, and has room again: meanwhile what was written can be read, writes are refused and may be tried again,
//! and readiness says so; afterwards everything goes on without a restart.

use std::time::Duration;

use serde_json::json;
use vanikeys_testkit::{eventually, net};

use super::fleet::still_works;
use crate::world::{Shape, World};

/// Less than the database needs, and more than is logged meanwhile.
const FULL: u64 = 128 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_survived() {
    let mut world = World::start(Shape::Embedded).await;
    let ann = world.register("ann").await;
    for _ in 0..2 {
        world.web.limit_files(Some(FULL));
        let port = world.port;
        eventually("readiness says so", Duration::from_secs(20), || async {
            net::get(port, "/readyz").filter(|(status, _)| *status == 503)
        })
        .await;
        let order = json!({ "pattern": { "text": "e", "kind": "prefix" }, "custody": "service" });
        for _ in 0..3 {
            let refused = ann.api.post("/api/jobs/create", order.clone()).await;
            assert_eq!(
                (refused.status, refused.json()["error"].as_str()),
                (503, Some("UNAVAILABLE")),
                "{}",
                refused.text
            );
        }
        assert_eq!(net::get(port, "/healthz").unwrap().0, 200);
        assert_eq!(ann.balance().await["held"], 0, "what was written can be read");
        world.web.limit_files(None);
        tokio::task::block_in_place(|| world.web.wait_http(port, "/readyz"));
    }
    still_works(&mut world).await;
    world.doctor();
}
