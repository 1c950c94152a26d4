//! Telling users what happened: the notice on the page, the letter and the webhooks, all in the transaction of the
//! event itself. After the commit, [`nudge::told`](super::nudge::told) starts them at once.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Actor, Failure, mail_choices};
use crate::{
    app::App,
    domain::{letter::Optional, notice::kind, webhook::Event},
    queue::{Owed, emails::Email, webhooks::Webhook},
    store::{
        StoreResult, Tx,
        jobs::Job,
        notices::{self, NewNotice},
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

/// A pull that matched in full.
pub(crate) struct Won<'a> {
    /// The pull's id.
    pub(crate) id: Uuid,
    /// The key as a DID.
    pub(crate) did: &'a str,
    /// The part of it that the pattern was matched against.
    pub(crate) text: &'a str,
    /// Exact odds, as a decimal.
    pub(crate) one_in: &'a str,
}

/// A pull matched in full.
///
/// # Errors
/// The store's.
pub(crate) async fn pull_won<R>(tx: &mut Tx, app: &App, actor: &Actor, won: &Won<'_>) -> Result<(), Failure<R>> {
    let happening = Happening {
        user: actor.user,
        subject: won.id,
        about: json!({ "pullId": won.id, "did": won.did, "text": won.text, "oneIn": won.one_in }),
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
        about: json!({ "jobId": job.id, "pattern": job.pattern.text, "target": job.target, "did": did }),
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
            "jobId": job.id, "pattern": job.pattern.text, "target": job.target, "reason": reason, "released": released,
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

/// Something that happened to a player.
pub(crate) struct Game {
    /// The notice that tells it.
    pub(crate) notice: NewNotice,
    /// The request that caused it.
    request: Option<String>,
}

impl Game {
    pub(crate) fn new(user: Uuid, kind: &'static str, subject: Option<Uuid>, about: Value) -> Self {
        let notice = NewNotice { id: Uuid::now_v7(), user_id: user, kind, subject, metadata: about };
        Self { notice, request: None }
    }

    pub(crate) fn request(mut self, id: Option<&str>) -> Self {
        self.request = id.map(str::to_owned);
        self
    }
}

/// The letter that says the same as a notice of the game.
pub(crate) fn letter_of(kind: &str) -> Optional {
    match kind {
        kind::HEIST_SUCCESS => Optional::HeistSuccess,
        kind::HEIST_VICTIM => Optional::HeistSuffered,
        kind::TOKEN_EARNED => Optional::TokenEarned,
        _ => Optional::Shield,
    }
}

/// Something happened to a player: the notice, the letter if letters about the game are sent, and the webhook if there
/// is an event for it.
///
/// # Errors
/// The store's.
pub(crate) async fn game(tx: &mut Tx, app: &App, what: &Game, event: Option<Event>) -> StoreResult<()> {
    notices::add_all(tx, std::slice::from_ref(&what.notice), app.clock.now()).await?;
    game_letter(tx, app, what).await?;
    match event {
        Some(event) => {
            let endpoints = webhooks::list(tx, what.notice.user_id).await?;
            game_hooks(tx, app, what, event, &endpoints).await
        }
        None => Ok(()),
    }
}

/// Many things happened to players; `HEIST_VICTIM` is an event for webhooks.
///
/// # Errors
/// The store's.
pub(crate) async fn games(tx: &mut Tx, app: &App, all: &[Game]) -> StoreResult<()> {
    let notices: Vec<NewNotice> = all.iter().map(|what| what.notice.clone()).collect();
    notices::add_all(tx, &notices, app.clock.now()).await?;
    let robbed = || all.iter().filter(|what| what.notice.kind == kind::HEIST_VICTIM);
    let endpoints = webhooks::enabled_of(tx, robbed().map(|what| what.notice.user_id)).await?;
    for what in robbed() {
        let own: Vec<_> = endpoints.iter().filter(|one| one.user_id == what.notice.user_id).cloned().collect();
        game_hooks(tx, app, what, Event::HeistSuffered, &own).await?;
    }
    for what in all {
        game_letter(tx, app, what).await?;
    }
    Ok(())
}

async fn game_letter(tx: &mut Tx, app: &App, what: &Game) -> StoreResult<()> {
    let user = what.notice.user_id;
    if app.config.heist.letters && mail_choices::wants(tx, user, letter_of(what.notice.kind)).await? {
        let email = Email::Game { notice_id: what.notice.id };
        Owed::new(&email, app.clock.now()).of(user).request(what.request.as_deref()).enqueue(tx).await?;
    }
    Ok(())
}

async fn game_hooks(
    tx: &mut Tx,
    app: &App,
    what: &Game,
    event: Event,
    endpoints: &[webhooks::Endpoint],
) -> StoreResult<()> {
    let of = (what.notice.user_id, what.notice.id, what.request.as_deref());
    deliver(tx, app, of, event, &what.notice.metadata, endpoints).await
}

async fn tell<R>(tx: &mut Tx, app: &App, what: &Happening<'_>) -> Result<(), Failure<R>> {
    let at = app.clock.now();
    let notice = notices::add(tx, what.user, what.notice, Some(what.subject), &what.about, at).await?;
    if mail_choices::wants(tx, what.user, what.letter).await? {
        let email = (what.email)(what.subject, notice);
        Owed::new(&email, at).of(what.user).request(what.request).enqueue(tx).await?;
    }
    let endpoints = webhooks::list(tx, what.user).await?;
    Ok(deliver(tx, app, (what.user, notice, what.request), what.event, &what.about, &endpoints).await?)
}

/// Owes an event to the endpoints of a user that want it.
async fn deliver(
    tx: &mut Tx,
    app: &App,
    (user, notice, request): (Uuid, Uuid, Option<&str>),
    event: Event,
    about: &Value,
    endpoints: &[webhooks::Endpoint],
) -> StoreResult<()> {
    let at = app.clock.now();
    let payload = json!({ "type": event, "timestamp": at, "data": about }).to_string();
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.enabled && endpoint.events.contains(&event)) {
        let new = deliveries::NewDelivery {
            endpoint: endpoint.id,
            event_id: notice,
            event: event.name(),
            payload: &payload,
            at,
        };
        let delivery_id = deliveries::add(tx, &new).await?;
        Owed::new(&Webhook::Deliver { delivery_id }, at).of(user).request(request).enqueue(tx).await?;
    }
    Ok(())
}
