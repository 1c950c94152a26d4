//! Packs through the API.

use http::Method;
use serde_json::json;
use uuid::Uuid;

use super::{DECLINED, GOOD, Shop, over_both_selling};
use crate::tests::world::{Caller, On};

over_both_selling! {
    async fn a_pack_is_bought_once_and_credited_when_it_is_paid(shop) {
        let world = &shop.world;
        let (ann, bob, nobody) = (world.register("ann").await, world.register("bob").await, Caller::nobody());
        let packs = world.get(&nobody, "/api/tokens/packs").await.json();
        assert_eq!((&packs["closed"], &packs["test"]), (&json!(null), &json!(true)));
        assert_eq!((&packs["items"][1]["key"], &packs["items"][1]["cents"]), (&json!("popular"), &json!(399)));
        let order = json!({ "pack": "popular" });
        world.post(&nobody, "/api/tokens/purchase", order.clone()).await.is_problem(401, "UNAUTHENTICATED");
        let unknown = world.post(&ann, "/api/tokens/purchase", json!({ "pack": "huge" })).await;
        let unknown = unknown.is_problem(422, "NOT_FOR_SALE");
        assert_eq!(unknown["details"]["known"], json!(["starter", "popular", "power", "whale"]));

        let key = [("idempotency-key", "b1")];
        let first = world.call(&ann, Method::POST, "/api/tokens/purchase", order.clone(), &key).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let again = world.call(&ann, Method::POST, "/api/tokens/purchase", order.clone(), &key).await;
        assert_eq!(again.json(), first.json(), "the same key buys once");
        let other = json!({ "pack": "power" });
        let other = world.call(&ann, Method::POST, "/api/tokens/purchase", other, &key).await;
        other.is_problem(422, "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(shop.buy(&ann, "popular").await, first.json(), "an open page is handed out again");

        let (page, id) = (first.json()["checkoutUrl"].clone(), first.json()["purchaseId"].clone());
        let path = format!("/api/tokens/purchases/{}", id.as_str().unwrap());
        assert_eq!(first.header("location"), path);
        let open = world.get(&ann, &path).await;
        assert_eq!((&open.json()["state"], open.header("retry-after")), (&json!("open"), "2"));
        let known = world.get(&ann.with("if-none-match", open.header("etag")), &path).await;
        assert_eq!((known.status.as_u16(), known.text.as_str(), known.header("retry-after")), (304, "", "2"));
        world.get(&nobody, &path).await.is_problem(401, "UNAUTHENTICATED");
        world.get(&bob, &path).await.is_problem(404, "NOT_FOUND");
        world.get(&ann, &format!("/api/tokens/purchases/{}", Uuid::now_v7())).await.is_problem(404, "NOT_FOUND");

        let page = page.as_str().unwrap();
        assert_eq!(shop.pay(page, DECLINED).await, None, "the page stays");
        shop.learn().await;
        assert_eq!((world.get(&ann, &path).await.json()["state"].clone(), shop.balance(&ann).await), (json!("open"), 1_000));
        assert_eq!(shop.pay(page, GOOD).await, Some(format!("{}/app/purchases/{}", world.app.config.public_url.origin, id.as_str().unwrap())));
        shop.learn().await;
        let paid = world.get(&ann.with("if-none-match", open.header("etag")), &path).await;
        let body = paid.json();
        assert_eq!((&body["state"], &body["paidCents"], paid.header("retry-after")), (&json!("paid"), &json!(399), ""));
        assert!(body["payment"].as_str().unwrap().starts_with("pi_") && body["receiptUrl"].is_string(), "{body}");
        assert_eq!(shop.balance(&ann).await, 1_500);
        let list = world.get(&ann, "/api/tokens/purchases?limit=1").await.json();
        assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &id));
        assert_eq!(world.get(&bob, "/api/tokens/purchases").await.json()["total"], 0);
        world.get(&nobody, "/api/tokens/purchases").await.is_problem(401, "UNAUTHENTICATED");
    }

    async fn a_client_with_a_page_of_its_own_gets_an_intent(shop) {
        let world = &shop.world;
        let ann = world.register("ann").await;
        let path = "/api/payments/create-intent";
        world.post(&Caller::nobody(), path, json!({ "pack": "starter" })).await.is_problem(401, "UNAUTHENTICATED");
        world.post(&ann, path, json!({ "pack": "huge" })).await.is_problem(422, "NOT_FOR_SALE");
        let key = [("idempotency-key", "i1")];
        let made = world.call(&ann, Method::POST, path, json!({ "pack": "100" }), &key).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let again = world.call(&ann, Method::POST, path, json!({ "pack": "100" }), &key).await;
        assert_eq!(again.json(), made.json());
        let body = made.json();
        assert!(body["clientSecret"].as_str().unwrap().contains("_secret_"), "{body}");
        assert_eq!(body["publishableKey"], "pk_test_shop");
        let purchase = world.get(&ann, made.header("location")).await.json();
        assert_eq!((&purchase["id"], &purchase["way"], &purchase["state"]), (&body["paymentId"], &json!("intent"), &json!("open")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_buys_no_more_than_it_may_in_a_day() {
    let shop = Shop::configured(On::Sqlite, |config| config.billing.purchases_per_day = 2).await;
    let (ann, bob) = (shop.world.register("ann").await, shop.world.register("bob").await);
    shop.bought(&ann, "starter").await;
    shop.bought(&ann, "popular").await;
    let over = shop.world.post(&ann, "/api/tokens/purchase", json!({ "pack": "power" })).await;
    assert_eq!(over.is_problem(429, "TOO_MANY_PURCHASES")["details"]["limit"], 2);
    shop.bought(&bob, "whale").await;
    let over = shop.world.post(&bob, "/api/tokens/purchase", json!({ "pack": "starter" })).await;
    let over = over.is_problem(429, "NEW_ACCOUNT_LIMIT");
    assert_eq!(over["details"]["tokens"], 10_000);
    assert!(over["details"]["until"].is_string(), "{over}");
}
