//! Telling users what happened: the notice on the page, the letter and the webhooks, all in the transaction of the
//! event itself. After the commit, [`nudge::told`](super::nudge::told) starts them at once.

use serde_json::{Value, json};
use uuid::Uuid;
use vanikeys_grind::PatternSpec;

use super::{Actor, Failure, mail::choices, pull::PullDone};
use crate::{
    app::App,
    domain::{letter::Optional, notice::kind, webhook::Event},
    queue::{Owed, emails::Email, webhooks::Webhook},
    store::{
        Tx,
        jobs::Job,
        notices,
        webhooks::{self, deliveries},
    },
};

/// Something that happened to a user.
struct Happening<'a> {
    user: Uuid,
    /// The job or pull.
    subject: Uuid,
    /// Ids and numbers, never a secret: what the notice keeps and the webhooks carry.
    about: Value,
    notice: &'static str,
    event: Event,
    letter: Optional,
    /// The letter's task, by the notice that it repeats.
    email: fn(Uuid, Uuid) -> Email,
    /// The request that caused it.
    request: Option<&'a str>,
}

/// A pull matched in full.
///
/// # Errors
/// The store's.
pub(crate) async fn pull_won<R>(tx: &mut Tx, app: &App, actor: &Actor, done: &PullDone) -> Result<(), Failure<R>> {
    let happening = Happening {
        user: actor.user,
        subject: done.id,
        about: json!({ "pullId": done.id, "did": done.did, "text": done.text, "oneIn": done.one_in }),
        notice: kind::PULL_WON,
        event: Event::PullWon,
        letter: Optional::PullWon,
        email: |pull_id, notice_id| Email::PullWon { pull_id, notice_id },
        request: actor.origin.request_id.as_deref(),
    };
    tell(tx, app, &happening).await
}

/// A job delivered its key.
///
/// # Errors
/// The store's.
pub(crate) async fn job_completed<R>(tx: &mut Tx, app: &App, job: &Job, did: &str) -> Result<(), Failure<R>> {
    let happening = Happening {
        user: job.user_id,
        subject: job.id,
        about: json!({ "jobId": job.id, "pattern": pattern(job), "target": job.target, "did": did }),
        notice: kind::JOB_COMPLETED,
        event: Event::JobCompleted,
        letter: Optional::KeyFound,
        email: |job_id, notice_id| Email::KeyFound { job_id, notice_id },
        request: job.request_id.as_deref(),
    };
    tell(tx, app, &happening).await
}

/// A job failed.
///
/// # Errors
/// The store's.
pub(crate) async fn job_failed<R>(tx: &mut Tx, app: &App, job: &Job, reason: &str) -> Result<(), Failure<R>> {
    let released = job.price - job.credit;
    let happening = Happening {
        user: job.user_id,
        subject: job.id,
        about: json!({
            "jobId": job.id, "pattern": pattern(job), "target": job.target, "reason": reason, "released": released,
        }),
        notice: kind::JOB_FAILED,
        event: Event::JobFailed,
        letter: Optional::JobFailed,
        email: |job_id, notice_id| Email::JobFailed { job_id, notice_id },
        request: job.request_id.as_deref(),
    };
    tell(tx, app, &happening).await
}

/// An endpoint was given up. Told on the page alone.
///
/// # Errors
/// The store's.
pub(crate) async fn webhook_disabled(
    tx: &mut Tx,
    app: &App,
    endpoint: &webhooks::Endpoint,
    reason: &str,
) -> Result<(), crate::store::StoreError> {
    // Without path and query, in which people put tokens.
    let site = url::Url::parse(&endpoint.url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let about = json!({ "endpointId": endpoint.id, "url": site, "reason": reason });
    notices::add(tx, endpoint.user_id, kind::WEBHOOK_DISABLED, Some(endpoint.id), &about, app.clock.now()).await?;
    Ok(())
}

async fn tell<R>(tx: &mut Tx, app: &App, what: &Happening<'_>) -> Result<(), Failure<R>> {
    let at = app.clock.now();
    let notice = notices::add(tx, what.user, what.notice, Some(what.subject), &what.about, at).await?;
    if choices::wants(tx, what.user, what.letter).await? {
        let email = (what.email)(what.subject, notice);
        Owed::new(&email, at).of(what.user).request(what.request).enqueue(tx).await?;
    }
    let endpoints = webhooks::list(tx, what.user).await?;
    let payload = json!({ "type": what.event, "timestamp": at, "data": what.about }).to_string();
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.enabled && endpoint.events().contains(&what.event)) {
        let new = deliveries::NewDelivery {
            endpoint: endpoint.id,
            event_id: notice,
            event: what.event.name(),
            payload: &payload,
            at,
        };
        let delivery_id = deliveries::add(tx, &new).await?;
        Owed::new(&Webhook::Deliver { delivery_id }, at).of(what.user).request(what.request).enqueue(tx).await?;
    }
    Ok(())
}

fn pattern(job: &Job) -> String {
    serde_json::from_str(&job.pattern).map(|spec: PatternSpec| spec.text).unwrap_or_default()
}
