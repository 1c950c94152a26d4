//! Plans through the API.

use http::Method;
use serde_json::json;

use super::over_both_selling;
use crate::tests::world::Caller;

over_both_selling! {
    async fn a_plan_is_subscribed_to_canceled_and_resumed(shop) {
        let world = &shop.world;
        let (ann, bob, nobody) = (world.register("ann").await, world.register("bob").await, Caller::nobody());
        let plans = world.get(&nobody, "/api/plans").await.json();
        assert_eq!((&plans["items"][0]["key"], &plans["items"][0]["unavailable"]), (&json!("pro"), &json!(null)));
        for (path, body) in [("checkout", json!({ "plan": "pro" })), ("cancel", json!(null)), ("resume", json!(null))] {
            world.post(&nobody, &format!("/api/plans/{path}"), body).await.is_problem(401, "UNAUTHENTICATED");
        }
        for path in ["portal", "subscription", "invoices"] {
            world.get(&nobody, &format!("/api/plans/{path}")).await.is_problem(401, "UNAUTHENTICATED");
        }
        world.post(&ann, "/api/plans/checkout", json!({ "plan": "free" })).await.is_problem(422, "VALIDATION_FAILED");
        world.get(&ann, "/api/plans/portal").await.is_problem(409, "NOTHING_BOUGHT");
        world.get(&ann, "/api/plans/subscription").await.is_problem(404, "NOT_FOUND");
        for verb in ["cancel", "resume"] {
            world.post(&ann, &format!("/api/plans/{verb}"), json!(null)).await.is_problem(409, "NOT_SUBSCRIBED");
        }
        let ordered = world.post(&ann, "/api/plans/checkout", json!({ "plan": "pro" })).await;
        assert_eq!(ordered.status, 201, "{}", ordered.text);
        let path = ordered.header("location").to_owned();
        let open = world.get(&ann, &path).await;
        assert_eq!((&open.json()["entitled"], open.header("retry-after")), (&json!(false), "2"));
        assert_eq!(world.get(&ann.with("if-none-match", open.header("etag")), &path).await.status, 304);
        world.get(&bob, &path).await.is_problem(404, "NOT_FOUND");

        let id = shop.subscribed(&ann, "pro").await;
        assert_eq!(ordered.json()["subscriptionId"], json!(id), "an open page is handed out again");
        let live = world.get(&ann, "/api/plans/subscription").await.json();
        assert_eq!((&live["id"], &live["status"], &live["entitled"]), (&json!(id), &json!("active"), &json!(true)));
        assert_eq!(world.get(&ann, &path).await.header("retry-after"), "");
        assert_eq!(world.get(&ann, "/api/tokens/balance").await.json()["freePullsLeft"], 50);
        let twice = world.post(&ann, "/api/plans/checkout", json!({ "plan": "unlimited" })).await;
        let twice = twice.is_problem(409, "ALREADY_SUBSCRIBED");
        assert!(twice["details"]["portalUrl"].as_str().unwrap().starts_with(&shop.base), "{twice}");
        let portal = world.get(&ann, "/api/plans/portal").await.json();
        assert!(portal["url"].as_str().unwrap().starts_with(&shop.base), "{portal}");

        let key = [("idempotency-key", "c1")];
        let ended = world.call(&ann, Method::POST, "/api/plans/cancel", json!(null), &key).await;
        assert_eq!(ended.status, 200, "{}", ended.text);
        assert_eq!((&ended.json()["endsAt"], &ended.json()["entitled"]), (&live["periodEnd"], &json!(true)));
        let again = world.call(&ann, Method::POST, "/api/plans/cancel", json!(null), &key).await;
        assert_eq!(again.json(), ended.json());
        let kept = world.post(&ann, "/api/plans/resume", json!(null)).await.json();
        assert_eq!((&kept["endsAt"], &kept["status"]), (&json!(null), &json!("active")));
        let invoices = world.get(&ann, "/api/plans/invoices").await.json();
        let invoice = &invoices["items"][0];
        assert_eq!((&invoices["total"], &invoice["status"], &invoice["cents"]), (&json!(1), &json!("paid"), &json!(999)));
        assert!(invoice["url"].as_str().unwrap().starts_with("http"), "{invoice}");
        assert_eq!(world.get(&bob, "/api/plans/invoices").await.json()["total"], 0);
        world.post(&bob, "/api/plans/cancel", json!(null)).await.is_problem(409, "NOT_SUBSCRIBED");
    }
}
