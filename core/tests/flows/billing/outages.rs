//! Stripe down, slow, cut off, failing after the fact; processes that die between two steps; and what reconcile makes of it.

use std::time::Duration;

use serde_json::json;
use vanikeys_core::{
    domain::{
        billing::{purchase::State, refund::RefundStatus, subscription::Status},
        plan::Plan,
        task::Queue,
    },
    flow::{
        By, Failure,
        billing::{self, RefundOrder},
        tasks,
    },
};

use super::stand::{DAY, PAYS, Shop, in_shops};
use crate::tasks as tried;

const SESSIONS: &str = "/v1/checkout/sessions";

impl Shop {
    async fn fault(&self, path: &str, effect: &serde_json::Value) {
        let mut fault = effect.clone();
        fault["path"] = path.into();
        self.control("fault", fault).await;
    }
}

in_shops! {
    async fn stripe_is_down_and_nothing_is_half_done(shop) {
        let ann = shop.user().await;
        for effect in [
            json!({ "effect": "status", "status": 500, "times": 3 }),
            json!({ "effect": "status", "status": 429, "times": 3 }),
            json!({ "effect": "status", "status": 409, "times": 3 }),
            json!({ "effect": "cut", "times": 3 }),
            json!({ "effect": "half", "times": 3 }),
        ] {
            shop.fault(SESSIONS, &effect).await;
            let key = shop.key(&ann);
            let before = shop.sandbox.objects("checkout.session").len();
            let away = billing::checkout(shop.app(), &ann, &key, "popular").await;
            assert!(matches!(away, Err(Failure::Unavailable(_))), "{effect}: {away:?}");
            // The same request may be sent again, and makes one session in all.
            let page = billing::checkout(shop.app(), &ann, &key, "popular").await.unwrap();
            assert_eq!(shop.sandbox.objects("checkout.session").len(), before + 1, "{effect}");
            shop.submit(&page.checkout_url, PAYS).await;
            shop.work().await;
        }
        assert_eq!(shop.tokens(&ann).await, (2_500, 0, 0));
        assert_eq!(shop.sandbox.objects("customer").len(), 1);
        shop.sound().await;
    }

    /// Stripe repeats such an answer under its key, so only another order goes on.
    async fn an_answer_of_wrong_types_is_told_and_the_next_order_goes_on(shop) {
        let ann = shop.user().await;
        shop.fault(SESSIONS, &json!({ "effect": "wrong", "pointer": "/id", "value": 7, "times": 1 })).await;
        let away = shop.order(&ann, "popular").await;
        assert!(matches!(away, Err(Failure::Unavailable(_))), "{away:?}");
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        shop.sound().await;
    }

    /// Stripe did it and failed to say so; it answers this key with its failure from then on.
    async fn a_kept_failure_is_resolved_by_looking_for_what_was_made(shop) {
        let ann = shop.user().await;
        let once = json!({ "effect": "status", "status": 500, "done": true });
        shop.fault("/v1/customers", &once).await;
        shop.fault(SESSIONS, &once).await;
        let page = shop.order(&ann, "popular").await.unwrap();
        assert_eq!(shop.sandbox.objects("checkout.session").len(), 1);
        assert_eq!(shop.sandbox.objects("customer").len(), 1);
        shop.submit(&page.checkout_url, PAYS).await;
        shop.work().await;
        let bought = shop.purchase(&ann, page.purchase_id).await;
        shop.fault("/v1/refunds", &once).await;
        let order = RefundOrder { purchase: bought.id, cents: None, note: None };
        billing::refund(shop.app(), &By::default(), &shop.key(&ann), &order).await.unwrap();
        assert_eq!(shop.sandbox.objects("refund").len(), 1);
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.sound().await;
    }

    /// The process died after the row and before the call: nobody has a page, and the row is closed.
    async fn a_purchase_that_never_reached_stripe_is_closed(shop) {
        let ann = shop.user().await;
        shop.fault(SESSIONS, &json!({ "effect": "status", "status": 503, "times": 3 })).await;
        assert!(shop.order(&ann, "popular").await.is_err());
        shop.fault(SESSIONS, &json!({ "effect": "status", "status": 503, "times": 3 })).await;
        assert!(shop.subscribe(&ann, Plan::Pro).await.is_err());
        assert_eq!(shop.states(&ann).await, [State::Wanted]);
        shop.reconcile().await;
        assert_eq!(shop.states(&ann).await, [State::Wanted], "it may still be under way");
        shop.pass(Duration::from_secs(700));
        let report = shop.reconcile().await;
        assert_eq!(report.repaired.len(), 2, "{report:?}");
        assert_eq!(shop.states(&ann).await, [State::Expired]);
        assert_eq!(shop.reconcile().await.repaired, [""; 0]);
    }

    /// The process died after the call and before the answer was written.
    async fn a_page_that_nobody_wrote_down_is_found_again(shop) {
        let ann = shop.user().await;
        shop.fault(SESSIONS, &json!({ "effect": "hang", "done": true, "times": 3 })).await;
        assert!(shop.order(&ann, "popular").await.is_err());
        let session = shop.sandbox.objects("checkout.session").remove(0);
        shop.pass(Duration::from_secs(700));
        shop.reconcile().await;
        assert_eq!(shop.states(&ann).await, [State::Open]);
        // And the other way round: its webhook comes first.
        let bob = shop.user().await;
        shop.fault(SESSIONS, &json!({ "effect": "hang", "done": true, "times": 3 })).await;
        assert!(shop.order(&bob, "popular").await.is_err());
        for session in [session, shop.sandbox.objects("checkout.session").remove(1)] {
            shop.submit(session["url"].as_str().unwrap(), PAYS).await;
        }
        shop.work().await;
        for one in [&ann, &bob] {
            assert_eq!(shop.states(one).await, [State::Paid]);
            assert_eq!(shop.tokens(one).await, (500, 0, 0));
        }
        shop.sound().await;
    }

    async fn a_refund_that_never_reached_stripe_is_closed(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        shop.fault("/v1/refunds", &json!({ "effect": "status", "status": 503, "times": 3 })).await;
        let order = RefundOrder { purchase: bought.id, cents: Some(100), note: None };
        assert!(billing::refund(shop.app(), &By::default(), &shop.key(&ann), &order).await.is_err());
        shop.pass(Duration::from_secs(700));
        shop.reconcile().await;
        let after = shop.purchase(&ann, bought.id).await;
        assert_eq!((after.refunds[0].status, after.refunded_cents), (RefundStatus::Refused, 0));
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        let rest = RefundOrder { cents: None, ..order };
        billing::refund(shop.app(), &By::default(), &shop.key(&ann), &rest).await.unwrap();
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.sound().await;
    }

    /// No event arrives for days: everything is found all the same, all pages of it, once.
    async fn reconcile_finds_what_no_webhook_told(shop) {
        let (ann, bob) = (shop.user().await, shop.user().await);
        shop.hold_events();
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        let plan = shop.subscribe(&bob, Plan::Pro).await.unwrap();
        shop.submit(&plan.checkout_url, PAYS).await;
        // So many events that ours are on the second page.
        for number in 0..110 {
            shop.at_stripe("/v1/customers", &format!("email=c{number}@example.org")).await;
        }
        shop.pass(Duration::from_secs(700));
        let report = shop.reconcile().await;
        assert!(report.events > 0 && report.failed.is_empty(), "{report:?}");
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        assert_eq!(shop.plan(&bob).await, Plan::Pro);
        let intent = shop.purchase(&ann, page.purchase_id).await.payment.unwrap();
        shop.at_stripe("/v1/refunds", &format!("payment_intent={intent}&amount=100")).await;
        let again = shop.reconcile().await;
        assert!(again.repaired.iter().any(|line| line.contains("refund")), "{again:?}");
        assert_eq!(shop.tokens(&ann).await, (374, 0, 0));
        let last = shop.reconcile().await;
        assert_eq!((last.repaired, last.failed), (Vec::new(), Vec::new()));
        shop.sound().await;
    }

    async fn a_payment_is_credited_by_hand_under_the_key_of_its_webhook(shop) {
        let ann = shop.user().await;
        shop.hold_events();
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        let intent = shop.sandbox.objects("payment_intent").remove(0)["id"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            let credited = billing::credit(shop.app(), &By::default(), &intent).await.unwrap();
            assert_eq!((credited.id, credited.state), (page.purchase_id, State::Paid));
        }
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        for event in shop.events("") {
            shop.deliver(&event).await;
        }
        shop.handle().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        assert!(billing::credit(shop.app(), &By::default(), "pi_none").await.is_err());
        let keys = shop.world.texts("SELECT key FROM transfers WHERE kind = 'purchase'").await;
        assert_eq!(keys, [format!("payment:{intent}")]);
        shop.sound().await;
    }

    /// A worker dies at any moment of an event: the next one does all of it, once.
    async fn an_event_whose_worker_died_is_handled_by_another(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        shop.deliver_new().await;
        for path in ["/v1/payment_intents", "/v1/charges", "/v1/checkout"] {
            shop.fault(path, &json!({ "effect": "hang", "times": 1, "method": "GET" })).await;
            let app = shop.app().clone();
            let claimed = crate::tasks::claim(&shop.world, vanikeys_core::domain::task::Queue::Webhooks).await;
            let Some(task) = claimed.into_iter().next() else { break };
            let event: serde_json::Value = serde_json::from_str(&task.payload).unwrap();
            let event = event["eventId"].as_str().unwrap().to_owned();
            let dying = tokio::spawn(async move { billing::handle(&app, &task, &event).await });
            tokio::task::yield_now().await;
            dying.abort();
            drop(dying.await);
        }
        for event in shop.events("") {
            billing::webhook::run_again(shop.app(), &By::default(), &event).await.ok();
        }
        shop.handle().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        shop.sound().await;
    }

    /// What Stripe forgot after a day is looked for before anything is sent again.
    async fn an_old_key_is_not_trusted(shop) {
        let ann = shop.user().await;
        shop.fault(SESSIONS, &json!({ "effect": "hang", "done": true, "times": 3 })).await;
        let key = shop.key(&ann);
        assert!(billing::checkout(shop.app(), &ann, &key, "popular").await.is_err());
        shop.world.pass(DAY - Duration::from_secs(1_800));
        let page = billing::checkout(shop.app(), &ann, &key, "popular").await.unwrap();
        let sessions = shop.sandbox.objects("checkout.session");
        assert_eq!((sessions.len(), sessions[0]["url"].as_str()), (1, Some(page.checkout_url.as_str())));
    }

    /// The same for a customer, whose row is older than any key.
    async fn a_customer_that_nobody_wrote_down_is_found_after_days(shop) {
        let ann = shop.user().await;
        shop.fault("/v1/customers", &json!({ "effect": "hang", "done": true, "times": 3 })).await;
        assert!(shop.order(&ann, "popular").await.is_err());
        shop.pass(2 * DAY);
        shop.buy(&ann, "popular").await;
        assert_eq!(shop.sandbox.objects("customer").len(), 1);
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
    }

    async fn an_intent_is_made_for_another_customer_if_stripe_lost_the_first(shop) {
        let ann = shop.user().await;
        shop.buy(&ann, "starter").await;
        let first = shop.sandbox.objects("customer").remove(0)["id"].as_str().unwrap().to_owned();
        shop.hold_events();
        shop.request("DELETE", &format!("/v1/customers/{first}"), "").await;
        let made = billing::intent(shop.app(), &ann, &shop.key(&ann), "popular").await.unwrap();
        assert_eq!(shop.purchase(&ann, made.payment_id).await.state, State::Open);
        assert_eq!(shop.sandbox.objects("payment_intent").len(), 2);
    }

    /// Reconcile closed the refund of a surplus subscription while Stripe was away: it is asked for all the same.
    async fn a_surplus_is_refunded_after_a_long_outage(shop) {
        let ann = shop.user().await;
        shop.hold_events();
        for plan in [Plan::Pro, Plan::Unlimited] {
            let page = shop.subscribe(&ann, plan).await.unwrap();
            assert_eq!(shop.submit(&page.checkout_url, PAYS).await, 303);
        }
        shop.fault("/v1/refunds", &json!({ "effect": "status", "status": 503, "times": 3, "method": "POST" })).await;
        for event in shop.events("") {
            shop.deliver(&event).await;
        }
        for queue in [Queue::Webhooks, Queue::Upkeep] {
            for task in tried::claim(&shop.world, queue).await {
                let ended = tried::handle(&shop.world, &task).await;
                assert_eq!(ended.is_ok(), queue == Queue::Webhooks, "{ended:?}");
                tasks::settle(shop.app(), &task, ended).await.unwrap();
            }
        }
        assert_eq!(shop.sandbox.objects("refund").len(), 0);
        shop.pass(Duration::from_secs(700));
        shop.reconcile().await;
        shop.pass(Duration::from_secs(3_600));
        shop.handle().await;
        let refunds = shop.sandbox.objects("refund");
        assert_eq!((refunds.len(), refunds[0]["amount"].as_i64()), (1, Some(9_900)));
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        shop.sound().await;
    }

    async fn a_customer_that_stripe_deleted_is_made_anew_at_checkout(shop) {
        let ann = shop.user().await;
        shop.buy(&ann, "starter").await;
        let first = shop.sandbox.objects("customer").remove(0)["id"].as_str().unwrap().to_owned();
        shop.hold_events();
        shop.request("DELETE", &format!("/v1/customers/{first}"), "").await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        for event in shop.events("") {
            shop.deliver(&event).await;
        }
        shop.handle().await;
        assert_eq!(shop.tokens(&ann).await, (600, 0, 0));
        shop.sound().await;
    }

    async fn a_subscription_that_ended_unheard_is_ended_here(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        shop.hold_events();
        shop.request("DELETE", &format!("/v1/subscriptions/{}", taken.stripe_id.unwrap()), "").await;
        shop.pass(Duration::from_secs(700));
        shop.reconcile().await;
        assert_eq!(shop.subscription(&ann, taken.id).await.status, Status::Canceled);
        assert_eq!(shop.plan(&ann).await, Plan::Free);
    }
}
