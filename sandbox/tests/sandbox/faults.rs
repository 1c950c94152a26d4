//! Faults that are asked for, as a client meets them.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use vanikeys_sandbox::{Effect, Fault};

use crate::stand::Stand;

fn status(status: u16, done: bool) -> Effect {
    Effect::Status { status, done, retry_after: Some(2), should_retry: Some(true) }
}

#[tokio::test]
async fn an_error_before_the_operation_leaves_nothing_and_its_key_free() {
    let stand = Stand::new();
    let key = [("idempotency-key", "k")];
    for code in [409, 429, 500, 503] {
        stand.sandbox.add_fault(Fault::next("/v1/customers", status(code, false)).on("post"));
        let failed = stand.call("POST", "/v1/customers", "", &key).await;
        assert_eq!((failed.status, failed.header("retry-after")), (code, Some("2")));
        assert_eq!(failed.header("stripe-should-retry"), Some("true"));
    }
    assert_eq!(stand.sandbox.objects("customer").len(), 0);
    assert_eq!(stand.call("POST", "/v1/customers", "", &key).await.status, 200);
}

#[tokio::test]
async fn an_error_after_the_operation_is_kept_under_its_key() {
    let stand = Stand::new();
    let key = [("idempotency-key", "k")];
    stand.sandbox.add_fault(Fault::next("/v1/customers", status(500, true)));
    for _ in 0..2 {
        assert_eq!(stand.call("POST", "/v1/customers", "", &key).await.status, 500);
    }
    assert_eq!(stand.sandbox.objects("customer").len(), 1, "it took place all the same");
}

#[tokio::test]
async fn members_are_wrong_or_missing() {
    let stand = Stand::new();
    let wrong = |pointer: &str, value| Effect::Wrong { pointer: pointer.to_owned(), value };
    stand.sandbox.add_fault(Fault::next("/v1/customers", wrong("/id", Some(json!(5)))));
    stand.sandbox.add_fault(Fault::next("/v1/products", wrong("/metadata", None)).after(1).times(2));
    assert_eq!(stand.post("/v1/customers", "").await["id"], 5);
    let has = async |_| stand.post("/v1/products", "name=x").await.get("metadata").is_some();
    assert_eq!([has(1).await, has(2).await, has(3).await, has(4).await], [true, false, false, true]);
}

/// What comes back over a real connection until it ends or patience does.
async fn over_the_wire(stand: &Stand, key: &str, patience: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = stand.sandbox.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /v1/customers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk_test_1\r\nidempotency-key: {key}\r\n\
         connection: close\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    let read = stream.read_to_end(&mut got);
    let _ = tokio::time::timeout(patience, read).await;
    server.abort();
    String::from_utf8_lossy(&got).into_owned()
}

#[tokio::test]
async fn answers_end_in_the_middle_or_never_come() {
    let stand = Stand::new();
    stand.sandbox.add_fault(Fault::next("/v1/customers", Effect::Half));
    let long = Duration::from_secs(20);
    let half = over_the_wire(&stand, "a", long).await;
    assert!(half.contains("content-length: ") && !half.trim_end().ends_with('}'), "{half}");
    stand.sandbox.add_fault(Fault::next("/v1/customers", Effect::Cut));
    assert!(!over_the_wire(&stand, "b", long).await.contains("cus_"));
    assert_eq!(stand.sandbox.objects("customer").len(), 2);
    stand.sandbox.add_fault(Fault::next("/v1/customers", Effect::Hang { done: true }));
    stand.sandbox.add_fault(Fault::next("/v1/customers", Effect::Hang { done: false }));
    for key in ["c", "d"] {
        assert_eq!(over_the_wire(&stand, key, Duration::from_millis(200)).await, "");
    }
    let third = async {
        while stand.sandbox.objects("customer").len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(long, third).await.expect("the operation takes place though no answer comes");
}

#[tokio::test]
async fn a_key_is_in_use_until_a_slow_answer_comes() {
    let stand = Arc::new(Stand::new());
    let key = [("idempotency-key", "k")];
    stand.sandbox.add_fault(Fault::next("/v1/customers", Effect::Slow(Duration::from_secs(600))));
    let waiting = stand.clone();
    let slow = tokio::spawn(async move { waiting.call("POST", "/v1/customers", "", &key).await });
    while stand.sandbox.objects("customer").is_empty() {
        tokio::task::yield_now().await;
    }
    let meanwhile = stand.call("POST", "/v1/customers", "", &key).await;
    assert_eq!((meanwhile.status, meanwhile.error("code")), (409, "idempotency_key_in_use"));
    assert!(!slow.is_finished());
    slow.abort();
}
