//! Kinds of failure that others have had, by the number under which the list of cases has them. Those that have a story
//! of their own: 9 and 27 are in `signatures`, 10, 12 and 13 in `packs`, 18 and 23 in `subscriptions`, 24 and 30 in
//! `outages`.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;
use vanikeys_core::{
    domain::{
        billing::{event::EventState, purchase::State, refund::DisputeStatus, subscription::Status},
        plan::Plan,
        price::Pack,
        task::Queue,
    },
    flow::{
        By,
        billing::{self, admin, view::purchases_of, webhook},
        tasks::{self, Taken as Settled},
    },
};

use super::stand::{PAYS, Shop, in_shops};
use crate::tasks as tried;

impl Shop {
    /// Delivers everything that ever happened, in order, and handles it.
    async fn deliver_all(&self) {
        for event in self.events("") {
            self.deliver(&event).await;
        }
        self.handle().await;
    }
}

in_shops! {
    /// 1 and 2: the same event again, and fifty times at once.
    async fn case_1_and_2_an_event_delivered_fifty_times_at_once_credits_once(shop) {
        let ann = shop.user().await;
        shop.hold_events();
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        let event = shop.events("payment_intent.succeeded").remove(0);
        let deliveries = (0..50).map(|_| {
            let (sandbox, event) = (shop.sandbox.clone(), event.clone());
            tokio::spawn(async move { sandbox.deliver_event(&event).await })
        });
        for delivery in deliveries.collect::<Vec<_>>() {
            delivery.await.unwrap();
        }
        assert_eq!(shop.handle().await, 1);
        // Fifty tasks about the same payment, handled side by side.
        for _ in 0..50 {
            webhook::run_again(shop.app(), &By::default(), &event).await.unwrap();
        }
        let mut handling = Vec::new();
        for task in tried::claim(&shop.world, Queue::Webhooks).await {
            let (app, event) = (shop.app().clone(), event.clone());
            handling.push(tokio::spawn(async move {
                let ended = billing::handle(&app, &task, &event).await;
                tasks::settle(&app, &task, ended).await.unwrap()
            }));
        }
        assert_eq!(handling.len(), 50);
        for one in handling {
            assert_eq!(one.await.unwrap(), Settled::Done);
        }
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        shop.deliver_all().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        assert_eq!(shop.told(&ann).await, ["PAYMENT_SUCCEEDED"]);
        shop.sound().await;
    }

    async fn case_3_created_and_updated_race_and_make_one_row(shop) {
        let ann = shop.user().await;
        shop.hold_events();
        let page = shop.subscribe(&ann, Plan::Pro).await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        for event in shop.events("") {
            shop.deliver(&event).await;
        }
        let mut handling = Vec::new();
        for task in tried::claim(&shop.world, Queue::Webhooks).await {
            let app = shop.app().clone();
            let payload: serde_json::Value = serde_json::from_str(&task.payload).unwrap();
            let event = payload["eventId"].as_str().unwrap().to_owned();
            handling.push(tokio::spawn(async move {
                let ended = billing::handle(&app, &task, &event).await;
                tasks::settle(&app, &task, ended).await.unwrap()
            }));
        }
        for one in handling {
            assert_eq!(one.await.unwrap(), Settled::Done);
        }
        assert_eq!(shop.world.number("SELECT COUNT(*) FROM subscriptions").await, 1);
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
    }

    /// 4 and 5: what was fetched before is not written after what was fetched later.
    async fn case_4_and_5_an_older_fetch_does_not_overwrite_a_newer_one(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        shop.hold_events();
        // The slow handler fetches while nothing is refunded, and writes after the refund was written.
        let event = shop.events("payment_intent.succeeded").remove(0);
        webhook::run_again(shop.app(), &By::default(), &event).await.unwrap();
        let task = tried::claim(&shop.world, Queue::Webhooks).await.remove(0);
        let intent = bought.payment.clone().unwrap();
        shop.control("fault", json!({ "path": "/v1/charges", "method": "GET", "effect": "slow", "millis": 500 })).await;
        let app = shop.app().clone();
        let slow = tokio::spawn(async move { billing::handle(&app, &task, &event).await });
        tokio::time::sleep(Duration::from_millis(150)).await;
        shop.at_stripe("/v1/refunds", &format!("payment_intent={intent}&amount=100")).await;
        let refund = shop.events("refund.created").remove(0);
        shop.deliver(&refund).await;
        shop.handle().await;
        assert_eq!(shop.purchase(&ann, bought.id).await.refunded_cents, 100);
        slow.await.unwrap().unwrap();
        assert_eq!(shop.purchase(&ann, bought.id).await.refunded_cents, 100);
        assert_eq!(shop.tokens(&ann).await, (374, 0, 0));
        shop.sound().await;
    }

    /// 6 and 22: paid twice, in either order: the one that was ordered first stays, the other's money goes back.
    async fn case_6_and_22_of_two_paid_subscriptions_one_stays(shop) {
        for later_first in [false, true] {
            let ann = shop.user().await;
            shop.hold_events();
            let pro = shop.subscribe(&ann, Plan::Pro).await.unwrap();
            assert_eq!(shop.submit(&pro.checkout_url, PAYS).await, 303);
            let unlimited = shop.subscribe(&ann, Plan::Unlimited).await.unwrap();
            assert_eq!(shop.submit(&unlimited.checkout_url, PAYS).await, 303);
            let mut sessions = shop.events("checkout.session.completed").split_off(if later_first { 2 } else { 0 });
            if later_first {
                sessions.reverse();
            }
            for event in sessions {
                shop.deliver(&event).await;
                shop.handle().await;
            }
            shop.deliver_all().await;
            assert_eq!(shop.plan(&ann).await, Plan::Pro);
            let other = shop.subscription(&ann, unlimited.subscription_id).await;
            assert_eq!((other.status, other.entitled), (Status::Canceled, false));
            assert_eq!(shop.subscription(&ann, pro.subscription_id).await.status, Status::Active);
            let back: Vec<i64> = shop.sandbox.objects("refund").iter().map(|one| one["amount"].as_i64().unwrap()).collect();
            assert_eq!(back, vec![9_900; if later_first { 2 } else { 1 }]);
        }
        shop.sound().await;
    }

    async fn case_7_a_field_that_moved_is_not_read_as_absent(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let id = taken.stripe_id.unwrap();
        let path = format!("/v1/subscriptions/{id}");
        let moved = json!({ "path": path, "method": "GET", "effect": "wrong", "pointer": "/items/data/0/current_period_end" });
        shop.control("fault", moved).await;
        let event = shop.events("customer.subscription.created").remove(0);
        webhook::run_again(shop.app(), &By::default(), &event).await.unwrap();
        let task = tried::claim(&shop.world, Queue::Webhooks).await.remove(0);
        let ended = billing::handle(shop.app(), &task, &event).await;
        assert!(ended.is_err());
        let failed = admin::events(shop.app(), Some(EventState::Failed), 10, 0).await.unwrap();
        assert!(failed.items[0].reason.as_ref().unwrap().contains("period"), "{failed:?}");
        assert_eq!(shop.subscription(&ann, taken.id).await.period_end, taken.period_end);
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
    }

    async fn case_8_an_unexpected_field_spoils_nothing_but_itself(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        for (pointer, value) in [("/receipt_email", json!(7)), ("/payment_method_options", json!("x"))] {
            let wrong = json!({ "path": "/v1/payment_intents", "method": "GET", "effect": "wrong", "pointer": pointer, "value": value });
            shop.control("fault", wrong).await;
        }
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
    }

    async fn case_11_a_session_of_nothing_has_no_intent(shop, |config| config.tariff.packs = vec![Pack { tokens: 100, cents: 0 }]) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "starter").await;
        assert_eq!((bought.state, bought.paid_cents, bought.payment), (State::Paid, Some(0), None));
        assert_eq!(shop.tokens(&ann).await, (100, 0, 0));
        let keys = shop.world.texts("SELECT key FROM transfers WHERE kind = 'purchase'").await;
        assert!(keys[0].starts_with("checkout:cs_"), "{keys:?}");
        shop.sound().await;
    }

    /// 14 and 15: a dispute that is won gives back what it took, in tokens.
    async fn case_14_and_15_a_won_dispute_gives_back_what_it_took(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        let intent = bought.payment.clone().unwrap();
        shop.at_stripe("/v1/refunds", &format!("payment_intent={intent}&amount=99")).await;
        shop.work().await;
        let before = shop.tokens(&ann).await;
        let dispute = shop.sandbox.open_dispute(&shop.charge(&bought), "fraudulent", false).unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.control("dispute", json!({ "dispute": dispute["id"], "status": "won" })).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, before);
        shop.sound().await;
    }

    async fn case_16_an_inquiry_takes_nothing_until_it_becomes_a_dispute(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        let inquiry = shop.sandbox.open_dispute(&shop.charge(&bought), "general", true).unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        shop.control("dispute", json!({ "dispute": inquiry["id"], "status": "needs_response" })).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        let shown = shop.purchase(&ann, bought.id).await;
        assert_eq!(shown.disputes[0].status, DisputeStatus::NeedsResponse);
        shop.sound().await;
    }

    async fn case_17_a_canceled_intent_does_not_stay_pending(shop) {
        let ann = shop.user().await;
        let made = billing::intent(shop.app(), &ann, &shop.key(&ann), "starter").await.unwrap();
        let id = made.client_secret.split("_secret_").next().unwrap();
        shop.at_stripe(&format!("/v1/payment_intents/{id}/cancel"), "").await;
        shop.work().await;
        assert_eq!(shop.purchase(&ann, made.payment_id).await.state, State::Canceled);
    }

    async fn case_19_an_upgrade_that_is_not_paid_changes_nothing(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let id = taken.stripe_id.unwrap();
        let found = shop.sandbox.object(&id).unwrap();
        let (customer, item) = (found["customer"].as_str().unwrap(), found["items"]["data"][0]["id"].as_str().unwrap());
        let path = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
        let method = shop.at_stripe(path, &format!("customer={customer}")).await;
        let form = format!("default_payment_method={}", method["id"].as_str().unwrap());
        shop.at_stripe(&format!("/v1/subscriptions/{id}"), &form).await;
        let price = shop.app().config.billing.prices.unlimited.clone().unwrap();
        let form = format!(
            "items[0][id]={item}&items[0][price]={price}&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete"
        );
        shop.request("POST", &format!("/v1/subscriptions/{id}"), &form).await;
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        let latest = shop.sandbox.object(&id).unwrap()["latest_invoice"].as_str().unwrap().to_owned();
        shop.request("POST", &format!("/v1/invoices/{latest}/pay"), "payment_method=pm_card_visa").await;
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Unlimited);
    }

    async fn case_20_a_cancellation_at_a_moment_is_seen(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let end = shop.app().clock.now().seconds() + 5 * 86_400;
        let id = taken.stripe_id.unwrap();
        shop.at_stripe(&format!("/v1/subscriptions/{id}"), &format!("cancel_at={end}")).await;
        shop.work().await;
        let after = shop.subscription(&ann, taken.id).await;
        assert_eq!(after.ends_at.unwrap().seconds(), end);
        shop.world.pass(5 * crate::billing::stand::DAY);
        assert_eq!(shop.plan(&ann).await, Plan::Free);
    }

    async fn case_21_another_product_of_the_same_account_grants_nothing(shop) {
        let ann = shop.user().await;
        shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let before = shop.tokens(&ann).await;
        let form = "amount=399&currency=usd&confirm=true&payment_method=pm_card_visa&metadata[purchase]=none";
        let other = shop.at_stripe("/v1/payment_intents", form).await;
        let stolen = format!("amount=399&currency=usd&metadata[instance]=other&metadata[purchase]={}", Uuid::now_v7());
        shop.at_stripe("/v1/payment_intents", &format!("{stolen}&confirm=true&payment_method=pm_card_visa")).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, before);
        let ignored = admin::events(shop.app(), Some(EventState::Ignored), 100, 0).await.unwrap();
        let of_it = |one: &&admin::StripeEventView| one.object_id.as_deref() == other["id"].as_str() && one.kind == "payment_intent.succeeded";
        let one = ignored.items.iter().find(of_it).unwrap();
        assert!(one.reason.as_ref().unwrap().contains("did not order"), "{one:?}");
    }

    /// 24: a key that is used with other words is refused by Stripe, and what it made is found by our entries.
    async fn case_24_a_key_with_other_words_makes_no_second_customer(shop) {
        let ann = shop.world.sign_up("ann").await;
        let actor = crate::accounts::people::actor(&ann);
        let mut tx = shop.app().db.begin().await.unwrap();
        shop.world.execute(&mut tx, "UPDATE users SET created_at = 0 WHERE id = $1", actor.user).await.unwrap();
        tx.commit().await.unwrap();
        shop.control("fault", json!({ "path": "/v1/customers", "effect": "hang", "done": true, "times": 3 })).await;
        let key = shop.key(&actor);
        assert!(billing::checkout(shop.app(), &actor, &key, "popular").await.is_err());
        let mut tx = shop.app().db.begin().await.unwrap();
        shop.world.execute(&mut tx, "UPDATE users SET email = 'other@example.org' WHERE id = $1", actor.user).await.unwrap();
        tx.commit().await.unwrap();
        billing::checkout(shop.app(), &actor, &key, "popular").await.unwrap();
        assert_eq!(shop.sandbox.objects("customer").len(), 1);
    }

    /// 25: what is paid counts at once.
    async fn case_25_a_plan_counts_from_its_payment_on(shop) {
        let ann = shop.user().await;
        assert_eq!(shop.plan(&ann).await, Plan::Free);
        shop.take_plan(&ann, Plan::Pro, PAYS).await;
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
    }

    /// 26: what was acknowledged is stored, and its task owed, in one transaction.
    async fn case_26_what_was_acknowledged_is_not_lost(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        shop.deliver_new().await;
        let stored = admin::events(shop.app(), Some(EventState::Waiting), 100, 0).await.unwrap().total;
        assert!(stored > 0);
        assert_eq!(i64::try_from(shop.waiting(Queue::Webhooks).await).unwrap(), stored);
        shop.handle().await;
        assert_eq!(purchases_of(shop.app(), ann.user, 10, 0).await.unwrap().items[0].state, State::Paid);
    }

    async fn case_28_the_portal_is_ones_own(shop) {
        billing::setup(shop.app()).await.unwrap();
        let (ann, bob) = (shop.user().await, shop.user().await);
        shop.buy(&ann, "starter").await;
        shop.buy(&bob, "starter").await;
        let customer = |user: Uuid| {
            let all = shop.sandbox.objects("customer");
            let found = all.iter().find(|one| one["metadata"]["user"] == user.to_string().as_str()).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        for actor in [&ann, &bob] {
            let page = billing::portal(shop.app(), actor).await.unwrap();
            let sessions = shop.sandbox.objects("billing_portal.session");
            let session = sessions.iter().find(|one| one["url"] == page.url.as_str()).unwrap();
            assert_eq!(session["customer"], customer(actor.user).as_str());
        }
    }
}
