//! Where nothing is sold, or nothing can be right now, the API and the pages say so, and nothing else changes.

use serde_json::json;

use super::{Shop, account};
use crate::tests::world::{Caller, On, World, over_both};

/// Every way to buy or change something.
const WAYS: [(&str, &str); 5] = [
    ("/api/tokens/purchase", r#"{"pack": "popular"}"#),
    ("/api/payments/create-intent", r#"{"pack": "popular"}"#),
    ("/api/plans/checkout", r#"{"plan": "pro"}"#),
    ("/api/plans/cancel", "null"),
    ("/api/plans/resume", "null"),
];

over_both! {
    async fn nothing_is_sold_without_an_account_at_stripe(world) {
        let ann = world.register("ann").await;
        for (path, body) in WAYS {
            world.post(&Caller::nobody(), path, serde_json::from_str(body).unwrap()).await.is_problem(401, "UNAUTHENTICATED");
            world.post(&ann, path, serde_json::from_str(body).unwrap()).await.is_problem(409, "NOT_SOLD_HERE");
        }
        world.get(&ann, "/api/plans/portal").await.is_problem(409, "NOT_SOLD_HERE");
        world.get(&ann, "/api/plans/subscription").await.is_problem(404, "NOT_FOUND");
        for path in ["/api/tokens/packs", "/api/plans"] {
            let offers = world.get(&Caller::nobody(), path).await.json();
            assert!(offers["closed"].as_str().unwrap().contains("nothing is sold here"), "{offers}");
        }
        let browser = world.browser(&ann).await;
        for path in ["/pricing", "/app/plan", "/app/wallet"] {
            let page = world.get(&browser, path).await;
            assert!(page.text.contains("not sold here") && !page.text.contains("<button class=\"small\""), "{path}");
            assert!(page.header("content-security-policy").contains("form-action 'self';"), "{path}");
        }
        let form = [("pack", "popular"), ("once", "k1")];
        let refused = world.form(&browser, "/app/purchases", &form).await;
        assert!(refused.status == 409 && refused.text.contains("Nothing is sold here"), "{}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_can_be_turned_off_and_what_was_bought_stays() {
    let shop = Shop::configured(On::Sqlite, |config| config.billing.enabled = false).await;
    let ann = shop.world.register("ann").await;
    for (path, body) in WAYS {
        let answer = shop.world.post(&ann, path, serde_json::from_str(body).unwrap()).await;
        answer.is_problem(503, "FEATURE_DISABLED");
    }
    let page = shop.world.get(&shop.world.browser(&ann).await, "/pricing").await;
    assert!(page.text.contains("not sold here") && page.text.contains("right now"), "{}", page.text);
    assert_eq!(shop.world.get(&ann, "/api/tokens/purchases").await.json()["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stripe_that_does_not_answer_is_503_and_charges_nothing() {
    let nobody_listens = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", nobody_listens.local_addr().unwrap());
    drop(nobody_listens);
    let world = World::configured(On::Sqlite, |config| config.billing.stripe = Some(account(&base))).await;
    let ann = world.register("ann").await;
    let (browser, order) = (world.browser(&ann).await, json!({ "pack": "popular" }));
    let form = [("pack", "popular"), ("once", "k1")];
    let (away, page) =
        tokio::join!(world.post(&ann, "/api/tokens/purchase", order), world.form(&browser, "/app/purchases", &form));
    let away_body = away.is_problem(503, "PAYMENTS_UNAVAILABLE");
    assert!(away_body["message"].as_str().unwrap().contains("Nothing was charged"), "{away_body}");
    assert!(!away.header("retry-after").is_empty());
    assert!(page.status == 503 && page.text.contains("Nothing was charged"), "{}", page.text);
    assert!(page.text.contains("<h1>Pricing</h1>"), "it is said where it was asked");
}
