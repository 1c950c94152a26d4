//! A service whose payments go to a sandbox in the test, where Stripe would be.

use std::time::Duration;

use serde_json::{Value, json};
use vanikeys_sandbox::{Clock, Config, Http, Sandbox};
use vanikeys_testkit::eventually;

use super::{Person, Shape, World};

/// Stripe, as it is played in the test.
#[derive(Debug)]
pub struct Till {
    pub sandbox: Sandbox,
    /// What signs events for the service.
    #[allow(dead_code, reason = "the burst of events is signed with it")]
    pub secret: String,
}

/// Starts the service in this shape, and a sandbox that sells the plan `pro` and delivers its events there.
pub async fn sandboxed(shape: Shape) -> (World, Till) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = Sandbox::new(Config::new(&base), Clock::System, 11, Http::default());
    tokio::spawn(sandbox.clone().serve(listener));
    let text = |object: &Value, key: &str| object[key].as_str().unwrap().to_owned();
    let product = text(&sandbox.post("/v1/products", "name=Plan pro").unwrap(), "id");
    let form = format!("product={product}&currency=usd&unit_amount=999&recurring[interval]=month");
    let price = text(&sandbox.post("/v1/prices", &form).unwrap(), "id");
    let endpoint = sandbox.post("/v1/webhook_endpoints", "url=http://127.0.0.1:9/&enabled_events[]=*").unwrap();
    let secret = text(&endpoint, "secret");
    let settings = [
        ("STRIPE_SECRET_KEY", "sk_test_blackbox"),
        ("STRIPE_API_BASE", base.as_str()),
        ("STRIPE_WEBHOOK_SECRET", &secret),
        ("STRIPE_PRICE_PRO", &price),
    ];
    let world = World::with(shape, &settings).await;
    let at = format!("url={}/api/billing/webhook", world.url());
    sandbox.post(&format!("/v1/webhook_endpoints/{}", text(&endpoint, "id")), &at).unwrap();
    (world, Till { sandbox, secret })
}

impl Till {
    /// Somebody orders this pack, and pays on the page with this card or account. Answers with the purchase's id.
    pub async fn buys(&self, person: &Person, pack: &str, number: &str) -> String {
        let ordered = person.api.post("/api/tokens/purchase", json!({ "pack": pack })).await.ok();
        let page = ordered["checkoutUrl"].as_str().unwrap();
        let form = format!("number={number}&email=buyer@example.org");
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let sent = client.post(page).header("content-type", "application/x-www-form-urlencoded").body(form);
        assert_eq!(sent.send().await.unwrap().status(), 303);
        ordered["purchaseId"].as_str().unwrap().to_owned()
    }
}

/// Waits until the service has looked at its prices, before which it sells nothing.
pub async fn priced(world: &World) {
    let plans = world.api();
    eventually("prices were looked at", Duration::from_secs(60), || async {
        let plans = plans.get("/api/plans").await.ok();
        plans["items"][0]["unavailable"].is_null().then_some(())
    })
    .await;
}
