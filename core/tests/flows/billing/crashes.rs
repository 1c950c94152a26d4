//! Processes that die between two of the three steps: the row is committed and Stripe was not reached, or Stripe did it and
//! nobody wrote that down. Then the same request comes again, or nobody asks any more and reconcile looks.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use vanikeys_core::{
    domain::{billing::purchase::State, plan::Plan},
    flow::{
        By,
        billing::{self, RefundOrder},
    },
};
use vanikeys_testkit::eventually;

use super::stand::{PAYS, Shop, in_shops};

/// Where a process dies: what it asks of Stripe, and whether Stripe does it before that.
type Death = (&'static str, &'static str, bool);

impl Shop {
    /// Begins what `flow` does and kills it while Stripe is asked for the last thing.
    async fn dies<T: Send + 'static>(
        &self,
        (method, path, done): Death,
        flow: impl Future<Output = T> + Send + 'static,
    ) {
        let hang = json!({ "method": method, "path": path, "effect": "hang", "done": done });
        self.control("fault", hang).await;
        let dying = tokio::spawn(flow);
        eventually("Stripe is asked", Duration::from_secs(10), || async { (self.sandbox.faults() == 0).then_some(()) })
            .await;
        dying.abort();
        assert!(dying.await.is_err_and(|error| error.is_cancelled()), "it ended before it died");
        let mut tx = self.app().db.begin().await.unwrap();
        let lapse = "UPDATE idempotency_keys SET lease_until = 0 WHERE act_id <> $1";
        self.world.execute(&mut tx, lapse, Uuid::nil()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

const CHECKOUT: [Death; 4] = [
    ("POST", "/v1/customers", false),
    ("POST", "/v1/customers", true),
    ("POST", "/v1/checkout/sessions", false),
    ("POST", "/v1/checkout/sessions", true),
];

in_shops! {
    async fn a_checkout_that_died_goes_on_when_it_is_asked_for_again(shop) {
        for (number, death) in (1..).zip(CHECKOUT) {
            let ann = shop.user().await;
            let (app, actor, key) = (shop.app().clone(), ann.clone(), shop.key(&ann));
            let again = key.clone();
            shop.dies(death, async move { billing::checkout(&app, &actor, &key, "popular").await }).await;
            assert_eq!(shop.states(&ann).await, [State::Wanted], "{death:?}");
            let page = billing::checkout(shop.app(), &ann, &again, "popular").await.unwrap();
            assert_eq!(shop.submit(&page.checkout_url, PAYS).await, 303);
            shop.work().await;
            assert_eq!(shop.tokens(&ann).await, (500, 0, 0), "{death:?}");
            assert_eq!(shop.sandbox.objects("customer").len(), number, "{death:?}");
            assert_eq!(shop.sandbox.objects("checkout.session").len(), number, "{death:?}");
        }
        shop.sound().await;
    }

    async fn a_checkout_that_died_is_opened_or_closed_by_reconcile(shop) {
        for (death, state) in CHECKOUT.into_iter().zip([State::Expired, State::Expired, State::Expired, State::Open]) {
            let ann = shop.user().await;
            let (app, actor, key) = (shop.app().clone(), ann.clone(), shop.key(&ann));
            shop.dies(death, async move { billing::checkout(&app, &actor, &key, "popular").await }).await;
            shop.pass(Duration::from_secs(700));
            let report = shop.reconcile().await;
            assert_eq!((report.repaired.len(), report.failed.len()), (1, 0), "{report:?}");
            assert_eq!(shop.states(&ann).await, [state], "{death:?}");
            assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        }
        shop.sound().await;
    }

    async fn a_refund_that_died_is_one_refund(shop) {
        let deaths = [("POST", "/v1/refunds", false), ("POST", "/v1/refunds", true), ("GET", "/v1/charges", false)];
        for (number, death) in (1..).zip(deaths) {
            for repeated in [true, false] {
                let ann = shop.user().await;
                let bought = shop.buy(&ann, "popular").await;
                let (app, key) = (shop.app().clone(), shop.key(&ann));
                let order = RefundOrder { purchase: bought.id, cents: Some(200), note: None };
                let (again, same) = (key.clone(), order.clone());
                shop.dies(death, Box::pin(async move { billing::refund(&app, &By::default(), &key, &order).await })).await;
                assert_eq!(shop.tokens(&ann).await, (500, 0, 0), "{death:?}");
                if repeated {
                    let done = billing::refund(shop.app(), &By::default(), &again, &same).await.unwrap();
                    assert_eq!(done.refunded_cents, 200, "{death:?}");
                } else {
                    shop.pass(Duration::from_secs(700));
                    let report = shop.reconcile().await;
                    assert!(report.failed.is_empty() && !report.repaired.is_empty(), "{death:?} {report:?}");
                }
                shop.work().await;
                let reached = repeated || death != deaths[0];
                // 500 tokens for 399 cents: 200 cents are ceil(250.6) of them.
                let left = if reached { 249 } else { 500 };
                assert_eq!(shop.tokens(&ann).await, (left, 0, 0), "{death:?} {repeated}");
                let payment = bought.payment.clone().unwrap();
                let of_it = |refund: &&Value| refund["payment_intent"] == payment.as_str();
                let made = shop.sandbox.objects("refund");
                assert_eq!(made.iter().filter(of_it).count(), usize::from(reached), "{number}: {death:?} {repeated}");
            }
        }
        shop.sound().await;
    }

    async fn a_cancellation_that_died_is_one_cancellation(shop) {
        let path = "/v1/subscriptions/";
        for death in [("POST", path, false), ("POST", path, true), ("GET", path, false)] {
            for repeated in [true, false] {
                let ann = shop.user().await;
                let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
                let (app, actor, key) = (shop.app().clone(), ann.clone(), shop.key(&ann));
                let again = key.clone();
                shop.dies(death, Box::pin(async move { billing::cancel(&app, &actor, &key).await })).await;
                assert_eq!(shop.subscription(&ann, taken.id).await.ends_at, None, "{death:?}");
                if repeated {
                    let done = billing::cancel(shop.app(), &ann, &again).await.unwrap();
                    assert_eq!(done.ends_at, taken.period_end, "{death:?}");
                } else {
                    shop.pass(Duration::from_secs(700));
                    shop.reconcile().await;
                }
                let ends = repeated || death != ("POST", path, false);
                let now = shop.subscription(&ann, taken.id).await;
                assert_eq!(now.ends_at, taken.period_end.filter(|_| ends), "{death:?} {repeated}");
                assert_eq!(shop.plan(&ann).await, Plan::Pro);
            }
        }
        let canceled = "SELECT action FROM audit WHERE action = 'subscription.cancel'";
        assert_eq!(shop.world.texts(canceled).await.len(), 6, "a repeat is the same request");
        shop.sound().await;
    }

    /// The doctor asks Stripe too.
    async fn the_doctor_finds_what_stripe_says_otherwise(shop) {
        let ann = shop.user().await;
        shop.buy(&ann, "popular").await;
        shop.pass(Duration::from_secs(700));
        shop.sound().await;
        shop.hold_events();
        let page = shop.order(&ann, "starter").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        let intent = shop.sandbox.objects("payment_intent").remove(0)["id"].as_str().unwrap().to_owned();
        shop.at_stripe("/v1/refunds", &format!("payment_intent={intent}&amount=100")).await;
        assert_eq!(shop.broken().await, [""; 0], "what happened just now may be on its way");
        shop.pass(Duration::from_secs(700));
        assert_eq!(shop.broken().await, ["payments"]);
        shop.control("fault", json!({ "path": "/v1/", "effect": "status", "status": 503, "times": 3 })).await;
        assert_eq!(shop.broken().await, [""; 0], "who cannot be asked proves nothing");
        shop.reconcile().await;
        shop.sound().await;
    }
}
