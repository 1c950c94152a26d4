//! Endpoints that other services call: raw bodies with a limit of their own, outside what is for people and programs
//! that sign in. And what a handler may widen: its body limit and its headers.

use axum::{
    Extension, Router,
    body::Body,
    response::Html,
    routing::{get, post},
};
use http::{Method, Request};

use super::world::{Answer, Caller, On, World};
use crate::{
    Web,
    error::Problem,
    extract::{RawBody, at_most},
    policy::Widened,
};

fn callbacks() -> Router<Web> {
    Router::new()
        .route("/provider/events", post(async |RawBody(body): RawBody| blake3::hash(&body).to_hex().to_string()))
        .route("/provider/files", post(async |RawBody(body): RawBody| body.len().to_string()).layer(at_most(1 << 20)))
        .route("/provider/broken", post(async || -> String { panic!("a handler's fault") }))
        .route("/provider/checkout", get(checkout))
}

/// A page whose form leads to the provider; as an API with a problem.
async fn checkout(request: Request<Body>) -> Result<(Extension<Widened>, Html<&'static str>), Problem> {
    if request.uri().query().is_some() {
        return Err(Problem::not_found("offer"));
    }
    Ok((Extension(Widened::default().forms_to("https://checkout.example")), Html("<form></form>")))
}

async fn world() -> World {
    World::open(On::Sqlite).await.with_callbacks(callbacks())
}

async fn send(world: &World, path: &str, body: Vec<u8>) -> Answer {
    world.send(Caller::nobody().request(Method::POST, path).body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_comes_byte_for_byte_up_to_its_limit() {
    let world = world().await;
    let body: Vec<u8> = (0..512 * 1024_u32).map(|place| place.to_le_bytes()[0] ^ 0x80).collect();
    let answer = send(&world, "/provider/events", body.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.text), (200, blake3::hash(&body).to_hex().to_string()));
    let over = send(&world, "/provider/events", [body.as_slice(), &[0]].concat()).await;
    let over = over.is_problem(413, "BODY_TOO_LARGE");
    assert!(over["message"].as_str().unwrap().contains("512 KiB"), "{over}");
    assert_eq!(over["details"]["limitBytes"], 512 * 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_may_have_a_limit_of_its_own() {
    let world = world().await;
    assert_eq!(send(&world, "/provider/files", vec![7; 1 << 20]).await.text, (1 << 20).to_string());
    let over = send(&world, "/provider/files", vec![7; (1 << 20) + 1]).await.is_problem(413, "BODY_TOO_LARGE");
    assert!(over["message"].as_str().unwrap().contains("1024 KiB"), "{over}");
    let path = "/api/patterns/validate";
    let request = Caller::nobody().request(Method::POST, path).header("content-type", "application/json");
    let over = world.send(request.body(Body::from(vec![b' '; 64 * 1024 + 1])).unwrap()).await;
    let over = over.is_problem(413, "BODY_TOO_LARGE");
    assert!(over["message"].as_str().unwrap().contains("64 KiB"), "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_who_they_are_and_nothing_is_counted() {
    let world = world().await;
    let request = Caller::bearer("nonsense")
        .with("cookie", "vanikeys_session=nonsense")
        .with("sec-fetch-site", "cross-site")
        .request(Method::POST, "/provider/events")
        .body(Body::from("{}"))
        .unwrap();
    let answer = world.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("ratelimit-limit"), "");
    assert!(!answer.header("x-request-id").is_empty());
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_problems_as_everywhere() {
    let world = world().await;
    send(&world, "/provider/broken", Vec::new()).await.is_problem(500, "INTERNAL");
    world.get(&Caller::nobody(), "/provider/events").await.is_problem(405, "METHOD_NOT_ALLOWED");
    send(&world, "/provider/nothing", Vec::new()).await.is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_let_its_forms_lead_elsewhere() {
    let world = world().await;
    let policy = |answer: &Answer| answer.header("content-security-policy").to_owned();
    let page = world.get(&Caller::nobody(), "/provider/checkout").await;
    assert!(policy(&page).contains("form-action 'self' https://checkout.example;"), "{}", policy(&page));
    assert!(policy(&page).contains("script-src 'self';"), "the rest stays");
    let problem = world.get(&Caller::nobody(), "/provider/checkout?gone").await;
    problem.is_problem(404, "NOT_FOUND");
    assert!(policy(&problem).contains("form-action 'self';"), "{}", policy(&problem));
    assert_eq!(policy(&problem), policy(&world.get(&Caller::nobody(), "/").await));
}
