//! Delivers one event to its endpoint: reads it, signs it, posts it, and settles in one transaction. If the process
//! dies in between, the event arrives twice, under the same `webhook-id`.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;
use uuid::Uuid;

use crate::{
    app::App,
    clients::acting::Acting,
    custody::webhook_keys::WebhookKeys,
    domain::{
        happening::Happening,
        owner::Owner,
        time::Timestamp,
        webhook::{DeliveryState, GIVEN_UP_AFTER, Verdict, verdict},
    },
    flow::{
        notify::{Notification, notify},
        nudge,
        outside::tasks::{Effect, perform},
    },
    queue::Stop,
    store::{
        StoreError, StoreResult, Tx,
        outbox::{self, Claimed},
        transact,
        webhooks::{
            self, Endpoint,
            deliveries::{self, Delivery, Try},
        },
    },
};

/// Deliveries of one owner that may be under way at once.
const MOST_OF_AN_OWNER: u32 = 2;

/// One that found too many under way is looked at again after this time.
const NEXT_LOOK: Duration = Duration::from_secs(2);

/// How a try went.
struct Tried {
    status: Option<u16>,
    verdict: Verdict,
    /// Why it failed.
    error: String,
}

/// Delivers what a claimed task owes.
///
/// # Errors
/// [`Stop::Retry`] or [`Stop::RetryAfter`] while the endpoint does not take it, [`Stop::Later`] while others of its
/// owner are under way, [`Stop::Fail`] once it is given up,
/// [`Stop::Stale`] if the task was lost meanwhile.
pub async fn deliver(app: &App, task: &Claimed, delivery_id: Uuid) -> Result<(), Stop> {
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
    let place = app.limits.enter(&format!("webhooks:{}", endpoint.owner.id()), MOST_OF_AN_OWNER).await;
    let Some(_place) = place else { return Err(Stop::Later(NEXT_LOOK)) };
    let last = task.queue.wait_after(task.tries, 0.5).is_none();
    let ended = perform(app, task, &Delivering { app, endpoint: &endpoint, delivery: &delivery, last }).await;
    match &ended {
        Ok(()) => count("delivered"),
        Err(Stop::Fail(_)) => {
            count("dead");
            tracing::info!(endpoint.id = %endpoint.id, "a webhook endpoint was disabled");
            if let Some(user) = endpoint.owner.user() {
                nudge::user_changed(app, user);
            }
        }
        Err(Stop::Retry(_) | Stop::RetryAfter(..)) => count(if last { "dead" } else { "failed" }),
        Err(Stop::Stale | Stop::Later(_) | Stop::HandBack) => {}
    }
    ended
}

/// A delivery on its way.
struct Delivering<'a> {
    app: &'a App,
    endpoint: &'a Endpoint,
    delivery: &'a Delivery,
    /// Whether this is the last try.
    last: bool,
}

impl Effect for Delivering<'_> {
    type Outcome = Tried;

    async fn act(&self, acting: &Acting) -> Tried {
        let Self { app, endpoint, delivery, .. } = self;
        let (url, headers) = match signed(app, endpoint, delivery) {
            Ok(signed) => signed,
            Err(error) => return Tried { status: None, verdict: Verdict::Again(None), error },
        };
        match app.outgoing.post(acting, &url, headers, delivery.payload.clone()).await {
            Ok(answer) => Tried {
                status: Some(answer.status),
                verdict: verdict(answer.status, answer.retry_after.as_deref()),
                error: format!("the endpoint answered {}", answer.status),
            },
            Err(error) => Tried { status: None, verdict: Verdict::Again(None), error: error.to_string() },
        }
    }

    async fn settle(&self, tx: &mut Tx, tried: &Tried, at: Timestamp) -> StoreResult<Result<(), Stop>> {
        match tried.verdict {
            Verdict::Delivered => {
                let this = Try { state: DeliveryState::Delivered, status: tried.status, error: None, at };
                deliveries::tried(tx, self.delivery.id, &this).await?;
                webhooks::arrived(tx, self.endpoint.id).await?;
                Ok(Ok(()))
            }
            Verdict::Again(wait) => self.failed(tx, tried, wait, at).await,
            Verdict::Gone => self.failed(tx, tried, None, at).await,
        }
    }
}

impl Delivering<'_> {
    async fn failed(
        &self,
        tx: &mut Tx,
        tried: &Tried,
        wait: Option<Duration>,
        at: Timestamp,
    ) -> StoreResult<Result<(), Stop>> {
        let Self { app, endpoint, delivery, last } = self;
        let gone = tried.verdict == Verdict::Gone;
        let since = webhooks::failing(tx, endpoint.id, at).await?;
        let given_up = gone || since.is_some_and(|since| at.since(since) >= GIVEN_UP_AFTER);
        let state = if *last || given_up { DeliveryState::Dead } else { DeliveryState::Waiting };
        let this = Try { state, status: tried.status, error: Some(&tried.error), at };
        deliveries::tried(tx, delivery.id, &this).await?;
        if given_up {
            let reason = reason(gone, &tried.error);
            if webhooks::disable(tx, endpoint.id, &reason).await? {
                notify(tx, app, &disabled(endpoint, &reason)).await?;
            }
            return Ok(Err(Stop::Fail(format!("{}; the endpoint is disabled now", tried.error))));
        }
        Ok(Err(match wait {
            Some(wait) => Stop::RetryAfter(wait, tried.error.clone()),
            None => Stop::Retry(tried.error.clone()),
        }))
    }
}

/// Where a delivery goes, and its headers.
fn signed(app: &App, endpoint: &Endpoint, delivery: &Delivery) -> Result<(Url, HeaderMap), String> {
    let keys = WebhookKeys::open(&app.keyring, &endpoint.keys, endpoint.id).map_err(|error| error.to_string())?;
    let url = Url::parse(&endpoint.url).map_err(|_| String::from("the address is not a URL"))?;
    let (id, timestamp) = (delivery.id.to_string(), app.clock.now().seconds());
    let signature = keys.signatures(&id, timestamp, &delivery.payload);
    let header = |text: &str| HeaderValue::from_str(text).map_err(|_| String::from("the signature is no header"));
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), header(&id)?),
        (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(timestamp)),
        (HeaderName::from_static("webhook-signature"), header(&signature)?),
    ]);
    Ok((url, headers))
}

/// Whom to notify of it: the user who owns the endpoint. A community's says it in its list and log.
fn disabled(endpoint: &Endpoint, reason: &str) -> Vec<Notification> {
    let Owner::User(user) = endpoint.owner else { return Vec::new() };
    let url = Url::parse(&endpoint.url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let what = Happening::WebhookDisabled { endpoint_id: endpoint.id, url, reason: reason.to_owned() };
    vec![Notification::new(user, what)]
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
