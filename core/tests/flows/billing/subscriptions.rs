//! Plans: subscribed, renewed, failed, in grace, recovered, cancelled, refunded, two at once.

use std::time::Duration;

use serde_json::json;
use vanikeys_core::{
    domain::{billing::subscription::Status, plan::Plan},
    flow::{
        Failure,
        account::delete::delete,
        billing::{self, BillingRefusal},
    },
};

use super::stand::{DAY, FAILS_LATER, PAYS, in_shops};
use crate::accounts::people::{PASSWORD, actor as signed_in, password};

const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

in_shops! {
    async fn a_plan_is_paid_renewed_and_ended_with_its_period(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        assert_eq!((taken.status, taken.entitled, taken.ends_at), (Status::Active, true, None));
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        let first_end = taken.period_end.unwrap();
        shop.live(MONTH).await;
        let renewed = shop.subscription(&ann, taken.id).await;
        assert!(renewed.period_end.unwrap() > first_end);
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        let listed = billing::view::invoices_of(shop.app(), ann.owner(), 10, 0).await.unwrap();
        assert_eq!(listed.total, 2);
        assert!(listed.items.iter().all(|invoice| invoice.cents == 999 && invoice.url.is_some() && invoice.payment.is_some()));
        let ended = billing::cancel(shop.app(), &ann, &shop.key(&ann)).await.unwrap();
        assert_eq!(ended.ends_at, ended.period_end);
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        let kept = billing::resume(shop.app(), &ann, &shop.key(&ann)).await.unwrap();
        assert_eq!(kept.ends_at, None);
        billing::cancel(shop.app(), &ann, &shop.key(&ann)).await.unwrap();
        shop.work().await;
        // It ends at that moment, without anybody's doing.
        shop.world.pass(MONTH);
        assert_eq!(shop.plan(&ann).await, Plan::Free);
        shop.sandbox.advance(MONTH);
        shop.work().await;
        assert_eq!(shop.subscription(&ann, taken.id).await.status, Status::Canceled);
        shop.take_plan(&ann, Plan::Unlimited, PAYS).await;
        assert_eq!(shop.plan(&ann).await, Plan::Unlimited);
        shop.sound().await;
    }

    async fn a_renewal_that_fails_has_a_day_of_grace_and_recovers(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        fail_renewal(&shop, &ann, taken.stripe_id.as_deref().unwrap()).await;
        let late = shop.subscription(&ann, taken.id).await;
        assert_eq!((late.status, late.entitled), (Status::PastDue, true));
        let grace = late.grace_until.unwrap();
        assert!(shop.told(&ann).await.contains(&"PAYMENT_FAILED".to_owned()));
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        // A further attempt does not move it.
        let left = grace.since(shop.app().clock.now());
        shop.world.pass(left - Duration::from_micros(1));
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        shop.world.pass(Duration::from_micros(1));
        assert_eq!(shop.plan(&ann).await, Plan::Free);
        shop.sandbox.advance(left);
        shop.live(3 * DAY).await;
        let later = shop.subscription(&ann, taken.id).await;
        assert_eq!((later.grace_until, later.entitled), (Some(grace), false));
        // The open invoice is paid.
        pay_open_invoice(&shop, &taken.stripe_id.unwrap()).await;
        let recovered = shop.subscription(&ann, taken.id).await;
        assert_eq!((recovered.status, recovered.grace_until), (Status::Active, None));
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        shop.sound().await;
    }

    async fn a_first_payment_that_fails_grants_nothing(shop) {
        let ann = shop.user().await;
        let page = shop.subscribe(&ann, Plan::Pro).await.unwrap();
        shop.submit(&page.checkout_url, FAILS_LATER).await;
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Free);
        assert!(!shop.subscription(&ann, page.subscription_id).await.entitled);
        assert_eq!(shop.submit(&page.checkout_url, PAYS).await, 303);
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
    }

    async fn who_is_subscribed_is_sent_to_the_portal(shop) {
        let ann = shop.user().await;
        let made = billing::setup(shop.app()).await.unwrap();
        assert!(!made.made.is_empty() && billing::setup(shop.app()).await.unwrap().made.is_empty());
        shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let refused = shop.subscribe(&ann, Plan::Unlimited).await;
        let Err(Failure::Refused(BillingRefusal::AlreadySubscribed { portal: Some(portal) })) = refused else {
            panic!("{refused:?}")
        };
        assert!(portal.starts_with(&shop.base), "{portal}");
        // Another user's portal is another's.
        let bob = shop.user().await;
        let none = billing::portal(shop.app(), &bob).await;
        assert!(matches!(none, Err(Failure::Refused(BillingRefusal::NoCustomer))), "{none:?}");
    }

    async fn the_page_of_another_plan_is_closed(shop) {
        let ann = shop.user().await;
        let pro = shop.subscribe(&ann, Plan::Pro).await.unwrap();
        assert_eq!(shop.subscribe(&ann, Plan::Pro).await.unwrap(), pro);
        let unlimited = shop.subscribe(&ann, Plan::Unlimited).await.unwrap();
        shop.work().await;
        assert_eq!(shop.subscription(&ann, pro.subscription_id).await.status, Status::Expired);
        shop.submit(&unlimited.checkout_url, PAYS).await;
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Unlimited);
    }

    async fn a_refunded_plan_ends_at_once(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let invoice = billing::view::invoices_of(shop.app(), ann.owner(), 1, 0).await.unwrap().items.remove(0);
        shop.at_stripe("/v1/refunds", &format!("payment_intent={}", invoice.payment.unwrap())).await;
        shop.work().await;
        let after = shop.subscription(&ann, taken.id).await;
        assert_eq!((after.status, after.entitled), (Status::Canceled, false));
        assert_eq!(shop.plan(&ann).await, Plan::Free);
        shop.take_plan(&ann, Plan::Pro, PAYS).await;
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
    }

    async fn a_plan_whose_payment_is_lost_to_a_dispute_ends_at_once(shop) {
        let ann = shop.user().await;
        let taken = shop.take_plan(&ann, Plan::Pro, PAYS).await;
        let invoice = billing::view::invoices_of(shop.app(), ann.owner(), 1, 0).await.unwrap().items.remove(0);
        let intent = shop.sandbox.object(&invoice.payment.unwrap()).unwrap();
        let charge = intent["latest_charge"].as_str().unwrap().to_owned();
        let dispute = shop.sandbox.open_dispute(&charge, "fraudulent", false).unwrap();
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Pro);
        shop.control("dispute", json!({ "dispute": dispute["id"], "status": "lost" })).await;
        shop.work().await;
        assert_eq!(shop.plan(&ann).await, Plan::Free);
        assert_eq!(shop.subscription(&ann, taken.id).await.status, Status::Canceled);
    }

    async fn deleting_an_account_ends_its_subscription_first(shop) {
        let ann = shop.world.sign_up("ann").await;
        let actor = signed_in(&ann);
        let taken = shop.take_plan(&actor, Plan::Pro, PAYS).await;
        let id = taken.stripe_id.unwrap();
        // Stripe is away: nothing is deleted.
        let fault = json!({ "path": format!("/v1/subscriptions/{id}"), "effect": "status", "status": 503, "times": 3 });
        shop.control("fault", fault).await;
        let away = delete(shop.app(), &actor, &password(PASSWORD)).await;
        assert!(matches!(away, Err(Failure::Unavailable(_))), "{away:?}");
        assert_eq!(shop.plan(&actor).await, Plan::Pro);
        delete(shop.app(), &actor, &password(PASSWORD)).await.unwrap();
        assert_eq!(shop.sandbox.object(&id).unwrap()["status"], "canceled");
        shop.work().await;
        shop.sound().await;
    }
}

/// The card is replaced by one that is declined, and a month passes until the renewal's invoice is final.
pub async fn fail_renewal(shop: &super::stand::Shop, actor: &vanikeys_core::flow::Actor, stripe_id: &str) {
    let subscription = shop.sandbox.object(stripe_id).unwrap();
    let customer = subscription["customer"].as_str().unwrap().to_owned();
    let method =
        shop.at_stripe("/v1/payment_methods/pm_card_chargeCustomerFail/attach", &format!("customer={customer}")).await;
    let form = format!("default_payment_method={}", method["id"].as_str().unwrap());
    shop.at_stripe(&format!("/v1/subscriptions/{stripe_id}"), &form).await;
    let before = shop.told(actor).await.len();
    let hour = Duration::from_secs(3600);
    shop.pass(MONTH - 30 * hour);
    for _ in 0..60 {
        shop.pass(hour);
        shop.work().await;
        if shop.told(actor).await[before..].contains(&"PAYMENT_FAILED".to_owned()) {
            return;
        }
    }
    panic!("no renewal failed");
}

pub async fn pay_open_invoice(shop: &super::stand::Shop, stripe_id: &str) {
    let latest = shop.sandbox.object(stripe_id).unwrap()["latest_invoice"].as_str().unwrap().to_owned();
    shop.at_stripe(&format!("/v1/invoices/{latest}/pay"), "payment_method=pm_card_visa").await;
    shop.work().await;
}
