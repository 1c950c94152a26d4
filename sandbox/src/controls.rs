//! Requests under `/_sandbox`, for tests in other languages and for a person with a terminal: what the methods of
//! [`Sandbox`] do, as JSON.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::{Json, State},
    http::{Response, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    Sandbox,
    desk::{
        answer::Reply,
        faults::{Effect, Fault},
    },
    failure::{Answer, Failure},
    fields::Fields,
    http::routes::operations,
    policy::Policy,
};

pub(crate) fn router(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/_sandbox/operations", get(|| async { Json(operations()) }))
        .route("/_sandbox/advance", post(advance))
        .route("/_sandbox/due", post(due))
        .route("/_sandbox/dispute", post(dispute))
        .route("/_sandbox/refund", post(refund))
        .route("/_sandbox/warning", post(warning))
        .route("/_sandbox/policy", post(policy))
        .route("/_sandbox/deliver", post(deliver))
        .route("/_sandbox/fault", post(fault))
        .with_state(sandbox.clone())
}

fn said(answer: Answer) -> Response<Body> {
    let reply = Reply::new(answer);
    let text = reply.text();
    reply.into_response(Body::from(text))
}

/// `{"seconds": 3600}`: moves a manual clock on.
async fn advance(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    let seconds = u64::try_from(given.int("seconds")).unwrap_or_default();
    sandbox.advance(Duration::from_secs(seconds));
    said(Ok(json!({ "now": sandbox.now() })))
}

/// `{"object": "sub_…", "seconds": 3700}`: a subscription's period ended so long ago, or a payment's bank answered.
async fn due(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    let ago = Duration::from_secs(u64::try_from(given.int("seconds")).unwrap_or_default());
    let id = given.text("object");
    let brought = sandbox.bring_due(id, ago);
    said(brought.ok_or_else(|| Failure::missing("subscription or delayed payment", id, "object")))
}

/// `{"charge": "ch_…", "reason": "fraudulent", "inquiry": false}` opens one; `{"dispute": "du_…", "status": "won"}`
/// decides it.
async fn dispute(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    if given.has("dispute") {
        return said(sandbox.act(|world| world.dispute_becomes(given.text("dispute"), given.text("status"))));
    }
    let reason = given["reason"].as_str().unwrap_or("fraudulent");
    let opened = sandbox.open_dispute(given.text("charge"), reason, given.is("inquiry"));
    said(opened.ok_or_else(|| Failure::missing("charge", given.text("charge"), "charge")))
}

/// `{"refund": "re_…", "status": "failed"}`.
async fn refund(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    said(sandbox.act(|world| world.refund_becomes(given.text("refund"), given.text("status"))))
}

/// `{"charge": "ch_…"}`: the issuer warns of fraud.
async fn warning(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    let made = sandbox.warn_of_fraud(given.text("charge"));
    said(made.ok_or_else(|| Failure::missing("charge", given.text("charge"), "charge")))
}

/// `{"deliver": "prompt" | "silent" | "late" | "shuffled", "seconds": 5, "lost": 10}`.
async fn policy(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    let span = Duration::from_secs(u64::try_from(given.int("seconds")).unwrap_or_default());
    let policy = match given.text("deliver") {
        "prompt" => Policy::Prompt,
        "silent" => Policy::Silent,
        "late" => Policy::late(span),
        "shuffled" => Policy::shuffled(span, u64::try_from(given.int("lost")).unwrap_or_default()),
        other => return said(Err(Failure::invalid(format!("No such policy: {other}")))),
    };
    sandbox.set_policy(policy);
    said(Ok(given))
}

/// `{}` delivers what is due, `{"event": "evt_…"}` that one, once more if need be.
async fn deliver(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    if given.has("event") {
        sandbox.deliver_event(given.text("event")).await;
        return said(Ok(given));
    }
    said(Ok(json!({ "delivered": sandbox.deliver_due().await })))
}

/// `{"path": "/v1/refunds", "method": "POST", "times": 1, "skip": 0, "effect": "status", "status": 500, "done": true}`;
/// other effects are `slow` (with `millis`), `hang`, `cut`, `half` and `wrong` (with `pointer` and `value`).
async fn fault(State(sandbox): State<Sandbox>, Json(given): Json<Value>) -> Response<Body> {
    let done = given.is("done");
    let number = |key: &str| given[key].as_u64();
    let effect = match given.text("effect") {
        "slow" => Effect::Slow(Duration::from_millis(number("millis").unwrap_or(1000))),
        "hang" => Effect::Hang { done },
        "cut" => Effect::Cut,
        "half" => Effect::Half,
        "wrong" => Effect::Wrong { pointer: given.text("pointer").to_owned(), value: given.get("value").cloned() },
        "status" => Effect::Status {
            status: number("status").and_then(|status| u16::try_from(status).ok()).unwrap_or(500),
            done,
            retry_after: number("retry_after"),
            should_retry: given["should_retry"].as_bool(),
        },
        other => return said(Err(Failure::invalid(format!("No such effect: {other}")))),
    };
    let count = |key: &str, default: u32| number(key).and_then(|count| u32::try_from(count).ok()).unwrap_or(default);
    let method = given["method"].as_str().map(str::to_owned);
    let path = given.text("path").to_owned();
    sandbox.add_fault(Fault { method, path, skip: count("skip", 0), times: count("times", 1), effect });
    let mut answer = said(Ok(given));
    *answer.status_mut() = StatusCode::CREATED;
    answer
}
