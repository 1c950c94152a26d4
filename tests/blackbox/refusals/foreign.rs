//! Another user's pulls, jobs and keys are as if they were not there.

use serde_json::{Value, json};

use crate::world::World;

pub async fn check(world: &World) {
    let (lea, max) = (world.register("lea").await, world.register("max").await);
    let pattern = json!({ "text": "e", "kind": "prefix" });
    let job = lea.order(&pattern, json!({ "custody": "service" })).await;
    let pull = lea.api.post("/api/pulls/execute", json!({ "pattern": pattern })).await.ok();
    let pull = pull["id"].as_str().unwrap();
    for path in [
        format!("/api/jobs/{job}"),
        format!("/api/jobs/{job}/events"),
        format!("/api/jobs/{job}/result?format=openssh"),
        format!("/api/pulls/{pull}"),
        format!("/api/pulls/{pull}/key?format=openssh"),
    ] {
        max.api.get(&path).await.refused(404, "NOT_FOUND");
        world.api().get(&path).await.refused(401, "UNAUTHENTICATED");
    }
    for path in [
        format!("/api/jobs/{job}/cancel"),
        format!("/api/jobs/{job}/shred"),
        format!("/api/pulls/{pull}/keep"),
        format!("/api/pulls/{pull}/shred"),
    ] {
        max.api.post(&path, json!({})).await.refused(404, "NOT_FOUND");
    }
    let commitment = lea.api.post("/api/pulls/commitment", json!({})).await.ok();
    let body = json!({
        "pattern": pattern, "commitmentId": commitment["commitmentId"], "clientShare": "07".repeat(32),
    });
    let stolen = max.api.post("/api/pulls/execute", body).await;
    assert!((400..500).contains(&stolen.status), "{}", stolen.text);
    for list in ["/api/jobs", "/api/pulls/history"] {
        let page: Value = max.api.get(list).await.ok();
        assert_eq!(page["total"], 0, "{list}: {page}");
    }
}
