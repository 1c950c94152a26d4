//! Notifying users of what happened: the notice on the page, the e-mail and the webhooks, all in the transaction of the
//! event itself, with a handful of statements however many are notified. After the commit,
//! [`nudge::told`](super::nudge::told) starts them at once.

use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        happening::{EmailChoice, EmailForm, Event, Happening},
        owner::Owner,
        webhook::Occasion,
    },
    queue::{Owed, emails::Email, webhooks::Webhook},
    store::{
        StoreError, StoreResult, Tx, mail_choices,
        notices::{self, NewNotice},
        webhooks::{self, Endpoint, deliveries},
    },
};

/// Somebody who is notified of something.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    /// Who.
    pub(crate) user: Uuid,
    /// Of what.
    pub(crate) what: Happening,
    /// The request that caused it.
    pub(crate) request: Option<String>,
}

impl Notification {
    /// Something that no request caused.
    pub(crate) fn new(user: Uuid, what: Happening) -> Self {
        Self { user, what, request: None }
    }

    /// Caused by this request.
    pub(crate) fn request(self, id: Option<&str>) -> Self {
        Self { request: id.map(str::to_owned), ..self }
    }
}

/// Stores the notices, and owes the e-mails that their users want and the events that their endpoints get.
///
/// # Errors
/// The store's.
pub(crate) async fn notify(tx: &mut Tx, app: &App, all: &[Notification]) -> StoreResult<()> {
    let notices = all.iter().map(noted).collect::<StoreResult<Vec<_>>>()?;
    notices::add(tx, &notices, app.clock.now()).await?;
    owe_events(tx, app, all, &notices).await?;
    owe_emails(tx, app, all, &notices).await
}

fn noted(one: &Notification) -> StoreResult<NewNotice> {
    let data = one.what.data().map_err(|error| StoreError::Corrupt(format!("a happening: {error}")))?;
    let (kind, subject) = (one.what.kind(), one.what.subject());
    Ok(NewNotice { id: Uuid::now_v7(), user_id: one.user, kind, subject, data })
}

async fn owe_emails(tx: &mut Tx, app: &App, all: &[Notification], notices: &[NewNotice]) -> StoreResult<()> {
    let with_email: Vec<(&Notification, &NewNotice, Option<EmailChoice>)> =
        all.iter().zip(notices).filter_map(|(one, notice)| Some((one, notice, email_of(app, &one.what)?.1))).collect();
    let choices = mail_choices::of(tx, with_email.iter().map(|(one, ..)| one.user)).await?;
    for (one, notice, choice) in with_email {
        if choice.is_none_or(|choice| choices.wants(one.user, choice)) {
            let email = Email::Notice { notice_id: notice.id };
            Owed::new(&email, app.clock.now()).of(one.user).request(one.request.as_deref()).enqueue(tx).await?;
        }
    }
    Ok(())
}

/// The e-mail about something and the choice by which a user gets it, if the operator lets such e-mails be sent.
pub(crate) fn email_of(app: &App, what: &Happening) -> Option<(EmailForm, Option<EmailChoice>)> {
    let sent = app.config.heist.letters || !what.kind().is_of_game();
    what.email().filter(|_| sent)
}

async fn owe_events(tx: &mut Tx, app: &App, all: &[Notification], notices: &[NewNotice]) -> StoreResult<()> {
    let with_event: Vec<(&Notification, &NewNotice, Event)> =
        all.iter().zip(notices).filter_map(|(one, notice)| Some((one, notice, one.what.event()?))).collect();
    let endpoints = webhooks::enabled_of(tx, with_event.iter().map(|(one, ..)| one.user)).await?;
    for (one, notice, event) in with_event {
        let gets = |endpoint: &&Endpoint| endpoint.owner == Owner::User(one.user) && endpoint.events.contains(&event);
        let at = app.clock.now();
        let payload = json!({ "type": event, "timestamp": at, "data": notice.data }).to_string();
        for endpoint in endpoints.iter().filter(gets) {
            let new = deliveries::NewDelivery {
                endpoint: endpoint.id,
                event_id: notice.id,
                event: Occasion::Event(event),
                payload: &payload,
                at,
            };
            let delivery_id = deliveries::add(tx, &new).await?;
            let owed = Webhook::Deliver { delivery_id };
            Owed::new(&owed, at).of(one.user).request(one.request.as_deref()).enqueue(tx).await?;
        }
    }
    Ok(())
}
