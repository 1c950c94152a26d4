//! The portal, receipts, and what all pages have in common.

use serde_json::{Value, json};

use crate::stand::{Stand, text};

async fn portal(stand: &Stand, customer: &Value) -> String {
    let features = "features[subscription_cancel][enabled]=true&features[payment_method_update][enabled]=true&\
                    features[invoice_history][enabled]=true";
    stand.post("/v1/billing_portal/configurations", features).await;
    let form = format!("customer={}&return_url=http://shop.test/plan", text(&customer["id"]));
    text(&stand.post("/v1/billing_portal/sessions", &form).await["url"]).to_owned()
}

#[tokio::test]
async fn the_portal_cancels_resumes_and_takes_another_card() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("pm_card_visa").await, stand.price(999, true).await);
    let subscription = stand.subscription(&customer, &price).await;
    let url = portal(&stand, &customer).await;
    let page = stand.page("GET", &url, "").await;
    assert!(page.text.contains("Thing 999") && page.text.contains("http://shop.test/plan"), "{}", page.text);
    for (action, ends) in [("cancel", true), ("resume", false)] {
        let form = format!("action={action}&subscription={}", text(&subscription["id"]));
        assert_eq!(stand.page("POST", &url, &form).await.status, 303);
        let now = stand.object(&subscription["id"]);
        assert_eq!((&now["cancel_at_period_end"], now["cancel_at"].is_i64()), (&json!(ends), ends));
        assert_eq!(stand.events().pop().unwrap(), "customer.subscription.updated");
    }
    let declined = stand.page("POST", &url, "action=card&number=4000000000000002").await;
    assert!(declined.status == 422 && declined.text.contains("role=\"alert\""), "{}", declined.text);
    assert_eq!(stand.page("POST", &url, "action=card&number=4242424242424242").await.status, 303);
    let method = stand.object(&subscription["id"])["default_payment_method"].clone();
    assert_eq!(stand.object(&customer["id"])["invoice_settings"]["default_payment_method"], method);
}

#[tokio::test]
async fn the_portal_is_of_one_customer_and_lasts_an_hour() {
    let stand = Stand::new();
    let (ann, eve) = (stand.customer("pm_card_visa").await, stand.customer("").await);
    let price = stand.price(999, true).await;
    let subscription = stand.subscription(&ann, &price).await;
    let url = portal(&stand, &eve).await;
    let form = format!("action=cancel&subscription={}", text(&subscription["id"]));
    assert_eq!(stand.page("POST", &url, &form).await.status, 422);
    assert_eq!(stand.object(&subscription["id"])["cancel_at"], json!(null));
    stand.pass(3600);
    assert_eq!(stand.page("GET", &url, "").await.status, 404);
}

#[tokio::test]
async fn pages_are_marked_need_no_script_and_write_nothing_raw() {
    let stand = Stand::new();
    let price =
        stand.post("/v1/prices", "currency=usd&unit_amount=99&product_data[name]=<script>alert(1)</script>").await;
    let session = stand.session("payment", &price, &stand.customer("").await).await;
    let page = stand.page("GET", text(&session["url"]), "").await;
    assert!(page.text.contains("Payment sandbox.") && page.text.contains("&lt;script&gt;"), "{}", page.text);
    assert!(!page.text.contains("<script"), "{}", page.text);
    let wrong = stand.submit(&session, "5555").await;
    assert!(wrong.status == 422 && wrong.text.contains("aria-invalid"), "{}", wrong.text);
    assert_eq!(stand.page("GET", "/c/pay/cs_test_none", "").await.status, 404);
    assert!(stand.page("GET", "/c/sandbox.css", "").await.text.contains("color-scheme"));
    stand.submit(&session, "4242424242424242").await;
    let charge = stand.sandbox.objects("charge").pop().unwrap();
    assert!(stand.page("GET", text(&charge["receipt_url"]), "").await.text.contains("0.99 USD"));
}
