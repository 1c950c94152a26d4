//! Bodies, patterns, ids and list bounds that will not do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Person, World};

pub async fn check(world: &World) {
    let jo = world.register("joan").await;
    envelopes(&jo).await;
    fields(&jo).await;
    patterns(&jo).await;
    addresses(&jo).await;
    registrations(world).await;
}

async fn envelopes(jo: &Person) {
    let path = "/api/pulls/execute";
    let raw = |kind: &'static str, body: String| {
        Answer::of(jo.api.request(Method::POST, path).header("content-type", kind).body(body))
    };
    raw("application/json", "{".to_owned()).await.refused(400, "MALFORMED_JSON");
    raw("application/json", String::new()).await.refused(400, "MALFORMED_JSON");
    raw("application/json", "\u{feff}{}".to_owned()).await.refused(400, "MALFORMED_JSON");
    raw("application/json", "[".repeat(20_000)).await.refused(400, "MALFORMED_JSON");
    raw("text/plain", "{}".to_owned()).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    raw("application/json", format!("\"{}\"", "x".repeat(70_000))).await.refused(413, "BODY_TOO_LARGE");
    for body in ["null", "[]", "3", "\"text\"", "{}"] {
        raw("application/json", body.to_owned()).await.refused(422, "VALIDATION_FAILED");
    }
    jo.api.get(path).await.refused(405, "METHOD_NOT_ALLOWED");
    for key in [" ", "a b", &"k".repeat(256)] {
        let keyed = jo.api.with_header("idempotency-key", key);
        let answer = keyed.post(path, json!({ "pattern": { "text": "e", "kind": "prefix" } })).await;
        answer.refused(400, "INVALID_IDEMPOTENCY_KEY");
    }
}

async fn fields(jo: &Person) {
    let pattern = json!({ "text": "e", "kind": "prefix" });
    let wrong = [
        (json!({ "pattern": pattern, "surprise": 1 }), "surprise"),
        (json!({ "pattern": { "text": "e", "kind": "prefix", "surprise": 1 } }), "surprise"),
        (json!({ "pattern": { "kind": "prefix" } }), "text"),
        (json!({ "pattern": { "text": "e", "kind": "wildcard" } }), "kind"),
        (json!({ "pattern": { "text": 7, "kind": "prefix" } }), "text"),
        (json!({ "pattern": { "text": "a\u{0}b", "kind": "contains" } }), "text"),
        (json!({ "pattern": pattern, "custody": "mine" }), "custody"),
    ];
    for (body, field) in wrong {
        let answer = jo.api.post("/api/jobs/create", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        let problem = answer.refused(422, "VALIDATION_FAILED");
        let named = problem["details"].to_string() + problem["message"].as_str().unwrap();
        assert!(named.contains(field), "{body}: {field} is not named in {problem}");
    }
    for recipient in ["", "age1", "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "ssh-ed25519 AAAA"] {
        let body = json!({ "pattern": pattern, "custody": "sealed", "recipient": recipient });
        jo.api.post("/api/jobs/create", body).await.problem(422);
    }
    jo.api.post("/api/jobs/create", json!({ "pattern": pattern, "custody": "sealed" })).await.problem(422);
    let share = json!({ "pattern": pattern, "clientShare": "00".repeat(32) });
    jo.api.post("/api/pulls/execute", share).await.problem(422);
    let commitment = jo.api.post("/api/pulls/commitment", json!({})).await.ok();
    for share in ["", "zz", &"00".repeat(31), &"00".repeat(33)] {
        let body = json!({ "pattern": pattern, "commitmentId": commitment["commitmentId"], "clientShare": share });
        jo.api.post("/api/pulls/execute", body).await.problem(422);
    }
    let limited = json!({ "pattern": { "text": "ab", "kind": "prefix" }, "custody": "service", "maxTokens": 1 });
    let refused = jo.api.post("/api/jobs/create", limited).await;
    assert!((400..500).contains(&refused.status), "more than maxTokens: {}", refused.text);
}

async fn patterns(jo: &Person) {
    let estimate = |pattern: Value| jo.api.post("/api/patterns/estimate", json!({ "pattern": pattern }));
    let zoe = estimate(json!({ "text": "Zoe", "kind": "prefix" })).await.refused(422, "IMPOSSIBLE_PATTERN");
    assert_eq!((&zoe["details"]["position"], &zoe["details"]["character"]), (&json!(0), &json!("Z")), "{zoe}");
    assert!(zoe["details"]["reason"].is_string() && zoe["details"]["suggestions"].is_array(), "{zoe}");
    for text in ["0", "O", "I", "l", "a0b"] {
        estimate(json!({ "text": text, "kind": "contains" })).await.refused(422, "IMPOSSIBLE_PATTERN");
    }
    let long = "a".repeat(17);
    let many = "ab ".repeat(9);
    let heavy = "(.*a.{20}){5}".to_owned();
    let refused = [
        ("prefix", ""),
        ("prefix", long.as_str()),
        ("sequence", many.trim()),
        ("regex", "("),
        ("regex", "(?=a)b"),
        ("regex", heavy.as_str()),
        ("regex", &"a".repeat(129)),
        ("contains", "日本"),
        ("contains", "a b"),
    ];
    for (kind, text) in refused {
        let started = std::time::Instant::now();
        let answer = estimate(json!({ "text": text, "kind": kind })).await;
        answer.problem(422);
        assert!(started.elapsed().as_secs() < 2, "{kind} {text} took {:?}", started.elapsed());
    }
}

async fn addresses(jo: &Person) {
    let nobodys = "0190b6a0-0000-7000-8000-000000000000";
    for path in [
        format!("/api/jobs/{nobodys}"),
        format!("/api/pulls/{nobodys}"),
        format!("/api/jobs/{nobodys}/result?format=openssh"),
        format!("/api/pulls/{nobodys}/key?format=openssh"),
        "/api/nothing".to_owned(),
        "/nothing".to_owned(),
    ] {
        jo.api.get(&path).await.problem(404);
    }
    for id in ["1", "x", "%00", "..", "%2e%2e%2fusers", "0190b6a0-0000-7000-8000-00000000000g", &"a".repeat(3000)] {
        let answer = jo.api.get(&format!("/api/jobs/{id}")).await;
        assert!([400, 404, 414, 422].contains(&answer.status), "{id:.40}: {} {}", answer.status, answer.text);
    }
    for query in
        ["limit=0", "limit=-1", "limit=100000", "offset=-1", "limit=x", "offset=99999999999999999999", "page=2"]
    {
        jo.api.get(&format!("/api/jobs?{query}")).await.refused(422, "VALIDATION_FAILED");
    }
}

async fn registrations(world: &World) {
    let good = json!({
        "email": "kim@example.org", "username": "kim", "password": "a long enough password",
        "acceptTerms": true, "adult": true,
    });
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let wrong = [
        with("email", json!("not an address")),
        with("email", json!(format!("{}@example.org", "x".repeat(400)))),
        with("username", json!("")),
        with("username", json!("<b>kim</b>")),
        with("username", json!("x".repeat(300))),
        with("password", json!("short")),
        with("password", json!("x".repeat(129))),
        with("password", json!("password123")),
        with("acceptTerms", json!(false)),
        with("adult", json!(false)),
    ];
    for body in wrong {
        world.api().post("/auth/register", body).await.problem(422);
    }
    let made = world.api().post("/auth/register", good.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    world.api().post("/auth/register", good.clone()).await.problem(409);
    world.api().post("/auth/register", with("email", json!("KIM@example.org"))).await.problem(409);
    world.api().post("/auth/register", with("email", json!("other@example.org"))).await.problem(409);
}
