//! The address to which Stripe sends its events: a signature over the bytes lets in, nothing else.

use axum::body::Body;
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use serde_json::json;
use sha2::Sha256;
use vanikeys_core::{clients::stripe::account::Account, secret::Secret};

use super::world::{Answer, Caller, On, World};

const SECRET: &str = "whsec_test";

fn account(config: &mut vanikeys_core::config::Config) {
    config.billing.stripe = Some(Account {
        secret_key: Secret::new("sk_test_1"),
        publishable_key: None,
        webhook_secrets: vec![Secret::new(SECRET)],
        api_base: "http://127.0.0.1:9".to_owned(),
        livemode: false,
        page_origins: Vec::new(),
    });
}

fn signature(at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn send(world: &World, path: &str, header: Option<&str>, body: &str) -> Answer {
    let mut request = Caller::nobody().request(Method::POST, path);
    if let Some(header) = header {
        request = request.header("stripe-signature", header);
    }
    world.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_taken_at_both_addresses_and_only_with_a_signature() {
    let world = World::configured(On::Sqlite, account).await;
    let now = world.app.clock.now().seconds();
    for (path, id) in [("/api/billing/webhook", "evt_1"), ("/api/payments/webhook", "evt_2")] {
        let event = json!({ "id": id, "object": "event", "type": "invoice.paid", "created": now, "livemode": false,
            "data": { "object": { "id": "in_1" } } });
        let body = event.to_string();
        for _ in 0..2 {
            let taken = send(&world, path, Some(&signature(now, &body)), &body).await;
            assert_eq!((taken.status.as_u16(), taken.json()), (200, json!({ "received": true })));
        }
        send(&world, path, None, &body).await.is_problem(400, "INVALID_SIGNATURE");
        send(&world, path, Some(&signature(now - 301, &body)), &body).await.is_problem(400, "INVALID_SIGNATURE");
        send(&world, path, Some(&signature(now, &body)), &format!("{body} "))
            .await
            .is_problem(400, "INVALID_SIGNATURE");
        send(&world, path, Some(&signature(now, "no")), "no").await.is_problem(400, "INVALID_EVENT");
        let large = "x".repeat(512 * 1024 + 1);
        send(&world, path, Some(&signature(now, &large)), &large).await.is_problem(413, "BODY_TOO_LARGE");
    }
}
