//! SQL and HTML in text fields come back as text.

use serde_json::json;

use crate::world::World;

const HOSTILE: [&str; 5] = [
    "'; DROP TABLE users; --",
    "\" OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "%s%n\\u0000 \u{202e}abc",
];

pub async fn check(world: &World) {
    let ned = world.register("ned").await;
    for text in HOSTILE {
        let estimate =
            ned.api.post("/api/patterns/estimate", json!({ "pattern": { "text": text, "kind": "contains" } }));
        estimate.await.problem(422);
        let login = world.api().post("/auth/login", json!({ "email": text, "password": text })).await;
        assert!([401, 422, 429].contains(&login.status), "{}", login.text);
        let found = world.api().get(&format!("/odds?text={}&kind=contains", encoded(text))).await;
        assert!(found.status < 500, "{}", found.text);
        assert!(!found.text.contains("<script>alert"), "HTML came back as HTML:\n{}", found.text);
    }
    // A regex is the one text that may hold nearly anything, and is shown again.
    let pattern = json!({ "text": "^<?e|'?f", "kind": "regex" });
    let pull = ned.api.post("/api/pulls/execute", json!({ "pattern": pattern })).await.ok();
    let kept = ned.api.get(&format!("/api/pulls/{}", pull["id"].as_str().unwrap())).await.ok();
    assert_eq!(kept["pattern"]["text"], pattern["text"], "{kept}");
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
