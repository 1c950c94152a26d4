//! From a customer to a paid session, and every way in which it can end otherwise.

use serde_json::json;

use crate::stand::{START, Stand, text};

#[tokio::test]
async fn a_pack_is_bought_and_told_of() {
    let stand = Stand::new();
    let endpoint = stand.post("/v1/webhook_endpoints", "url=http://shop.test/hook&enabled_events[]=*").await;
    let (customer, price) = (stand.customer("").await, stand.price(399, false).await);
    let session = stand.session("payment", &price, &customer).await;
    assert_eq!((&session["status"], &session["payment_status"]), (&json!("open"), &json!("unpaid")));
    assert_eq!((&session["amount_total"], &session["payment_intent"]), (&json!(399), &json!(null)));

    let shown = stand.page("GET", text(&session["url"]), "").await;
    assert!(shown.text.contains("1 × Thing 399") && shown.text.contains("3.99 USD"), "{}", shown.text);
    let paid = stand.submit(&session, "4242 4242 4242 4242").await;
    assert_eq!((paid.status, paid.location), (303, format!("http://shop.test/ok?s={}", text(&session["id"]))));

    let session = stand
        .get(&format!(
            "/v1/checkout/sessions/{}?expand[]=payment_intent.latest_charge&expand[]=line_items",
            text(&session["id"])
        ))
        .await;
    assert_eq!((&session["status"], &session["payment_status"]), (&json!("complete"), &json!("paid")));
    assert_eq!(session["payment_intent"]["status"], "succeeded");
    assert_eq!(session["payment_intent"]["latest_charge"]["amount_captured"], 399);
    assert_eq!(session["line_items"]["data"][0]["price"]["id"], price["id"]);
    assert_eq!(session["customer"], customer["id"]);

    let sent = stand.sandbox.deliver_due().await;
    let got = stand.inbox.got.lock().unwrap();
    assert_eq!(got.len(), sent);
    let last = got.iter().find(|delivery| delivery.body.contains("checkout.session.completed")).unwrap();
    let expected = vanikeys_sandbox::sign::header(&[text(&endpoint["secret"])], START, last.body.as_bytes());
    assert_eq!((last.signature.as_str(), last.url.as_str()), (expected.as_str(), "http://shop.test/hook"));
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_for_another() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(99, false).await);
    let session = stand.session("payment", &price, &customer).await;
    let declined = stand.submit(&session, "4000000000000002").await;
    assert_eq!(declined.status, 402);
    assert!(declined.text.contains("Your card was declined."), "{}", declined.text);
    let now = stand.object(&session["id"]);
    assert_eq!(now["status"], "open");
    let intent = stand.object(&now["payment_intent"]);
    assert_eq!(
        (&intent["status"], &intent["last_payment_error"]["decline_code"]),
        (&json!("requires_payment_method"), &json!("generic_decline"))
    );
    assert_eq!(stand.submit(&session, "4242424242424242").await.status, 303);
    assert_eq!(stand.object(&now["payment_intent"])["status"], "succeeded");
    assert_eq!(stand.events().iter().filter(|name| *name == "payment_intent.created").count(), 1);
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_on_the_page() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(99, false).await);
    for (outcome, status, events) in [
        ("pass", 303, &["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"][..]),
        ("fail", 402, &["payment_intent.payment_failed"][..]),
    ] {
        let session = stand.session("payment", &price, &customer).await;
        let asked = stand.submit(&session, "4000002760003184").await;
        assert!(asked.status == 200 && asked.text.contains("Your bank asks"), "{}", asked.text);
        let path = format!("/c/pay/{}/authenticate", text(&session["id"]));
        let (page, caused) = stand.caused(stand.page("POST", &path, &format!("outcome={outcome}"))).await;
        assert_eq!((page.status, caused.iter().map(String::as_str).collect::<Vec<_>>().as_slice()), (status, events));
    }
}

#[tokio::test]
async fn a_bank_debit_completes_first_and_is_paid_or_fails_later() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(399, false).await);
    for (number, event, status) in [
        ("000123456789", "checkout.session.async_payment_succeeded", "paid"),
        ("000111111116", "checkout.session.async_payment_failed", "unpaid"),
    ] {
        let session = stand.session("payment", &price, &customer).await;
        let (page, caused) = stand.caused(stand.submit(&session, number)).await;
        assert_eq!(page.status, 303);
        assert!(caused.iter().any(|name| name == "payment_intent.processing"), "{caused:?}");
        let now = stand.object(&session["id"]);
        assert_eq!((&now["status"], &now["payment_status"]), (&json!("complete"), &json!("unpaid")));
        stand.pass(3 * 86400);
        assert!(stand.events().iter().any(|name| name == event), "{:?}", stand.events());
        assert_eq!(stand.object(&session["id"])["payment_status"], status);
    }
}

#[tokio::test]
async fn nothing_to_pay_needs_no_intent() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(0, false).await);
    let session = stand.session("payment", &price, &customer).await;
    assert_eq!(stand.submit(&session, "4242424242424242").await.status, 303);
    let now = stand.object(&session["id"]);
    assert_eq!((&now["payment_status"], &now["payment_intent"]), (&json!("no_payment_required"), &json!(null)));
}

#[tokio::test]
async fn a_session_ends_after_a_day_or_when_told() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(99, false).await);
    let (first, second) =
        (stand.session("payment", &price, &customer).await, stand.session("payment", &price, &customer).await);
    let path = format!("/v1/checkout/sessions/{}/expire", text(&first["id"]));
    assert_eq!(stand.post(&path, "").await["status"], "expired");
    stand.refused(&path, "", 400).await;
    assert_eq!(stand.submit(&first, "4242424242424242").await.status, 410);
    stand.pass(86400);
    assert_eq!(stand.object(&second["id"])["status"], "expired");
    assert_eq!(stand.events().iter().filter(|name| *name == "checkout.session.expired").count(), 2);
}

#[tokio::test]
async fn sessions_that_make_no_sense_are_refused() {
    let stand = Stand::new();
    let (once, monthly) = (stand.price(99, false).await, stand.price(999, true).await);
    let (once, monthly) = (text(&once["id"]), text(&monthly["id"]));
    let url = "success_url=http://shop.test/ok";
    for (form, param) in [
        (format!("mode=payment&{url}"), "line_items"),
        (format!("mode=payment&{url}&line_items[0][price]={monthly}"), ""),
        (format!("mode=subscription&{url}&line_items[0][price]={once}"), ""),
        (format!("mode=payment&line_items[0][price]={once}"), "success_url"),
        (format!("mode=payment&{url}&line_items[0][price]={once}&expires_at=1"), "expires_at"),
        (
            format!("mode=payment&{url}&line_items[0][price]={once}&line_items[0][quantity]=0"),
            "line_items[0][quantity]",
        ),
        (format!("mode=payment&{url}&line_items[0][price]={once}&discounts[0][coupon]=c"), "discounts"),
    ] {
        assert_eq!(stand.refused("/v1/checkout/sessions", &form, 400).await.error("param"), param, "{form}");
    }
    let form = format!("mode=payment&{url}&line_items[0][price]=price_none");
    assert_eq!(stand.refused("/v1/checkout/sessions", &form, 404).await.error("code"), "resource_missing");
    let form = format!("mode=payment&{url}&line_items[0][price]={once}&customer=cus_none");
    assert_eq!(stand.refused("/v1/checkout/sessions", &form, 404).await.error("param"), "customer");
}

#[tokio::test]
async fn a_subscription_is_bought_at_the_second_attempt() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("").await, stand.price(999, true).await);
    let session = stand.session("subscription", &price, &customer).await;
    let (page, caused) = stand.caused(stand.submit(&session, "4000000000000002")).await;
    assert_eq!(page.status, 402);
    assert!(caused.iter().any(|name| name == "invoice.payment_failed"), "{caused:?}");
    assert_eq!(stand.object(&session["id"])["subscription"], json!(null));
    assert_eq!(stand.submit(&session, "4242424242424242").await.status, 303);
    let session = stand.object(&session["id"]);
    let subscription = stand.object(&session["subscription"]);
    assert_eq!((&subscription["status"], &subscription["customer"]), (&json!("active"), &customer["id"]));
    assert!(subscription["default_payment_method"].is_string());
    assert_eq!((&session["invoice"], &session["payment_intent"]), (&subscription["latest_invoice"], &json!(null)));
    assert_eq!(stand.object(&session["invoice"])["status"], "paid");
    assert_eq!(stand.sandbox.objects("subscription").len(), 1);
}

#[tokio::test]
async fn a_trial_is_bought_without_a_payment() {
    let stand = Stand::new();
    let price = stand.price(999, true).await;
    let form = format!(
        "mode=subscription&success_url=http://shop.test/ok&line_items[0][price]={}&subscription_data[trial_period_days]=7&\
         subscription_data[metadata][plan]=pro&customer_email=eve@example.org",
        text(&price["id"])
    );
    let session = stand.post("/v1/checkout/sessions", &form).await;
    assert_eq!(stand.submit(&session, "4242424242424242").await.status, 303);
    let session = stand.object(&session["id"]);
    assert_eq!(session["payment_status"], "no_payment_required");
    let subscription = stand.object(&session["subscription"]);
    assert_eq!((&subscription["status"], &subscription["metadata"]["plan"]), (&json!("trialing"), &json!("pro")));
    stand.pass(4 * 86400);
    assert!(stand.events().iter().any(|name| name == "customer.subscription.trial_will_end"));
    stand.pass(3 * 86400 + 3600);
    let subscription = stand.object(&session["subscription"]);
    assert_eq!(subscription["status"], "active");
    assert_eq!(stand.object(&subscription["latest_invoice"])["amount_paid"], 999);
}
