//! Subscriptions over time: renewed, failed, recovered, changed, paused, ended.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stand::{START, Stand, text};

const DAY: u64 = 86400;

fn path(subscription: &Value) -> String {
    format!("/v1/subscriptions/{}", text(&subscription["id"]))
}

fn item(subscription: &Value) -> &Value {
    &subscription["items"]["data"][0]
}

async fn running(stand: &Stand, method: &str, cents: i64) -> Value {
    let (customer, price) = (stand.customer(method).await, stand.price(cents, true).await);
    let subscription = stand.subscription(&customer, &price).await;
    assert_eq!(subscription["status"], "active");
    subscription
}

/// A subscription whose card works once and fails from then on.
async fn failing(stand: &Stand) -> Value {
    let subscription = running(stand, "pm_card_visa", 999).await;
    stand.post(&path(&subscription), "default_payment_method=pm_card_chargeCustomerFail").await
}

#[tokio::test]
async fn periods_are_on_the_items_and_renew_with_a_draft_of_an_hour() {
    let stand = Stand::new();
    let subscription = running(&stand, "pm_card_visa", 999).await;
    assert!(subscription.get("current_period_end").is_none());
    assert_eq!(item(&subscription)["current_period_end"], START + 30 * 86400);
    stand.pass(30 * DAY);
    let now = stand.object(&subscription["id"]);
    assert_eq!(item(&now)["current_period_start"], START + 30 * 86400);
    let invoice = stand.object(&now["latest_invoice"]);
    assert_eq!((&invoice["status"], &invoice["billing_reason"]), (&json!("draft"), &json!("subscription_cycle")));
    stand.pass(3600);
    let invoice = stand.object(&now["latest_invoice"]);
    assert_eq!((&invoice["status"], &invoice["amount_paid"]), (&json!("paid"), &json!(999)));
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], subscription["id"]);
}

#[tokio::test]
async fn a_renewal_that_fails_is_past_due_then_recovers_by_another_card() {
    let stand = Stand::new();
    let subscription = failing(&stand).await;
    stand.pass(30 * DAY + 3600);
    let now = stand.object(&subscription["id"]);
    assert_eq!(now["status"], "past_due");
    let invoice = stand.object(&now["latest_invoice"]);
    assert_eq!(invoice["status_transitions"]["finalized_at"], START + 30 * 86400 + 3600);
    assert_eq!((&invoice["attempt_count"], invoice["next_payment_attempt"].is_i64()), (&json!(1), true));
    stand.post(&path(&subscription), "default_payment_method=pm_card_visa").await;
    let pay = format!("/v1/invoices/{}/pay", text(&invoice["id"]));
    let (paid, caused) = stand.caused(stand.post(&pay, "")).await;
    assert_eq!(paid["status"], "paid");
    assert!(caused.iter().any(|name| name == "customer.subscription.updated"), "{caused:?}");
    assert_eq!(stand.object(&subscription["id"])["status"], "active");
    assert_eq!(stand.refused(&pay, "", 400).await.error("code"), "invoice_already_paid");
}

#[tokio::test]
async fn a_period_is_over_when_a_test_says_so() {
    let stand = Stand::new();
    let subscription = failing(&stand).await;
    let id = text(&subscription["id"]);
    stand.sandbox.bring_due(id, Duration::from_secs(3_700)).unwrap();
    stand.pass(0);
    let now = stand.object(&subscription["id"]);
    assert_eq!(now["status"], "past_due");
    assert_eq!(item(&now)["current_period_start"], START - 3_700);
    assert_eq!(stand.object(&now["latest_invoice"])["status_transitions"]["finalized_at"], START - 100);
    assert_eq!(stand.sandbox.bring_due("cus_none", Duration::ZERO), None);
}

#[tokio::test]
async fn a_renewal_that_keeps_failing_ends_the_subscription() {
    let stand = Stand::new();
    let subscription = failing(&stand).await;
    stand.pass(50 * DAY);
    let now = stand.object(&subscription["id"]);
    assert_eq!(
        (&now["status"], &now["cancellation_details"]["reason"]),
        (&json!("canceled"), &json!("payment_failed"))
    );
    let failures = stand.events().iter().filter(|name| *name == "invoice.payment_failed").count();
    assert_eq!(failures, 4);
}

#[tokio::test]
async fn a_bank_that_asks_while_nobody_is_there_fails_the_renewal() {
    let stand = Stand::new();
    let subscription = running(&stand, "pm_card_visa", 999).await;
    stand.post(&path(&subscription), "default_payment_method=pm_card_authenticationRequired").await;
    stand.pass(30 * DAY + 3600);
    let now = stand.object(&subscription["id"]);
    let intent = stand.sandbox.objects("payment_intent").pop().unwrap();
    assert_eq!(
        (&now["status"], &intent["last_payment_error"]["code"]),
        (&json!("past_due"), &json!("authentication_required"))
    );
    let events = stand.sandbox.objects("event");
    assert!(events.iter().any(|event| event["type"] == "invoice.payment_action_required"));
}

#[tokio::test]
async fn an_upgrade_is_charged_for_the_rest_of_the_period() {
    let stand = Stand::new();
    let subscription = running(&stand, "pm_card_visa", 1000).await;
    let dear = stand.price(3000, true).await;
    stand.pass(15 * DAY);
    let change = format!("items[0][id]={}&items[0][price]={}", text(&item(&subscription)["id"]), text(&dear["id"]));
    let preview = format!(
        "subscription={}&subscription_details[items][0][id]={}&subscription_details[items][0][price]={}&\
         subscription_details[proration_behavior]=always_invoice",
        text(&subscription["id"]),
        text(&item(&subscription)["id"]),
        text(&dear["id"])
    );
    let preview = stand.post("/v1/invoices/create_preview", &preview).await;
    let amounts: Vec<_> =
        preview["lines"]["data"].as_array().unwrap().iter().map(|line| line["amount"].clone()).collect();
    assert_eq!((amounts, &preview["amount_due"]), (vec![json!(-500), json!(1500)], &json!(1000)));
    let form = format!("{change}&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete");
    let changed = stand.post(&path(&subscription), &form).await;
    assert_eq!((&item(&changed)["price"]["id"], &changed["pending_update"]), (&dear["id"], &json!(null)));
    assert_eq!(item(&changed)["current_period_end"], item(&subscription)["current_period_end"]);
    let invoice = stand.object(&changed["latest_invoice"]);
    assert_eq!((&invoice["amount_paid"], &invoice["billing_reason"]), (&json!(1000), &json!("subscription_update")));
}

/// A change that waits because its card is refused.
async fn waiting(stand: &Stand) -> (Value, Value) {
    let subscription = failing(stand).await;
    let dear = stand.price(9999, true).await;
    let form = format!(
        "items[0][id]={}&items[0][price]={}&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete",
        text(&item(&subscription)["id"]),
        text(&dear["id"])
    );
    let waits = stand.post(&path(&subscription), &form).await;
    assert_eq!(item(&waits)["price"]["id"], item(&subscription)["price"]["id"], "a failed upgrade changes nothing");
    assert_eq!(waits["pending_update"]["subscription_items"][0]["price"]["id"], dear["id"]);
    assert_eq!(waits["status"], "active");
    (waits, dear)
}

#[tokio::test]
async fn a_change_that_waits_is_applied_when_it_is_paid() {
    let stand = Stand::new();
    let (waits, dear) = waiting(&stand).await;
    let page = format!("/i/{}", text(&waits["latest_invoice"]));
    let paid = stand.page("POST", &page, "number=4242424242424242").await;
    assert_eq!((paid.status, paid.location), (303, page));
    let now = stand.object(&waits["id"]);
    assert_eq!((&item(&now)["price"]["id"], &now["pending_update"]), (&dear["id"], &json!(null)));
    assert!(stand.events().iter().any(|name| name == "customer.subscription.pending_update_applied"));
}

#[tokio::test]
async fn a_change_that_waits_too_long_is_given_up() {
    let stand = Stand::new();
    let (waits, _) = waiting(&stand).await;
    stand.pass(23 * 3600);
    let now = stand.object(&waits["id"]);
    assert_eq!(now["pending_update"], json!(null));
    assert_eq!(stand.object(&waits["latest_invoice"])["status"], "void");
    assert!(stand.events().iter().any(|name| name == "customer.subscription.pending_update_expired"));
}

#[tokio::test]
async fn what_cannot_go_with_a_waiting_change_is_refused() {
    let stand = Stand::new();
    let subscription = running(&stand, "pm_card_visa", 999).await;
    let form = "payment_behavior=pending_if_incomplete&metadata[a]=b";
    assert_eq!(stand.refused(&path(&subscription), form, 400).await.error("param"), "metadata");
}

#[tokio::test]
async fn a_subscription_ends_when_it_was_told_to() {
    let stand = Stand::new();
    let first = running(&stand, "pm_card_visa", 999).await;
    let at_end = stand.post(&path(&first), "cancel_at_period_end=true").await;
    assert_eq!((&at_end["status"], &at_end["cancel_at"]), (&json!("active"), &item(&first)["current_period_end"]));
    let kept = stand.post(&path(&first), "cancel_at_period_end=false").await;
    assert_eq!((&kept["cancel_at"], &kept["canceled_at"]), (&json!(null), &json!(null)));
    stand.post(&path(&first), "cancel_at_period_end=true").await;
    let second = running(&stand, "pm_card_visa", 999).await;
    stand.post(&path(&second), &format!("cancel_at={}", START + 10 * 86400)).await;
    stand.pass(10 * DAY);
    assert_eq!(stand.object(&second["id"])["status"], "canceled");
    assert_eq!(stand.object(&first["id"])["status"], "active");
    stand.pass(20 * DAY);
    assert_eq!(stand.object(&first["id"])["status"], "canceled");
    assert_eq!(stand.events().iter().filter(|name| *name == "customer.subscription.deleted").count(), 2);
    let third = running(&stand, "pm_card_visa", 999).await;
    assert_eq!(stand.call("DELETE", &path(&third), "", &[]).await.body["status"], "canceled");
    assert_eq!(stand.call("DELETE", &path(&third), "", &[]).await.status, 404);
}

#[tokio::test]
async fn a_first_payment_that_never_comes_expires() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(999, true).await);
    let form = format!("customer={}&items[0][price]={}", text(&customer["id"]), text(&price["id"]));
    stand.refused("/v1/subscriptions", &form, 400).await;
    let form = format!("{form}&payment_behavior=default_incomplete&expand[]=latest_invoice.confirmation_secret");
    let subscription = stand.post("/v1/subscriptions", &form).await;
    assert_eq!(subscription["status"], "incomplete");
    assert!(text(&subscription["latest_invoice"]["confirmation_secret"]["client_secret"]).contains("_secret_"));
    stand.pass(23 * 3600);
    assert_eq!(stand.object(&subscription["id"])["status"], "incomplete_expired");
}

#[tokio::test]
async fn collection_can_be_paused_and_a_trial_without_a_card_pauses() {
    let stand = Stand::new();
    let subscription = running(&stand, "pm_card_visa", 999).await;
    stand.post(&path(&subscription), "pause_collection[behavior]=void").await;
    stand.pass(30 * DAY + 3600);
    let now = stand.object(&subscription["id"]);
    assert_eq!((&now["status"], &stand.object(&now["latest_invoice"])["status"]), (&json!("active"), &json!("void")));
    assert_eq!(stand.post(&path(&subscription), "pause_collection=").await["pause_collection"], json!(null));

    let (customer, price) = (stand.customer("").await, stand.price(999, true).await);
    let form = format!(
        "customer={}&items[0][price]={}&trial_period_days=5&trial_settings[end_behavior][missing_payment_method]=pause",
        text(&customer["id"]),
        text(&price["id"])
    );
    let trial = stand.post("/v1/subscriptions", &form).await;
    assert_eq!(trial["status"], "trialing");
    stand.pass(5 * DAY);
    assert_eq!(stand.object(&trial["id"])["status"], "paused");
    let resumed = stand.post(&format!("{}/resume", path(&trial)), "").await;
    assert_eq!(resumed["status"], "active");
    for event in ["customer.subscription.paused", "customer.subscription.resumed"] {
        assert!(stand.events().iter().any(|name| name == event), "{event}");
    }
}

#[tokio::test]
async fn a_test_clock_moves_its_customers_only() {
    let stand = Stand::new();
    let clock = stand.post("/v1/test_helpers/test_clocks", &format!("frozen_time={}", START - 86400)).await;
    let form = format!(
        "test_clock={}&payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa",
        text(&clock["id"])
    );
    let customer = stand.post("/v1/customers", &form).await;
    let price = stand.price(999, true).await;
    let by_clock = stand.subscription(&customer, &price).await;
    let by_system = running(&stand, "pm_card_visa", 999).await;
    assert_eq!(by_clock["created"], START - 86400);
    let advance = format!("/v1/test_helpers/test_clocks/{}/advance", text(&clock["id"]));
    let advanced = stand.post(&advance, &format!("frozen_time={}", START + 32 * 86400)).await;
    assert_eq!(advanced["status"], "advancing");
    assert_eq!(stand.object(&clock["id"])["status"], "ready");
    let renewed = stand.object(&by_clock["id"]);
    assert_eq!(stand.object(&renewed["latest_invoice"])["billing_reason"], "subscription_cycle");
    assert_eq!(stand.object(&by_system["id"])["latest_invoice"], by_system["latest_invoice"]);
    stand.refused(&advance, &format!("frozen_time={START}"), 400).await;
}

#[tokio::test]
async fn invoices_are_voided_and_given_up_by_hand() {
    let stand = Stand::new();
    for (verb, event, status) in
        [("void", "invoice.voided", "void"), ("mark_uncollectible", "invoice.marked_uncollectible", "uncollectible")]
    {
        let subscription = failing(&stand).await;
        stand.pass(31 * DAY + 7200);
        let invoice = stand.object(&stand.object(&subscription["id"])["latest_invoice"]);
        let (closed, caused) =
            stand.caused(stand.post(&format!("/v1/invoices/{}/{verb}", text(&invoice["id"])), "")).await;
        assert_eq!(closed["status"], status);
        assert!(caused.iter().any(|name| name == event), "{caused:?}");
    }
}
