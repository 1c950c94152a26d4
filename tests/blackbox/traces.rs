//! Traces: a request and the task that it causes, which often another process does, come to the collector as one trace
//! that has the request's id.

use memchr::memmem;
use vanikeys_testkit::http::{Request, Sink};

use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    a_request_and_its_task_are_one_trace(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    a_request_and_its_task_are_one_trace(Shape::Fleet).await;
}

async fn a_request_and_its_task_are_one_trace(shape: Shape) {
    const ID: &str = "01a1fde6-f897-73ed-8b75-f8e7dd5ac681";
    let collector = Sink::start().await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic aGFsbG8=".to_owned()),
    ];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut world = World::with(shape, &settings).await;
    world.register("tracy").await;
    let asking = world.api().with_header("x-request-id", ID);
    asking.post("/auth/password/forgot", serde_json::json!({ "email": "tracy@example.org" })).await;
    let of = |name: &'static str| {
        let trace = hex::decode(ID.replace('-', "")).unwrap();
        move |request: &Request| {
            // An export holds spans of many traces; a span begins with its trace's id and is shorter than this.
            let spans = memmem::find_iter(&request.body, &trace).map(|at| &request.body[at..]);
            spans.map(|span| &span[..span.len().min(600)]).any(|span| memmem::find(span, name.as_bytes()).is_some())
        }
    };
    let request = collector.wait_for("the request's span", of("/auth/password/forgot")).await;
    assert_eq!((request.path.as_str(), request.header("authorization")), ("/v1/traces", "Basic aGFsbG8="));
    assert!(has(&request, b"http.response.status_code"));
    collector.wait_for("the span of the letter's task", of("emails")).await;

    // What was not sent yet is sent at the end, and an absent collector stops nobody.
    world.api().with_header("x-request-id", "the-last-one").get("/healthz").await;
    let exports = collector.requests().len();
    tokio::task::block_in_place(|| world.web.stop());
    assert!(collector.requests().len() > exports);
    drop(collector);
    tokio::task::block_in_place(|| {
        world.web.spawn();
        world.web.wait_http(world.port, "/readyz");
    });
    world.api().get("/healthz").await.ok();
}

/// Whether a protobuf message carries these bytes.
fn has(request: &Request, bytes: &[u8]) -> bool {
    memmem::find(&request.body, bytes).is_some()
}
