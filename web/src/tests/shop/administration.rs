//! What admins see of payments, and do: refunds, events run again.

use http::Method;
use serde_json::json;
use uuid::Uuid;

use super::over_both_selling;
use crate::tests::world::Caller;

over_both_selling! {
    async fn an_administrator_sees_and_refunds_what_was_bought(shop) {
        let world = &shop.world;
        let (ann, bob) = (world.register("ann").await, world.register("bob").await);
        let nothing = Uuid::now_v7();
        let reads = ["purchases", "subscriptions", "events", "refunds", "disputes", "prices", "revenue"];
        for path in reads.iter().map(|path| format!("/admin/api/billing/{path}")) {
            world.get(&Caller::nobody(), &path).await.is_problem(401, "UNAUTHENTICATED");
            world.get(&bob, &path).await.is_problem(403, "NOT_ADMIN");
        }
        let acts = [
            format!("/admin/api/billing/purchases/{nothing}/refund"),
            format!("/admin/api/billing/purchases/{nothing}/unfreeze"),
            String::from("/admin/api/billing/events/evt_1/run-again"),
        ];
        for path in &acts {
            world.post(&Caller::nobody(), path, json!({})).await.is_problem(401, "UNAUTHENTICATED");
            world.post(&bob, path, json!({})).await.is_problem(403, "NOT_ADMIN");
        }
        world.promote(&ann).await;
        for path in &acts {
            world.post(&ann, path, json!({})).await.is_problem(404, "NOT_FOUND");
        }
        for (path, field) in [("purchases?state=odd", "state"), ("events?state=", "state"), ("subscriptions?status=odd", "status"), ("revenue?days=0", "days")] {
            let odd = world.get(&ann, &format!("/admin/api/billing/{path}")).await.is_problem(422, "VALIDATION_FAILED");
            assert_eq!(odd["details"]["fields"][0]["field"], field, "{odd}");
        }

        let open = shop.buy(&bob, "starter").await["purchaseId"].as_str().unwrap().to_owned();
        let paid = shop.bought(&bob, "popular").await;
        shop.subscribed(&bob, "pro").await;
        let list = world.get(&ann, "/admin/api/billing/purchases?state=paid").await.json();
        assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &json!(paid)));
        assert_eq!(list["items"][0]["userId"], json!(bob.id));
        let subscriptions = world.get(&ann, "/admin/api/billing/subscriptions?status=active").await.json();
        assert_eq!((&subscriptions["total"], &subscriptions["items"][0]["item"]), (&json!(1), &json!("pro")));
        let prices = world.get(&ann, "/admin/api/billing/prices").await.json();
        assert!(prices["items"].as_array().unwrap().iter().all(|price| price["problem"].is_null()), "{prices}");

        let refund = format!("/admin/api/billing/purchases/{paid}/refund");
        let not_paid = format!("/admin/api/billing/purchases/{open}/refund");
        world.post(&ann, &not_paid, json!({})).await.is_problem(409, "NOT_PAID");
        let over = world.post(&ann, &refund, json!({ "cents": 400 })).await.is_problem(409, "REFUND_TOO_LARGE");
        assert_eq!(over["details"]["leftCents"], 399);
        world.post(&ann, &refund, json!({ "cents": 0 })).await.is_problem(422, "VALIDATION_FAILED");
        world.post(&ann, &refund, json!({ "note": "x".repeat(201) })).await.is_problem(422, "VALIDATION_FAILED");
        let key = [("idempotency-key", "r1")];
        for _ in 0..2 {
            let part = json!({ "cents": 100, "note": "half a mistake" });
            let done = world.call(&ann, Method::POST, &refund, part, &key).await;
            assert_eq!((done.status.as_u16(), &done.json()["refundedCents"]), (200, &json!(100)), "{}", done.text);
        }
        assert_eq!(shop.balance(&bob).await, 1_500 - 126, "ceil(500 * 100 / 399)");
        let refunds = world.get(&ann, "/admin/api/billing/refunds").await.json();
        assert_eq!((&refunds["total"], &refunds["items"][0]["cents"]), (&json!(1), &json!(100)));
        let unfrozen = world.post(&ann, &format!("/admin/api/billing/purchases/{paid}/unfreeze"), json!(null)).await;
        assert_eq!(unfrozen.json()["changed"], false);
        let revenue = world.get(&ann, "/admin/api/billing/revenue?days=2").await.json();
        let today = &revenue["items"][0];
        assert_eq!((&revenue["mode"], &today["packs"], &today["subscriptions"], &today["refunded"]), (&json!("test"), &json!(399), &json!(999), &json!(100)));

        let browser = world.browser(&ann).await;
        let page = world.get(&browser, "/admin/billing").await;
        assert!(page.text.contains("Paid: <span class=\"total\">$13.98</span>"), "{}", page.text);
        let page = world.get(&browser, "/admin/billing/purchases?state=paid").await;
        assert!(page.text.contains(&format!("/admin/billing/purchases/{paid}")) && page.text.contains("partly refunded"));
        let at = format!("/admin/billing/purchases/{paid}");
        assert!(world.get(&browser, &at).await.text.contains("$2.99 are left"));
        let form = [("cents", ""), ("note", "the rest"), ("once", "k1")];
        let done = world.form(&browser, &format!("{at}/refund"), &form).await;
        assert_eq!((done.status.as_u16(), done.header("location")), (303, at.as_str()), "{}", done.text);
        assert_eq!(shop.balance(&bob).await, 1_000);
        let form = [("cents", "1"), ("note", ""), ("once", "k2")];
        let over = world.form(&browser, &format!("{at}/refund"), &form).await;
        assert!(over.status == 409 && over.text.contains("role=\"alert\""), "{}", over.text);
    }

    async fn events_are_listed_with_their_outcome_and_run_again(shop) {
        let world = &shop.world;
        let ann = world.register("ann").await;
        world.promote(&ann).await;
        // An endpoint at which nobody listens: what is sent there is undelivered, and found by reconcile.
        shop.sandbox.post("/v1/webhook_endpoints", "url=http://127.0.0.1:9/&enabled_events[]=*").unwrap();
        shop.bought(&ann, "starter").await;
        let events = world.get(&ann, "/admin/api/billing/events?state=waiting").await.json();
        assert!(events["total"].as_i64().unwrap() > 0, "{events}");
        let event = events["items"][0]["id"].as_str().unwrap();
        let again = world.post(&ann, &format!("/admin/api/billing/events/{event}/run-again"), json!(null)).await;
        assert_eq!(again.status, 204, "{}", again.text);
        let browser = world.browser(&ann).await;
        let page = world.get(&browser, "/admin/billing/events?state=waiting").await;
        assert!(page.text.contains(event) && page.text.contains("Run again"), "{}", page.text);
        let form = world.form(&browser, &format!("/admin/billing/events/{event}/run-again"), &[]).await;
        assert_eq!(form.header("location"), "/admin/billing/events");
        let audit = world.get(&ann, "/admin/api/audit?action=billing.event.run-again").await.json();
        assert_eq!(audit["total"], 2, "{audit}");
    }
}
