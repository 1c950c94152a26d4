//! Pulls through the API: made once, kept, shredded, shared, and nobody else's.

use http::Method;
use serde_json::json;

use super::world::{Caller, over_both};

fn order() -> serde_json::Value {
    json!({ "pattern": { "text": "ab", "kind": "contains", "caseInsensitive": true } })
}

over_both! {
    async fn a_pull_is_made_once_for_a_key(world) {
        let ann = world.register("ann").await;
        let key = [("idempotency-key", "once")];
        let first = world.call(&ann, Method::POST, "/api/pulls/execute", order(), &key).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let second = world.call(&ann, Method::POST, "/api/pulls/execute", order(), &key).await;
        assert_eq!((second.status.as_u16(), second.json()), (201, first.json()));
        let other = json!({ "pattern": { "text": "abc", "kind": "contains" } });
        let other = world.call(&ann, Method::POST, "/api/pulls/execute", other, &key).await;
        other.is_problem(422, "IDEMPOTENCY_KEY_REUSED");
        let bad = [("idempotency-key", "a b")];
        let bad = world.call(&ann, Method::POST, "/api/pulls/execute", order(), &bad).await;
        bad.is_problem(400, "INVALID_IDEMPOTENCY_KEY");
        let history = world.get(&ann, "/api/pulls/history").await.json();
        assert_eq!((&history["total"], &history["items"][0]["id"]), (&1.into(), &first.json()["id"]));
    }

    async fn a_pull_lives_its_life(world) {
        let ann = world.register("ann").await;
        let pull = world.post(&ann, "/api/pulls/execute", order()).await.json();
        let path = format!("/api/pulls/{}", pull["id"].as_str().unwrap());
        assert_eq!(world.get(&ann, &path).await.json()["publicKey"], pull["publicKey"]);
        let kept = world.post(&ann, &format!("{path}/keep"), json!(null)).await.json();
        assert!(kept["keptAt"].is_string());
        let ssh = world.get(&ann, &format!("{path}/key")).await;
        assert!(ssh.text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----"));
        assert!(ssh.header("content-disposition").contains("id_ed25519") && ssh.header("cache-control") == "no-store");
        let tor = world.get(&ann, &format!("{path}/key?format=tor")).await.is_problem(409, "FORMAT_NOT_AVAILABLE");
        assert!(tor["details"]["available"].as_array().unwrap().contains(&"openssh".into()));
        let shared = world.post(&ann, &format!("{path}/share"), json!(null)).await.json();
        let page = world.get(&Caller::nobody(), shared["url"].as_str().unwrap().split("8080").nth(1).unwrap()).await;
        assert!(page.status == 200 && page.text.contains(pull["did"].as_str().unwrap()));
        let erased = world.post(&ann, &format!("{path}/shred"), json!(null)).await.json();
        assert!(erased["erasedAt"].is_string());
        world.get(&ann, &format!("{path}/key")).await.is_problem(410, "KEY_ERASED");
        let bo = world.register("bob").await;
        world.get(&bo, &path).await.is_problem(404, "NOT_FOUND");
        world.get(&bo, &format!("{path}/key")).await.is_problem(404, "NOT_FOUND");
        for verb in ["keep", "shred", "share"] {
            world.post(&bo, &format!("{path}/{verb}"), json!(null)).await.is_problem(404, "NOT_FOUND");
        }
        world.get(&ann, "/api/pulls/not-an-id").await.is_problem(404, "NOT_FOUND");
        world.get(&ann, "/p/nothing").await.is_problem(404, "NOT_FOUND");
    }

    async fn a_pull_can_be_verified(world) {
        let ann = world.register("ann").await;
        let commitment = world.post(&ann, "/api/pulls/commitment", json!(null)).await;
        assert_eq!(commitment.status, 201);
        let mut order = order();
        order["commitmentId"] = commitment.json()["commitmentId"].clone();
        let lone = world.post(&ann, "/api/pulls/execute", order.clone()).await;
        lone.is_problem(422, "COMMITMENT_INCOMPLETE");
        order["clientShare"] = "zz".into();
        world.post(&ann, "/api/pulls/execute", order.clone()).await.is_problem(422, "INVALID_CLIENT_SHARE");
        order["clientShare"] = "11".repeat(32).into();
        let done = world.post(&ann, "/api/pulls/execute", order.clone()).await;
        assert_eq!((done.status.as_u16(), &done.json()["receipt"]["drawnBy"]), (201, &"client".into()));
        let receipt = done.json()["receipt"].to_string();
        let checked = world.form(&Caller::nobody(), "/verify", &[("receipt", &receipt)]).await;
        assert!(checked.text.contains("Receipt is valid."), "{}", checked.text);
        let changed = receipt.replace("\"matched\":0", "\"matched\":1").replace("\"oneIn\":\"2", "\"oneIn\":\"3");
        let checked = world.form(&Caller::nobody(), "/verify", &[("receipt", &changed)]).await;
        assert!(checked.text.contains("Receipt is not valid."));
        assert_eq!(world.form(&Caller::nobody(), "/verify", &[("receipt", "{}")]).await.status, 422);
        order["pattern"]["text"] = "cd".into();
        world.post(&ann, "/api/pulls/execute", order).await.is_problem(422, "COMMITMENT_USED");
    }

    async fn tokens_pay_when_free_pulls_are_gone(world) {
        let ann = world.register("ann").await;
        let dear = json!({ "pattern": { "text": "GO BE AWE SOME", "kind": "sequence", "fuzzy": true, "caseInsensitive": true } });
        for _ in 0..3 {
            assert_eq!(world.post(&ann, "/api/pulls/execute", dear.clone()).await.json()["freePull"], true);
        }
        let paid = world.post(&ann, "/api/pulls/execute", dear.clone()).await.json();
        assert_eq!((&paid["tokensSpent"], &paid["tokensRemaining"]), (&1000.into(), &0.into()));
        let refused = world.post(&ann, "/api/pulls/execute", dear).await.is_problem(402, "INSUFFICIENT_TOKENS");
        assert_eq!(refused["details"], json!({ "needed": 1000, "available": 0 }));
        let transfers = world.get(&ann, "/api/tokens/transactions?limit=1").await.json();
        assert_eq!((&transfers["total"], &transfers["items"][0]["amount"]), (&5.into(), &(-1000).into()));
    }
}
