//! Stripe sends an event: it is checked, stored once by its id, and handled by a task. Of what it says, only which object
//! something happened to is believed.

use serde_json::{Value, json};

use super::refusal::BillingRefusal;
use crate::{
    app::App,
    clients::{
        signals::Topic,
        stripe::{
            Object,
            api::events::Event as AtStripe,
            signature::{self, SignatureError},
        },
    },
    custody::event_box,
    domain::{
        audit::Action,
        billing::{
            Mode,
            event::{self, EventState},
        },
        time::Timestamp,
    },
    flow::{By, Failure},
    queue::{Owed, webhooks::Webhook},
    store::{
        StoreError, Tx,
        audit::{self, Entry},
        billing::events::{self, Event},
        transact,
    },
};

/// Why a webhook is not taken; nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It is not signed as Stripe would.
    #[error("{0}")]
    Signature(#[from] SignatureError),
    /// What is signed is no event.
    #[error("the body is no event: {0}")]
    Body(&'static str),
}

/// What became of a webhook that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is stored, and its task is owed.
    Owed,
    /// It is stored, and nothing here depends on it.
    Ignored,
    /// It had been stored before.
    Known,
}

/// Takes a webhook: its header `Stripe-Signature` and its body as it came.
///
/// # Errors
/// [`NotTaken`], or the store's.
pub async fn take(app: &App, header: Option<&str>, body: &[u8]) -> Result<Taken, Failure<NotTaken>> {
    let now = app.clock.now();
    let account = app.config.billing.stripe.as_ref();
    let secrets = account.map(|account| account.webhook_secrets.as_slice()).unwrap_or_default();
    let checked = signature::verify(secrets, header, body, now);
    let ours = app.stripe.as_ref().is_some_and(|stripe| stripe.livemode());
    let read = checked.map_err(NotTaken::from).and_then(|()| read(body, ours));
    let (event, why) = match read {
        Ok(read) => read,
        Err(not) => {
            count("refused");
            tracing::warn!(reason = %not, "a webhook was refused");
            return Err(Failure::Refused(not));
        }
    };
    let sealed = event_box::seal(&app.keyring, &event.id, body);
    let taken: Result<Taken, StoreError> =
        async { transact!(app.db, tx => keep(tx, app, &event, why, Some(&sealed), now).await) }.await;
    let taken = taken?;
    count(match taken {
        Taken::Owed => "owed",
        Taken::Ignored => "ignored",
        Taken::Known => "known",
    });
    if let Some(created) = event.created {
        metrics::histogram!("vanikeys_billing_webhook_delay_seconds").record(now.since(created).as_secs_f64());
    }
    if taken == Taken::Owed {
        app.signals.publish(Topic::Outbox);
    }
    Ok(taken)
}

/// An event of which reconcile learned otherwise: nobody signed it for us, but Stripe itself lists it.
pub(super) async fn take_listed(app: &App, event: &AtStripe) -> Result<Taken, StoreError> {
    let now = app.clock.now();
    let taken = transact!(app.db, tx => keep(tx, app, event, None, None, now).await)?;
    if taken == Taken::Owed {
        app.signals.publish(Topic::Outbox);
    }
    Ok(taken)
}

/// What a body says, and why nothing depends on it if that is clear by its form. One that does not say its mode is of
/// ours: its object is fetched with our key anyway.
fn read(body: &[u8], ours: bool) -> Result<(AtStripe, Option<&'static str>), NotTaken> {
    let value: Value = serde_json::from_slice(body).map_err(|_| NotTaken::Body("it is not JSON"))?;
    let object = Object::new(&value);
    let id = object.text("id").filter(|id| !id.is_empty() && id.len() <= 255);
    let id = id.ok_or(NotTaken::Body("it has no id"))?;
    let snapshot = object.text("object").as_deref() == Some("event");
    let about = if snapshot { "data.object.id" } else { "related_object.id" };
    let event = AtStripe {
        id,
        kind: object.text("type").unwrap_or_default(),
        created: object.moment("created"),
        livemode: object.flag("livemode").unwrap_or(ours),
        object: object.text(about),
        object_kind: None,
    };
    Ok((event, (!snapshot).then_some("it is no snapshot event")))
}

async fn keep(
    tx: &mut Tx,
    app: &App,
    event: &AtStripe,
    why: Option<&str>,
    sealed: Option<&[u8]>,
    now: Timestamp,
) -> Result<Taken, StoreError> {
    let mode = Mode::of(event.livemode);
    let ours = app.stripe.as_ref().map(|stripe| Mode::of(stripe.livemode()));
    let why = match why {
        Some(why) => Some(why.to_owned()),
        None if ours != Some(mode) => Some(format!("it is of {} mode", mode.name())),
        None if event::topic(&event.kind).is_none() => Some("nothing here depends on events of this type".to_owned()),
        None if event.object.is_none() => Some("it names no object".to_owned()),
        None => None,
    };
    let state = if why.is_some() { EventState::Ignored } else { EventState::Waiting };
    let handled_at = why.is_some().then_some(now);
    let row = Event {
        id: event.id.clone(),
        kind: event.kind.clone(),
        object_id: event.object.clone(),
        mode,
        state,
        reason: why,
        created_at: event.created.unwrap_or(now),
        received_at: now,
        handled_at,
    };
    if !events::insert(tx, &row, sealed).await? {
        return Ok(Taken::Known);
    }
    if row.state == EventState::Ignored {
        return Ok(Taken::Ignored);
    }
    let task = Webhook::StripeEvent { event_id: event.id.clone() };
    Owed::new(&task, now).once(&format!("stripe-event:{}", event.id)).enqueue(tx).await?;
    Ok(Taken::Owed)
}

/// Has an event handled once more.
///
/// # Errors
/// [`BillingRefusal::NotFound`], or the store's.
pub async fn run_again(app: &App, by: &By, id: &str) -> Result<(), Failure<BillingRefusal>> {
    let at = app.clock.now();
    let known: Result<bool, StoreError> = async {
        transact!(app.db, tx => {
            let Some(event) = events::find(tx, id).await? else { return Ok(false) };
            if event::topic(&event.kind).is_none() || event.object_id.is_none() {
                return Ok(true);
            }
            events::again(tx, id).await?;
            let task = Webhook::StripeEvent { event_id: id.to_owned() };
            Owed::new(&task, at).request(by.origin.request_id.as_deref()).enqueue(tx).await?;
            let detail = json!({ "event": id, "kind": event.kind });
            let entry = Entry::new(by.id(), Action::BillingEventAgain, None, detail);
            audit::record(tx, &entry, &by.origin, at).await?;
            Ok(true)
        })
    }
    .await;
    if !known? {
        return Err(Failure::Refused(BillingRefusal::NotFound { what: "event".to_owned(), id: id.to_owned() }));
    }
    app.signals.publish(Topic::Outbox);
    Ok(())
}

fn count(outcome: &'static str) {
    metrics::counter!("vanikeys_billing_webhooks_total", "outcome" => outcome).increment(1);
}
