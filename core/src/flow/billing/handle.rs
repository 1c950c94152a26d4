//! Handles an event of Stripe's: finds the rows of ours that its object belongs to, fetches what Stripe says about them
//! now, and writes it, with what became of the event and the end of the task in one transaction.

use super::{
    call::CallError,
    refusal::{BillingRefusal, Outcome},
    resolve::{Resolved, resolve},
    shop::{self, Shop},
    sync::{self, Facts, Written},
};
use crate::{
    app::App,
    domain::{
        billing::event::{self, EventState, Topic},
        time::Timestamp,
    },
    flow::Failure,
    queue::Stop,
    store::{
        StoreError, Tx,
        billing::{customers, events},
        outbox::{self, Claimed},
        transact,
    },
};

/// Handles the event of a claimed task.
///
/// # Errors
/// How the try ended, if not well.
pub async fn handle(app: &App, task: &Claimed, event_id: &str) -> Result<(), Stop> {
    let event = events::find(&mut app.db.read().await?, event_id).await?;
    let Some(event) = event.filter(|event| event.state != EventState::Handled) else { return Ok(()) };
    let (Some(topic), Some(object)) = (event::topic(&event.kind), event.object_id) else { return Ok(()) };
    let ended = attempt(app, task, event_id, (topic, &object)).await;
    match ended {
        Ok(written) => {
            written.tell(app);
            Ok(())
        }
        Err(Stop::Stale) => Err(Stop::Stale),
        Err(stop) => {
            let (why, at) = (stop.to_string(), app.clock.now());
            let noted: Result<(), StoreError> = async {
                transact!(app.db, tx => events::ended(tx, event_id, EventState::Failed, Some(&why), at).await)
            }
            .await;
            if let Err(error) = noted {
                tracing::warn!(%error, "why an event was not handled could not be noted");
            }
            Err(stop)
        }
    }
}

async fn attempt(app: &App, task: &Claimed, event_id: &str, about: (Topic, &str)) -> Result<Written, Stop> {
    let shop = match shop::shop(app).await {
        // Its account may come back, and then the event counts.
        Err(Failure::Refused(BillingRefusal::NotSoldHere)) => {
            return Err(Stop::Retry(BillingRefusal::NotSoldHere.to_string()));
        }
        other => other?,
    };
    let brought = bring(app, &shop, about).await?;
    let at = app.clock.now();
    let settled: Outcome<Option<Written>> = async {
        transact!(app.db, tx => {
            // Renewing proves that the claim holds, and keeps the task locked until the commit.
            if !outbox::renew(tx, task.fence, task.queue.lease()).await? {
                return Ok(None);
            }
            let written = write(tx, app, event_id, &brought, at).await?;
            outbox::done(tx, task.fence, at).await?;
            Ok(Some(written))
        })
    }
    .await;
    settled?.ok_or(Stop::Stale)
}

/// What was fetched.
enum Brought {
    /// About these rows of ours, and that this customer is gone.
    Facts(Vec<Facts>, Option<String>),
    /// Nothing here depends on it.
    Nothing(String),
}

async fn bring(app: &App, shop: &Shop<'_>, (topic, object): (Topic, &str)) -> Result<Brought, CallError> {
    let (rows, gone) = match resolve(app, shop, topic, object).await? {
        Resolved::Nothing(why) => return Ok(Brought::Nothing(why)),
        Resolved::Rows(rows) => (rows, None),
        Resolved::CustomerGone(rows) => (rows, Some(object.to_owned())),
    };
    let mut all = Vec::new();
    for (target, hints) in rows {
        if let Some(facts) = sync::fetch(app, shop, target, &hints).await? {
            all.push(facts);
        }
    }
    Ok(Brought::Facts(all, gone))
}

async fn write(tx: &mut Tx, app: &App, event: &str, brought: &Brought, at: Timestamp) -> Outcome<Written> {
    let (all, gone) = match brought {
        Brought::Nothing(why) => {
            events::ended(tx, event, EventState::Ignored, Some(why), at).await?;
            return Ok(Written::default());
        }
        Brought::Facts(all, gone) => (all, gone),
    };
    let mut written = Written::default();
    for facts in all {
        let one = sync::write(tx, app, facts, at).await?;
        written.changes.extend(one.changes);
        written.users.extend(one.users);
    }
    if let Some(gone) = gone {
        customers::gone(tx, gone).await?;
    }
    events::ended(tx, event, EventState::Handled, None, at).await?;
    Ok(written)
}
