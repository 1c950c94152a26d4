//! What holds for every request: ids, headers, errors for programs and for people, bodies, origins.

use axum::body::Body;
use http::{Method, header};
use serde_json::json;

use super::world::{Caller, On, World};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_to_programs_and_to_people() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    world.get(&nobody, "/api/nothing").await.is_problem(404, "NOT_FOUND");
    world.get(&nobody, "/nothing").await.is_problem(404, "NOT_FOUND");
    let page = world.get(&nobody.with("accept", "text/html"), "/nothing").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text.contains(page.header("x-request-id")));
    let program = world.get(&nobody.with("accept", "text/html"), "/api/nothing").await;
    program.is_problem(404, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_that_are_not_taken_name_those_that_are() {
    let world = World::open(On::Sqlite).await;
    let answer = world.call(&Caller::nobody(), Method::DELETE, "/api/patterns/estimate", json!(null), &[]).await;
    answer.is_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), "POST");
    let head = Caller::nobody().request(Method::HEAD, "/healthz").body(Body::empty()).unwrap();
    let head = world.send(head).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn request_ids_come_in_and_go_out() {
    let world = World::open(On::Sqlite).await;
    let named = world.get(&Caller::nobody().with("x-request-id", "from-me.1"), "/healthz").await;
    assert_eq!(named.header("x-request-id"), "from-me.1");
    let odd = world.get(&Caller::nobody().with("x-request-id", "no spaces"), "/healthz").await;
    assert!(odd.header("x-request-id").parse::<uuid::Uuid>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_strict_about_what_a_browser_may_do() {
    let world = World::open(On::Sqlite).await;
    for path in ["/", "/api/nothing", "/healthz", "/openapi.json"] {
        let answer = world.get(&Caller::nobody(), path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "this site is not on TLS");
    }
    let style = world.get(&Caller::nobody(), crate::assets::url("app.css")).await;
    assert!(style.header("cache-control").contains("immutable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_refused_by_name() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    let path = "/api/patterns/estimate";
    let send = async |kind: &str, body: String| {
        let request = nobody.request(Method::POST, path).header(header::CONTENT_TYPE, kind);
        world.send(request.body(Body::from(body)).unwrap()).await
    };
    send("text/plain", "{}".into()).await.is_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    send("application/json", "{".into()).await.is_problem(400, "MALFORMED_JSON");
    send("application/json", "x".repeat(70_000)).await.is_problem(413, "BODY_TOO_LARGE");
    let unknown = send("application/json; charset=utf-8", r#"{"pattern": {"text": "a", "tezt": 1}}"#.into()).await;
    let unknown = unknown.is_problem(422, "VALIDATION_FAILED");
    assert_eq!(unknown["details"]["fields"][0]["field"], "pattern.tezt");
    let nul = send("application/json", r#"{"pattern": {"text": "a\u0000"}}"#.into()).await;
    assert_eq!(nul.is_problem(422, "VALIDATION_FAILED")["details"]["fields"][0]["field"], "pattern.text");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_from_another_site_is_not_obeyed() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    let browser = world.browser(&ann).await;
    let order = json!({ "pattern": { "text": "ab", "kind": "contains" } });
    for headers in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.example")], &[]] {
        let answer = world.call(&browser, Method::POST, "/api/pulls/execute", order.clone(), headers).await;
        answer.is_problem(403, "FOREIGN_ORIGIN");
    }
    let same = [("sec-fetch-site", "same-origin")];
    let answer = world.call(&browser, Method::POST, "/api/pulls/execute", order.clone(), &same).await;
    assert_eq!(answer.status, 201);
    let by_token = world.call(&ann, Method::POST, "/api/pulls/execute", order, &[]).await;
    assert_eq!(by_token.status, 201, "access tokens need no origin");
    let page = world.send(
        browser.request(Method::POST, "/sign-out").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap(),
    );
    assert_eq!(page.await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_do_not_count_are_refused() {
    let world = World::open(On::Sqlite).await;
    for odd in ["x", "a.b.c", "vka_nothing", ""] {
        world.get(&Caller::bearer(odd), "/auth/me").await.is_problem(401, "UNAUTHENTICATED");
    }
    let basic = Caller::nobody().with("authorization", "Basic YTpi");
    let answer = world.get(&basic, "/auth/me").await;
    answer.is_problem(401, "UNAUTHENTICATED");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let estimate = json!({ "pattern": { "text": "ab" } });
    let wrong = world.post(&Caller::bearer("x"), "/api/patterns/estimate", estimate).await;
    wrong.is_problem(401, "UNAUTHENTICATED");
    let ended = Caller::nobody().with("cookie", "vanikeys_session=gone").with("accept", "text/html");
    assert_eq!(world.get(&ended, "/odds").await.status, 200, "a session that ended is nobody");
    let sent_away = world.get(&ended, "/app/jobs?limit=5").await;
    assert_eq!(sent_away.status, 303);
    assert_eq!(sent_away.header("location"), "/sign-in?why=needed&next=%2Fapp%2Fjobs%3Flimit%3D5");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_tells_how_it_is() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    assert_eq!(world.get(&nobody, "/healthz").await.json()["status"], "ok");
    assert_eq!(world.get(&nobody, "/readyz").await.json()["status"], "ok");
    let keys = world.get(&nobody, "/.well-known/vanikeys-receipt-keys.json").await.json();
    assert_eq!((&keys["keys"][0]["algorithm"], &keys["keys"][0]["current"]), (&"Ed25519".into(), &true.into()));
    let metrics = world.get(&nobody, "/metrics").await;
    assert!(metrics.text.contains("vanikeys_http_requests_total"), "{}", metrics.text);
    world.app.db.close().await;
    world.get(&nobody, "/readyz").await.is_problem(503, "UNAVAILABLE");
    for caller in [Caller::bearer("vka_nothing"), Caller::nobody().with("cookie", "vanikeys_session=x")] {
        assert_eq!(world.get(&caller, "/healthz").await.status, 200, "nobody is looked up");
    }
    assert_eq!(world.get(&nobody, "/healthz").await.status, 200);
}
