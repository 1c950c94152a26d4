//! What is sold, over a sandbox that plays Stripe: the API, the pages, administration.

mod administration;
mod buying;
mod closed;
mod pages;
mod plans;

use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;
use vanikeys_core::{
    clients::stripe::account::{Account, page_origins},
    config::Config,
    domain::time::Timestamp,
    flow::billing,
    secret::Secret,
};
use vanikeys_sandbox::{Clock, Config as Played, Http, Sandbox};

use super::world::{Answer, Caller, On, World};

/// A card that pays.
const GOOD: &str = "4242424242424242";
/// A card that is declined.
const DECLINED: &str = "4000000000000002";

/// Runs the body of a test over both databases, with a site that sells.
macro_rules! over_both_selling {
    ($(async fn $name:ident($shop:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "some bodies need nothing but the shop")]
            use super::*;
            async fn body($shop: $crate::tests::shop::Shop) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::tests::shop::Shop::open($crate::tests::world::On::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body($crate::tests::shop::Shop::open($crate::tests::world::On::Postgres).await).await;
            }
        }
    )*};
}
use over_both_selling;

/// A site that sells, and who plays Stripe for it.
struct Shop {
    world: World,
    sandbox: Sandbox,
    /// Where the sandbox is.
    base: String,
}

/// The account at a Stripe that is at `base`.
fn account(base: &str) -> Account {
    Account {
        secret_key: Secret::new("sk_test_shop"),
        publishable_key: Some("pk_test_shop".to_owned()),
        webhook_secrets: vec![Secret::new("whsec_shop")],
        api_base: base.to_owned(),
        livemode: false,
        page_origins: page_origins(base),
    }
}

impl Shop {
    async fn open(on: On) -> Self {
        Self::configured(on, |_| {}).await
    }

    async fn configured(on: On, set: impl FnOnce(&mut Config)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let now = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
        let sandbox = Sandbox::new(Played::new(&base), Clock::manual(now.seconds()), 7, Http::default());
        tokio::spawn(sandbox.clone().serve(listener));
        let id = |object: Value| object["id"].as_str().unwrap().to_owned();
        let product = id(sandbox.post("/v1/products", "name=Plans").unwrap());
        let price = |cents: i64| {
            let form = format!("product={product}&currency=usd&unit_amount={cents}&recurring[interval]=month");
            id(sandbox.post("/v1/prices", &form).unwrap())
        };
        let (pro, unlimited) = (price(999), price(9_900));
        let world = World::configured(on, |config| {
            config.billing.stripe = Some(account(&base));
            (config.billing.prices.pro, config.billing.prices.unlimited) = (Some(pro), Some(unlimited));
            set(config);
        })
        .await;
        billing::setup(&world.app).await.unwrap();
        assert_eq!(billing::check_prices(&world.app).await.unwrap(), Vec::<String>::new());
        Self { world, sandbox, base }
    }

    /// Orders a pack.
    async fn buy(&self, who: &Caller, pack: &str) -> Value {
        let answer = self.world.post(who, "/api/tokens/purchase", json!({ "pack": pack })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    /// Pays on Stripe's page with a card; answers where that leads, if anywhere.
    async fn pay(&self, page: &str, card: &str) -> Option<String> {
        let path = page.strip_prefix(&self.base).unwrap();
        let form = serde_urlencoded::to_string([("number", card), ("email", "ann@example.org")]).unwrap();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let answer = self.sandbox.pages().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        drop(to_bytes(answer.into_body(), usize::MAX).await.unwrap());
        to
    }

    /// Learns what Stripe knows, some time later.
    async fn learn(&self) {
        let later = Duration::from_secs(3600);
        self.world.app.clock.advance(later);
        self.sandbox.advance(later);
        let report = billing::reconcile(&self.world.app, &Default::default()).await.unwrap();
        assert_eq!(report.failed, Vec::<String>::new());
    }

    /// Buys a pack, pays it, and learns so; answers the purchase's id.
    async fn bought(&self, who: &Caller, pack: &str) -> String {
        let ordered = self.buy(who, pack).await;
        self.pay(ordered["checkoutUrl"].as_str().unwrap(), GOOD).await.unwrap();
        self.learn().await;
        ordered["purchaseId"].as_str().unwrap().to_owned()
    }

    /// Subscribes to a plan and pays it.
    async fn subscribed(&self, who: &Caller, plan: &str) -> String {
        let answer = self.world.post(who, "/api/plans/checkout", json!({ "plan": plan })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let ordered = answer.json();
        self.pay(ordered["checkoutUrl"].as_str().unwrap(), GOOD).await.unwrap();
        self.learn().await;
        ordered["subscriptionId"].as_str().unwrap().to_owned()
    }

    async fn balance(&self, who: &Caller) -> i64 {
        self.world.get(who, "/api/tokens/balance").await.json()["balance"].as_i64().unwrap()
    }
}

/// The policy of an answer, up to where forms may lead.
fn forms_lead_to(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    policy.split(';').find(|part| part.contains("form-action")).unwrap_or_default().trim().to_owned()
}
