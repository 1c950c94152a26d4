//! Delivers one event to its endpoint: reads it, signs it, posts it, and settles in one transaction. If the process
//! dies in between, the event arrives twice, under the same `webhook-id`.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::{
    app::App,
    custody::webhook_keys::WebhookKeys,
    domain::webhook::{DeliveryState, GIVEN_UP_AFTER, Verdict, verdict},
    flow::{nudge, tell},
    queue::{Stop, webhooks::Webhook},
    store::{
        StoreError,
        outbox::{self, Claimed},
        transact,
        webhooks::{
            self, Endpoint,
            deliveries::{self, Delivery, Try},
        },
    },
};

/// Deliveries of one user that may be under way at once.
const MOST_OF_A_USER: u32 = 2;

/// One that found too many under way is looked at again after this time.
const NEXT_LOOK: Duration = Duration::from_secs(2);

/// How a try went.
struct Tried {
    status: Option<u16>,
    verdict: Verdict,
    /// Why it failed.
    error: String,
}

/// Does what a claimed task of the queue `webhooks` owes.
///
/// # Errors
/// [`Stop::Retry`] or [`Stop::RetryAfter`] while the endpoint does not take it, [`Stop::Later`] while others of its
/// user are under way, [`Stop::Fail`] once it is given up,
/// [`Stop::Stale`] if the task was lost meanwhile.
pub async fn deliver(app: &App, task: &Claimed, owed: &Webhook) -> Result<(), Stop> {
    let Webhook::Deliver { delivery_id } = *owed;
    let mut conn = app.db.read().await?;
    // Endpoint or account were deleted, or another task delivered it: nothing is owed any more.
    let Some(delivery) = deliveries::get(&mut conn, delivery_id).await? else { return Ok(()) };
    let Some(endpoint) = webhooks::get(&mut conn, delivery.endpoint_id).await? else { return Ok(()) };
    drop(conn);
    if delivery.state != DeliveryState::Waiting {
        return Ok(());
    }
    if !endpoint.enabled {
        return drop_it(app, task, &delivery).await;
    }
    // Somebody whose endpoints answer slowly does not keep every worker busy.
    let place = app.limits.enter(&format!("webhooks:{}", endpoint.user_id), MOST_OF_A_USER).await;
    let Some(_place) = place else { return Err(Stop::Later(NEXT_LOOK)) };
    let tried = post(app, &endpoint, &delivery).await;
    match tried.verdict {
        Verdict::Delivered => arrived(app, task, &endpoint, &delivery, &tried).await,
        Verdict::Again(wait) => failed(app, task, &endpoint, &delivery, &tried, wait).await,
        Verdict::Gone => failed(app, task, &endpoint, &delivery, &tried, None).await,
    }
}

async fn post(app: &App, endpoint: &Endpoint, delivery: &Delivery) -> Tried {
    let broken = |error: String| Tried { status: None, verdict: Verdict::Again(None), error };
    let keys = match WebhookKeys::open(&app.keyring, &endpoint.keys, endpoint.id) {
        Ok(keys) => keys,
        Err(error) => return broken(error.to_string()),
    };
    let Ok(url) = Url::parse(&endpoint.url) else { return broken(String::from("the address is not a URL")) };
    let (id, timestamp) = (delivery.id.to_string(), app.clock.now().seconds());
    let signature = HeaderValue::from_str(&keys.signatures(&id, timestamp, &delivery.payload));
    let (Ok(id), Ok(signature)) = (HeaderValue::from_str(&id), signature) else {
        return broken(String::from("the signature is no header"));
    };
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), id),
        (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(timestamp)),
        (HeaderName::from_static("webhook-signature"), signature),
    ]);
    match app.outgoing.post(&url, headers, delivery.payload.clone()).await {
        Ok(answer) => Tried {
            status: Some(answer.status),
            verdict: verdict(answer.status, answer.retry_after.as_deref()),
            error: format!("the endpoint answered {}", answer.status),
        },
        Err(error) => broken(error.to_string()),
    }
}

async fn arrived(
    app: &App,
    task: &Claimed,
    endpoint: &Endpoint,
    delivery: &Delivery,
    tried: &Tried,
) -> Result<(), Stop> {
    let at = app.clock.now();
    let ours = transact!(app.db, tx => {
        if !outbox::done(tx, task.fence, at).await? {
            return Ok(false);
        }
        let this = Try { state: DeliveryState::Delivered, status: tried.status, error: None, at };
        deliveries::tried(tx, delivery.id, &this).await?;
        webhooks::arrived(tx, endpoint.id).await?;
        Ok::<_, StoreError>(true)
    })?;
    count("delivered");
    if ours { Ok(()) } else { Err(Stop::Stale) }
}

async fn failed(
    app: &App,
    task: &Claimed,
    endpoint: &Endpoint,
    delivery: &Delivery,
    tried: &Tried,
    wait: Option<Duration>,
) -> Result<(), Stop> {
    let at = app.clock.now();
    let gone = tried.verdict == Verdict::Gone;
    let last = gone || task.queue.wait_after(task.tries, 0.5).is_none();
    let ended = transact!(app.db, tx => {
        // The task itself is settled by how this ends; renewing it proves that it is ours.
        if !outbox::renew(tx, task.fence, task.queue.lease()).await? {
            return Ok(None);
        }
        let since = webhooks::failing(tx, endpoint.id, at).await?;
        let given_up = gone || since.is_some_and(|since| at.since(since) >= GIVEN_UP_AFTER);
        let state = if last || given_up { DeliveryState::Dead } else { DeliveryState::Waiting };
        let this = Try { state, status: tried.status, error: Some(&tried.error), at };
        deliveries::tried(tx, delivery.id, &this).await?;
        if given_up {
            let reason = reason(gone, &tried.error);
            if webhooks::disable(tx, endpoint.id, &reason).await? {
                tell::webhook_disabled(tx, app, endpoint, &reason).await?;
            }
        }
        Ok::<_, StoreError>(Some(given_up))
    })?;
    count(if last { "dead" } else { "failed" });
    match ended {
        None => Err(Stop::Stale),
        Some(true) => {
            tracing::info!(endpoint.id = %endpoint.id, "a webhook endpoint was disabled");
            nudge::user_changed(app, endpoint.user_id);
            Err(Stop::Fail(format!("{}; the endpoint is disabled now", tried.error)))
        }
        Some(false) => Err(match wait {
            Some(wait) => Stop::RetryAfter(wait, tried.error.clone()),
            None => Stop::Retry(tried.error.clone()),
        }),
    }
}

fn reason(gone: bool, error: &str) -> String {
    if gone {
        String::from("it answered 410 Gone, which asks for no more events")
    } else {
        format!("nothing arrived there for {} days ({error})", GIVEN_UP_AFTER.as_secs() / (24 * 60 * 60))
    }
}

/// The endpoint was disabled since: what still waited for it is given up, and can be sent again once it is enabled.
async fn drop_it(app: &App, task: &Claimed, delivery: &Delivery) -> Result<(), Stop> {
    let at = app.clock.now();
    let ours = transact!(app.db, tx => {
        if !outbox::done(tx, task.fence, at).await? {
            return Ok(false);
        }
        deliveries::give_up(tx, delivery.id, "the endpoint was disabled before it was tried again").await?;
        Ok::<_, StoreError>(true)
    })?;
    count("dropped");
    if ours { Ok(()) } else { Err(Stop::Stale) }
}

fn count(outcome: &'static str) {
    metrics::counter!("vanikeys_webhook_deliveries_total", "outcome" => outcome).increment(1);
}
