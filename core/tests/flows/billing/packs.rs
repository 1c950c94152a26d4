//! Packs: paid, declined, abandoned, paid late, refunded, disputed, warned of.

use serde_json::json;
use vanikeys_core::{
    domain::{
        billing::{purchase::State, refund::RefundStatus},
        task::Queue,
    },
    flow::{
        By, Failure,
        account::delete::delete,
        billing::{self, BillingRefusal, RefundOrder},
    },
};

use super::stand::{COMES_BACK, DAY, DECLINED, PAYS, REFUND_FAILS, SLOW, WARNED, in_shops};
use crate::accounts::people::{PASSWORD, actor as signed_in, password};

in_shops! {
    async fn a_pack_is_paid_and_credited_once(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        let opened = shop.purchase(&ann, page.purchase_id).await;
        assert_eq!((opened.state, opened.checkout_url.as_ref()), (State::Open, Some(&page.checkout_url)));
        assert_eq!(shop.submit(&page.checkout_url, PAYS).await, 303);
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.work().await;
        let paid = shop.purchase(&ann, page.purchase_id).await;
        assert_eq!((paid.state, paid.paid_cents, paid.checkout_url), (State::Paid, Some(399), None));
        assert!(paid.payment.unwrap().starts_with("pi_"));
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        assert_eq!(shop.told(&ann).await, ["PAYMENT_SUCCEEDED"]);
        // One customer, with our entries, and no means of payment named.
        let customers = shop.sandbox.objects("customer");
        assert_eq!(customers.len(), 1);
        assert_eq!(customers[0]["metadata"]["user"], ann.user.to_string());
        shop.buy(&ann, "starter").await;
        assert_eq!(shop.sandbox.objects("customer").len(), 1);
        assert_eq!(shop.tokens(&ann).await, (600, 0, 0));
        shop.sound().await;
    }

    async fn a_pack_is_paid_by_an_intent_of_the_clients_own(shop) {
        let ann = shop.user().await;
        let made = billing::intent(shop.app(), &ann, &shop.key(&ann), "starter").await.unwrap();
        let id = made.client_secret.split("_secret_").next().unwrap();
        shop.at_stripe(&format!("/v1/payment_intents/{id}/confirm"), "payment_method=pm_card_visa").await;
        shop.work().await;
        assert_eq!(shop.purchase(&ann, made.payment_id).await.state, State::Paid);
        assert_eq!(shop.tokens(&ann).await, (100, 0, 0));
        shop.sound().await;
    }

    async fn a_card_that_is_declined_credits_nothing_and_another_may_pay(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, DECLINED).await;
        shop.work().await;
        let declined = shop.purchase(&ann, page.purchase_id).await;
        assert_eq!((declined.state, declined.failure.as_deref()), (State::Open, Some("card_declined")));
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.submit(&page.checkout_url, PAYS).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        shop.sound().await;
    }

    async fn a_page_that_nobody_pays_expires(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.live(2 * DAY).await;
        assert_eq!(shop.purchase(&ann, page.purchase_id).await.state, State::Expired);
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
    }

    /// A bank debit: the page is complete, the money comes three days later.
    async fn what_is_paid_late_is_credited_when_the_money_is_there(shop) {
        let ann = shop.user().await;
        let bought = shop.buy_with(&ann, "popular", SLOW).await;
        assert_eq!(bought.state, State::Processing);
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.live(3 * DAY).await;
        assert_eq!(shop.purchase(&ann, bought.id).await.state, State::Paid);
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
    }

    async fn a_late_payment_that_comes_back_failed(shop) {
        let ann = shop.user().await;
        let bought = shop.buy_with(&ann, "popular", COMES_BACK).await;
        shop.live(3 * DAY).await;
        assert_eq!(shop.purchase(&ann, bought.id).await.state, State::Failed);
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        assert_eq!(shop.told(&ann).await, ["PAYMENT_FAILED"]);
    }

    async fn an_open_page_is_handed_out_again(shop) {
        let ann = shop.user().await;
        let first = shop.order(&ann, "popular").await.unwrap();
        assert_eq!(shop.order(&ann, "popular").await.unwrap(), first);
        assert_ne!(shop.order(&ann, "starter").await.unwrap().purchase_id, first.purchase_id);
        shop.pass(DAY - std::time::Duration::from_secs(300));
        assert_ne!(shop.order(&ann, "popular").await.unwrap().purchase_id, first.purchase_id);
    }

    async fn refunds_take_tokens_when_stripe_has_them(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        let order = RefundOrder { purchase: bought.id, cents: Some(100), note: Some("sorry".to_owned()) };
        let part = billing::refund(shop.app(), &By::default(), &shop.key(&ann), &order).await.unwrap();
        assert_eq!((part.refunded_cents, part.refunds[0].status), (100, RefundStatus::Succeeded));
        // ceil(500 * 100 / 399)
        assert_eq!(shop.tokens(&ann).await, (374, 0, 0));
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (374, 0, 0));
        let rest = RefundOrder { cents: None, ..order.clone() };
        billing::refund(shop.app(), &By::default(), &shop.key(&ann), &rest).await.unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        let more = billing::refund(shop.app(), &By::default(), &shop.key(&ann), &order).await;
        assert!(matches!(more, Err(Failure::Refused(BillingRefusal::TooMuch { left: 0 }))), "{more:?}");
        assert_eq!(shop.told(&ann).await, ["PAYMENT_SUCCEEDED", "PAYMENT_REFUNDED", "PAYMENT_REFUNDED"]);
        shop.sound().await;
    }

    async fn a_refund_that_fails_gives_the_tokens_back(shop) {
        let ann = shop.user().await;
        let bought = shop.buy_with(&ann, "popular", REFUND_FAILS).await;
        let order = RefundOrder { purchase: bought.id, cents: None, note: None };
        billing::refund(shop.app(), &By::default(), &shop.key(&ann), &order).await.unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.live(4 * DAY).await;
        let after = shop.purchase(&ann, bought.id).await;
        assert_eq!((after.refunded_cents, after.refunds[0].status), (0, RefundStatus::Failed));
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        shop.sound().await;
    }

    async fn a_dispute_takes_until_it_is_won(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        let dispute = shop.sandbox.open_dispute(&shop.charge(&bought), "fraudulent", false).unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.control("dispute", json!({ "dispute": dispute["id"], "status": "won" })).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        assert_eq!(shop.told(&ann).await, ["PAYMENT_SUCCEEDED", "PAYMENT_DISPUTED", "DISPUTE_ENDED"]);
        shop.sound().await;
    }

    async fn a_lost_dispute_keeps_what_it_took_and_what_was_spent_is_owed(shop) {
        let ann = shop.user().await;
        let bought = shop.buy(&ann, "popular").await;
        let mut tx = shop.app().db.begin().await.unwrap();
        let spent = shop.world.movement(ann.user, 450, vanikeys_core::domain::ledger::Kind::Pull, "pull:1");
        vanikeys_core::store::ledger::debit(&mut tx, &spent).await.unwrap();
        tx.commit().await.unwrap();
        let dispute = shop.sandbox.open_dispute(&shop.charge(&bought), "fraudulent", false).unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 450));
        shop.control("dispute", json!({ "dispute": dispute["id"], "status": "lost" })).await;
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 450));
        shop.buy(&ann, "popular").await;
        assert_eq!(shop.tokens(&ann).await, (50, 0, 0));
        shop.sound().await;
    }

    async fn a_warning_of_fraud_freezes_and_a_refund_thaws(shop) {
        let ann = shop.user().await;
        let bought = shop.buy_with(&ann, "popular", WARNED).await;
        assert!(bought.frozen);
        assert_eq!(shop.tokens(&ann).await, (500, 500, 0));
        let order = RefundOrder { purchase: bought.id, cents: None, note: None };
        billing::refund(shop.app(), &By::default(), &shop.key(&ann), &order).await.unwrap();
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (0, 0, 0));
        shop.sound().await;
        let second = shop.buy_with(&ann, "starter", WARNED).await;
        assert_eq!(shop.tokens(&ann).await, (100, 100, 0));
        assert!(billing::unfreeze(shop.app(), &By::default(), second.id).await.unwrap());
        assert!(!billing::unfreeze(shop.app(), &By::default(), second.id).await.unwrap());
        assert_eq!(shop.tokens(&ann).await, (100, 0, 0));
        shop.sound().await;
    }

    async fn an_account_buys_so_often_a_day_and_a_new_one_so_much(shop, |config| config.billing.purchases_per_day = 3) {
        let ann = shop.user().await;
        for _ in 0..3 {
            shop.buy(&ann, "starter").await;
        }
        let refused = shop.order(&ann, "starter").await;
        assert!(matches!(refused, Err(Failure::Refused(BillingRefusal::TooMany { limit: 3 }))), "{refused:?}");
        shop.pass(DAY);
        shop.order(&ann, "starter").await.unwrap();
        let new = shop.world.user(0).await;
        shop.buy(&new, "starter").await;
        let refused = shop.order(&new, "whale").await;
        assert!(matches!(refused, Err(Failure::Refused(BillingRefusal::NewAccount { .. }))), "{refused:?}");
        shop.pass(DAY);
        shop.order(&new, "whale").await.unwrap();
    }

    async fn what_is_off_is_not_sold_and_what_was_sold_is_handled(shop) {
        let ann = shop.user().await;
        let page = shop.order(&ann, "popular").await.unwrap();
        shop.submit(&page.checkout_url, PAYS).await;
        let mut shop = shop;
        let mut config = (*shop.world.app.config).clone();
        config.billing.enabled = false;
        shop.world.app.config = std::sync::Arc::new(config);
        let refused = shop.order(&ann, "starter").await;
        assert!(matches!(refused, Err(Failure::Refused(BillingRefusal::Disabled))), "{refused:?}");
        shop.work().await;
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
    }

    async fn what_nobody_sells_is_refused_by_name(shop) {
        let ann = shop.user().await;
        let refused = shop.order(&ann, "gold").await;
        let known = ["starter", "popular", "power", "whale"].map(str::to_owned).to_vec();
        assert!(
            matches!(&refused, Err(Failure::Refused(BillingRefusal::Unknown { known: list, .. })) if *list == known),
            "{refused:?}"
        );
    }

    /// Tokens that are frozen are nobody's obstacle when the account goes.
    async fn an_account_with_frozen_tokens_can_be_deleted(shop) {
        let ann = shop.world.sign_up("ann").await;
        let actor = signed_in(&ann);
        shop.buy_with(&actor, "popular", WARNED).await;
        delete(shop.app(), &actor, &password(PASSWORD)).await.unwrap();
        let forfeited = "SELECT CAST(SUM(amount) AS BIGINT) FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token'";
        assert_eq!(shop.world.number(forfeited).await, 1_500);
        assert_eq!(shop.waiting(Queue::Webhooks).await, 0);
        shop.sound().await;
    }
}
