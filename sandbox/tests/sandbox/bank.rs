//! Payment intents without Checkout: confirmed, refused, asked by the bank, canceled.

use serde_json::json;

use crate::stand::{Stand, text};

const NEW: &str = "amount=499&currency=usd&automatic_payment_methods[enabled]=true&metadata[payment]=p1";

#[tokio::test]
async fn an_intent_is_confirmed_once() {
    let stand = Stand::new();
    let intent = stand.post("/v1/payment_intents", NEW).await;
    assert_eq!((&intent["status"], &intent["metadata"]["payment"]), (&json!("requires_payment_method"), &json!("p1")));
    assert!(text(&intent["client_secret"]).starts_with(text(&intent["id"])));
    let confirm = format!("/v1/payment_intents/{}/confirm", text(&intent["id"]));
    let declined = stand.refused(&confirm, "payment_method=pm_card_chargeDeclined", 402).await;
    assert_eq!((declined.error("type"), declined.error("decline_code")), ("card_error", "generic_decline"));
    assert_eq!(declined.body["error"]["payment_intent"]["status"], "requires_payment_method");
    let paid = stand.post(&confirm, "payment_method=pm_card_visa&return_url=http://shop.test/back").await;
    assert_eq!((&paid["status"], &paid["amount_received"]), (&json!("succeeded"), &json!(499)));
    let again = stand.refused(&confirm, "payment_method=pm_card_visa", 400).await;
    assert_eq!(again.error("code"), "payment_intent_unexpected_state");
    assert_eq!(stand.sandbox.objects("charge").len(), 2);
}

#[tokio::test]
async fn the_bank_asks_on_a_page_of_its_own() {
    let stand = Stand::new();
    let intent = stand.post("/v1/payment_intents", NEW).await;
    let confirm = format!("/v1/payment_intents/{}/confirm", text(&intent["id"]));
    let form = "payment_method=pm_card_authenticationRequired&return_url=http://shop.test/back";
    let asked = stand.post(&confirm, form).await;
    assert_eq!(asked["status"], "requires_action");
    let url = text(&asked["next_action"]["redirect_to_url"]["url"]);
    assert!(stand.page("GET", url, "").await.text.contains("Your bank asks"));
    let back = stand.page("POST", url, "outcome=pass").await;
    assert!(back.location.starts_with("http://shop.test/back?payment_intent=pi_"), "{}", back.location);
    assert!(back.location.ends_with("redirect_status=succeeded"), "{}", back.location);
    assert_eq!(stand.object(&intent["id"])["status"], "succeeded");
    assert_eq!(stand.page("GET", url, "").await.status, 404);
}

#[tokio::test]
async fn an_unpaid_intent_can_be_canceled() {
    let stand = Stand::new();
    let intent = stand.post("/v1/payment_intents", NEW).await;
    let path = format!("/v1/payment_intents/{}/cancel", text(&intent["id"]));
    let canceled = stand.post(&path, "cancellation_reason=abandoned").await;
    assert_eq!((&canceled["status"], &canceled["cancellation_reason"]), (&json!("canceled"), &json!("abandoned")));
    assert_eq!(stand.events().pop().unwrap(), "payment_intent.canceled");
    stand.refused(&path, "", 400).await;
}

#[tokio::test]
async fn amounts_below_the_minimum_are_refused() {
    let stand = Stand::new();
    let refused = stand.refused("/v1/payment_intents", "amount=49&currency=usd", 400).await;
    assert_eq!(refused.error("code"), "amount_too_small");
}
