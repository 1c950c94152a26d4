//! Events on their way: who gets them, how often, when, and what is listed as undelivered.

use std::time::Duration;

use serde_json::json;
use vanikeys_sandbox::{Outcome, Policy};

use crate::stand::{Stand, text};

async fn listening(events: &str) -> Stand {
    let stand = Stand::new();
    let form = format!("url=http://shop.test/hook&enabled_events[]={events}");
    stand.post("/v1/webhook_endpoints", &form).await;
    stand
}

fn got(stand: &Stand) -> usize {
    stand.inbox.got.lock().unwrap().len()
}

#[tokio::test]
async fn an_endpoint_gets_what_it_listens_to() {
    let stand = listening("customer.created").await;
    stand.customer("").await;
    stand.post("/v1/products", "name=x").await;
    assert_eq!((stand.sandbox.deliver_due().await, got(&stand)), (1, 1));
    let event = stand.sandbox.objects("event").remove(0);
    assert_eq!(stand.inbox.got.lock().unwrap()[0].event, event["id"]);
    assert_eq!(event["pending_webhooks"], 0);
}

#[tokio::test]
async fn what_is_not_taken_is_listed_and_tried_again() {
    let stand = listening("*").await;
    stand.inbox.answers.lock().unwrap().extend([Outcome::Failed, Outcome::Failed]);
    let customer = stand.customer("").await;
    stand.sandbox.deliver_due().await;
    let listed = stand.get("/v1/events?delivery_success=false").await;
    assert_eq!(listed["data"][0]["data"]["object"]["id"], customer["id"]);
    assert_eq!(stand.sandbox.deliver_due().await, 0, "not before its time");
    stand.pass(60);
    assert_eq!(stand.sandbox.deliver_due().await, 1);
    stand.pass(299);
    assert_eq!(stand.sandbox.deliver_due().await, 0);
    stand.pass(1);
    assert_eq!((stand.sandbox.deliver_due().await, got(&stand)), (1, 3));
    assert_eq!(stand.get("/v1/events?delivery_success=false").await["data"], json!([]));
    assert_eq!(stand.get("/v1/events?type=customer.*").await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn events_come_late_or_never() {
    let stand = listening("*").await;
    stand.sandbox.set_policy(Policy::late(Duration::from_secs(30)));
    stand.customer("").await;
    assert_eq!(stand.sandbox.deliver_due().await, 0);
    stand.pass(30);
    assert_eq!(stand.sandbox.deliver_due().await, 1);
    stand.sandbox.set_policy(Policy::Silent);
    stand.customer("").await;
    stand.pass(86400);
    assert_eq!(stand.sandbox.deliver_due().await, 0);
    let lost = stand.get("/v1/events?delivery_success=false").await;
    stand.sandbox.deliver_event(text(&lost["data"][0]["id"])).await;
    assert_eq!(got(&stand), 2);
}

#[tokio::test]
async fn events_come_in_any_order_up_to_three_times_and_some_never() {
    let stand = listening("*").await;
    stand.sandbox.set_policy(Policy::shuffled(Duration::from_secs(60), 20));
    for _ in 0..100 {
        stand.customer("").await;
    }
    stand.pass(60);
    stand.sandbox.deliver_due().await;
    let order: Vec<String> = stand.inbox.got.lock().unwrap().iter().map(|delivery| delivery.event.clone()).collect();
    let ids: Vec<String> = stand.sandbox.objects("event").iter().map(|event| text(&event["id"]).to_owned()).collect();
    let counts: Vec<usize> = ids.iter().map(|id| order.iter().filter(|other| *other == id).count()).collect();
    for count in 0..=3 {
        assert!(counts.contains(&count), "no event came {count} times");
    }
    let places: Vec<usize> = order.iter().map(|id| ids.iter().position(|other| other == id).unwrap()).collect();
    assert!(!places.is_sorted());
}

#[tokio::test]
async fn a_disabled_or_deleted_endpoint_is_left_alone() {
    let stand = Stand::new();
    let endpoint = stand.post("/v1/webhook_endpoints", "url=http://shop.test/hook&enabled_events[]=*").await;
    let path = format!("/v1/webhook_endpoints/{}", text(&endpoint["id"]));
    assert!(stand.get(&path).await.get("secret").is_none(), "the secret is shown once");
    assert_eq!(stand.post(&path, "disabled=true").await["status"], "disabled");
    stand.customer("").await;
    assert_eq!(stand.sandbox.deliver_due().await, 0);
    stand.post(&path, "disabled=false").await;
    stand.customer("").await;
    assert_eq!(stand.call("DELETE", &path, "", &[]).await.body["deleted"], true);
    stand.sandbox.deliver_due().await;
    assert_eq!(got(&stand), 0);
}
