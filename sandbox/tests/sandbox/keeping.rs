//! A sandbox that outlives its process, and one that is part of another site.

use serde_json::json;
use vanikeys_sandbox::{Clock, Config, Outcome, Policy, Sandbox};

use crate::stand::{Inbox, START, Stand, text};

#[tokio::test]
async fn a_sandbox_goes_on_where_another_stopped() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("pm_card_visa").await, stand.price(999, true).await);
    stand.post("/v1/webhook_endpoints", "url=http://shop.test/hook&enabled_events[]=invoice.paid").await;
    let before = stand.sandbox.changes();
    let subscription = stand.subscription(&customer, &price).await;
    assert_ne!(stand.sandbox.changes(), before);

    let (state, inbox) = (stand.sandbox.state(), Inbox::default());
    let state = serde_json::from_str(&state.to_string()).unwrap();
    let config = || Config::new("http://sandbox.test");
    let resumed = Sandbox::resume(config(), Clock::manual(START), &state, inbox.clone()).unwrap();
    for kind in ["customer", "event", "invoice", "subscription"] {
        assert_eq!(resumed.objects(kind), stand.sandbox.objects(kind), "{kind}");
    }
    // What was owed is delivered, signed with the secret that the endpoint had.
    assert_eq!(resumed.deliver_due().await, 1);
    assert!(inbox.got.lock().unwrap()[0].body.contains("invoice.paid"));
    assert_eq!(stand.sandbox.deliver_due().await, 1);
    assert_eq!(inbox.got.lock().unwrap()[0].signature, stand.inbox.got.lock().unwrap()[0].signature);
    // Ids go on, and so does time.
    let made = resumed.post("/v1/customers", "email=bob@example.org").unwrap();
    assert!(stand.sandbox.object(text(&made["id"])).is_none());
    resumed.advance(std::time::Duration::from_secs(32 * 86400));
    assert_eq!(resumed.objects("invoice").len(), 2, "the renewal of {}", subscription["id"]);

    assert!(Sandbox::resume(config(), Clock::System, &json!({ "random": 1 }), Inbox::default()).is_none());
    assert!(Sandbox::resume(config(), Clock::System, &json!([]), Inbox::default()).is_none());
}

#[tokio::test]
async fn deliveries_that_failed_are_still_owed_after_a_restart() {
    let stand = Stand::new();
    stand.post("/v1/webhook_endpoints", "url=http://shop.test/hook&enabled_events[]=customer.created").await;
    stand.inbox.answers.lock().unwrap().push_back(Outcome::Failed);
    stand.customer("").await;
    assert_eq!(stand.sandbox.deliver_due().await, 1);
    let (state, inbox) = (stand.sandbox.state(), Inbox::default());
    let config = Config::new("http://sandbox.test");
    let resumed = Sandbox::resume(config, Clock::manual(START + 3600), &state, inbox.clone()).unwrap();
    resumed.set_policy(Policy::Silent);
    assert_eq!((resumed.deliver_due().await, inbox.got.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn without_the_wire_it_refuses_the_same() {
    let stand = Stand::new();
    let refused = stand.sandbox.post("/v1/customers", "nope=1").unwrap_err();
    assert_eq!(refused["error"]["code"], "parameter_unknown");
    assert!(stand.sandbox.post("/v1/clients", "").is_err());
}

#[tokio::test]
async fn under_a_path_every_link_begins_with_it() {
    let stand = Stand::with(|config| config.base_url = "http://sandbox.test/pay".to_owned());
    let (customer, price) = (stand.customer("").await, stand.price(399, false).await);
    let session = stand.session("payment", &price, &customer).await;
    let url = text(&session["url"]).strip_prefix("http://sandbox.test/pay").expect("it is under the path");
    let shown = stand.page("GET", url, "").await;
    for link in ["href=\"/pay/c/sandbox.css\"", "action=\"/pay/c/pay/cs_test_"] {
        assert!(shown.text.contains(link), "{link} is not in {}", shown.text);
    }
    let gone = stand.page("GET", "/p/session/none", "").await;
    assert!(gone.status == 404 && gone.text.contains("/pay/c/sandbox.css"), "{}", gone.text);
}
