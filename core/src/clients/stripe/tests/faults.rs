use std::time::Instant;

use serde_json::json;
use vanikeys_sandbox::{Effect, Fault};

use super::{
    super::api::{
        customers::{GetCustomer, ListCustomers},
        refunds::CreateRefund,
    },
    *,
};

fn status(status: u16, done: bool) -> Effect {
    Effect::Status { status, done, retry_after: None, should_retry: None }
}

fn fault(effect: Effect) -> Fault {
    Fault::next("/v1/customers", effect)
}

/// That all requests had the same key, and how they were answered.
fn answers(stand: &Stand) -> Vec<u64> {
    let sent = stand.sent();
    assert!(sent.iter().all(|(_, key)| *key == sent[0].1 && !key.is_empty()), "{sent:?}");
    sent.into_iter().map(|(status, _)| status).collect()
}

#[tokio::test]
async fn what_may_pass_is_tried_again_under_the_same_key() {
    let stand = Stand::new().await;
    for (act, code) in (0..).zip([409, 429, 500, 502, 503]) {
        stand.sandbox.add_fault(fault(status(code, false)).times(2));
        stand.customer(act).await.unwrap();
        assert_eq!(answers(&stand), [u64::from(code), u64::from(code), 200]);
    }
    assert_eq!(stand.customers(), 5);
}

#[tokio::test]
async fn three_attempts_are_all() {
    let stand = Stand::new().await;
    for (act, code) in (0..).zip([409, 429, 500]) {
        stand.sandbox.add_fault(fault(status(code, false)).times(3));
        let error = stand.customer(act).await.unwrap_err();
        let said = format!("status {code}");
        assert!(matches!(&error, Trouble::Unavailable { reason, .. } if reason.contains(&said)), "{error}");
        assert_eq!(answers(&stand).len(), 3);
    }
    stand.sandbox.add_fault(fault(Effect::Hang { done: false }).times(3));
    let error = stand.customer(3).await.unwrap_err();
    assert!(matches!(&error, Trouble::Unavailable { reason, .. } if reason == "no answer in time"), "{error}");
    assert_eq!(answers(&stand).len(), 3);
    assert_eq!(stand.customers(), 0);
    stand.customer(3).await.unwrap();
}

#[tokio::test]
async fn answers_that_are_lost_are_asked_for_again_and_nothing_is_done_twice() {
    let stand = Stand::new().await;
    let slow = Effect::Slow(Duration::from_millis(50));
    for (act, effect) in (0..).zip([Effect::Half, Effect::Cut, Effect::Hang { done: true }]) {
        stand.sandbox.add_fault(fault(effect));
        let made = stand.customer(act).await.unwrap();
        assert_eq!(answers(&stand), [200, 200]);
        assert_eq!(stand.customer(act).await.unwrap(), made);
        assert_eq!(answers(&stand), [200]);
    }
    stand.sandbox.add_fault(fault(slow));
    stand.customer(3).await.unwrap();
    assert_eq!((answers(&stand).len(), stand.customers()), (1, 4));
}

#[tokio::test]
async fn a_service_that_is_down_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let stripe = Stripe::new(&account(&base), &Trust::default(), PACE).unwrap();
    let error = stripe.get(&GetCustomer { id: "cus_1".to_owned() }).await.unwrap_err();
    assert!(matches!(&error, Trouble::Unavailable { reason, .. } if reason.contains("could not connect")), "{error}");
    assert!(!error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_failure_that_is_kept_is_told_and_the_object_can_be_found() {
    let stand = Stand::new().await;
    stand.sandbox.add_fault(fault(status(500, true)));
    let error = stand.customer(5).await.unwrap_err();
    assert!(matches!(&error, Trouble::Kept(refused) if refused.status == 500), "{error}");
    assert_eq!(answers(&stand), [500, 500]);
    let found: Vec<Customer> = stand.stripe.search(&[("instance", "i"), ("user", "5")]).await.unwrap();
    assert_eq!((found.len(), stand.customers()), (1, 1));
    let other: Vec<Customer> = stand.stripe.search(&[("instance", "i"), ("user", "6")]).await.unwrap();
    assert!(other.is_empty());
}

#[tokio::test]
async fn stripe_says_when_and_whether_to_try_again() {
    let told = |status, retry_after, should_retry| Effect::Status { status, done: false, retry_after, should_retry };
    let stand = Stand::new().await;
    stand.sandbox.add_fault(fault(told(503, None, Some(false))));
    assert!(matches!(stand.customer(1).await, Err(Trouble::Unavailable { .. })));
    assert_eq!(answers(&stand), [503]);
    stand.sandbox.add_fault(fault(told(400, None, Some(true))));
    stand.customer(2).await.unwrap();
    assert_eq!(answers(&stand), [400, 200]);

    stand.sandbox.add_fault(fault(told(429, Some(1), None)));
    let begun = Instant::now();
    stand.customer(3).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(answers(&stand), [429, 200]);

    // A wait that takes longer than is left is not begun.
    stand.sandbox.add_fault(fault(told(429, Some(60), None)));
    let error = stand.customer(4).await.unwrap_err();
    let minute = Some(Duration::from_secs(60));
    assert!(matches!(error, Trouble::Unavailable { retry_after, .. } if retry_after == minute));
    assert_eq!(answers(&stand), [429]);
}

#[tokio::test]
async fn all_attempts_share_a_time() {
    let whole = Duration::from_millis(700);
    let stand = Stand::with(Pace { whole, ..PACE }, |_| ()).await;
    stand.sandbox.add_fault(fault(Effect::Hang { done: false }).times(3));
    assert!(matches!(stand.customer(1).await, Err(Trouble::Unavailable { .. })));
    assert_eq!(answers(&stand).len(), 2);
}

#[tokio::test]
async fn odd_fields_spoil_nothing_but_themselves() {
    let stand = Stand::new().await;
    let wrong = |pointer: &str, value| fault(Effect::Wrong { pointer: pointer.to_owned(), value });
    stand.sandbox.add_fault(wrong("/email", Some(json!({ "address": "x" }))));
    assert_eq!(stand.customer(1).await.unwrap().email, None);
    stand.sandbox.add_fault(wrong("/metadata", None));
    assert!(stand.customer(2).await.unwrap().metadata.is_empty());
    stand.sandbox.add_fault(wrong("/brand_new", Some(json!([1, 2]))));
    stand.customer(3).await.unwrap();
    for (act, id) in [(4, None), (5, Some(json!(7)))] {
        stand.sent();
        stand.sandbox.add_fault(wrong("/id", id));
        let error = stand.customer(act).await.unwrap_err();
        assert!(matches!(&error, Trouble::Unreadable { path, .. } if path == "/v1/customers"), "{error}");
        assert_eq!(answers(&stand), [200]);
    }
    stand.sandbox.add_fault(wrong("/data/0/id", None));
    let all = stand.stripe.list(&ListCustomers::default()).await;
    assert!(matches!(all, Err(Trouble::Unreadable { .. })), "a list with a gap is no list");
}

#[tokio::test]
async fn refusals_say_what_and_about_which_parameter() {
    let stand = Stand::new().await;
    let refund =
        CreateRefund { payment_intent: "pi_none".to_owned(), amount: None, reason: None, metadata: Metadata::new() };
    let error = stand.stripe.send(&acting(1), "refund", &refund).await.unwrap_err();
    assert!(
        matches!(&error, Trouble::Missing(refused) if refused.param.as_deref() == Some("payment_intent")),
        "{error}"
    );
    assert_eq!(error.code(), Some("resource_missing"));
    let gone = stand.stripe.get(&GetCustomer { id: "cus_none".to_owned() }).await;
    assert!(matches!(gone, Err(Trouble::Missing(_))));
    assert_eq!(stand.sent().len(), 2);

    stand.customer(2).await.unwrap();
    let other = CreateCustomer { email: Some("bob@example.org".to_owned()), ..CreateCustomer::default() };
    let error = stand.stripe.send(&acting(2), "customer", &other).await.unwrap_err();
    let reused = |refused: &Refused| refused.status == 400 && refused.kind.as_deref() == Some("idempotency_error");
    assert!(matches!(&error, Trouble::Refused(refused) if reused(refused)), "{error}");
    stand.stripe.send(&acting(2), "another", &other).await.unwrap();
    assert_eq!(stand.customers(), 2);
}

#[tokio::test]
async fn a_key_that_is_refused_counts_as_stripe_being_away() {
    let stand = Stand::with(PACE, |config| config.secret_key = Some("sk_test_other".to_owned())).await;
    let error = stand.customer(1).await.unwrap_err();
    assert!(matches!(&error, Trouble::Unavailable { reason, .. } if reason.contains("status 401")), "{error}");
    assert_eq!(answers(&stand), [401]);
}

#[tokio::test]
async fn lists_and_searches_are_read_to_the_last_page() {
    let stand = Stand::new().await;
    for act in 0..205 {
        stand.customer(act).await.unwrap();
    }
    stand.sent();
    let all = stand.stripe.list(&ListCustomers::default()).await.unwrap();
    assert_eq!((all.len(), stand.sent().len()), (205, 3));
    assert_eq!((&all[0].metadata["user"], &all[204].metadata["user"]), (&"204".to_owned(), &"0".to_owned()));
    let found: Vec<Customer> = stand.stripe.search(&[("instance", "i")]).await.unwrap();
    assert_eq!((found.len(), stand.sent().len()), (205, 3));
    // A page that fails fails the list.
    stand.sandbox.add_fault(fault(status(500, false)).after(1).times(3));
    assert!(matches!(stand.stripe.list(&ListCustomers::default()).await, Err(Trouble::Unavailable { .. })));
}

#[tokio::test]
async fn nothing_is_asked_inside_a_transaction() {
    let stand = Stand::new().await;
    let stripe = stand.stripe.clone();
    let reading = async move { stripe.list(&ListCustomers::default()).await };
    assert!(tokio::spawn(acting::in_transaction(reading)).await.unwrap_err().is_panic());
    let stripe = stand.stripe.clone();
    let changing = async move { stripe.send(&self::acting(1), "customer", &CreateCustomer::default()).await };
    assert!(tokio::spawn(acting::in_transaction(changing)).await.unwrap_err().is_panic());
    assert!(stand.sent().is_empty());
}
