//! Asking for a heist: checked, recorded and queued in one transaction; then the outcome is waited for, as long as a
//! person waits. A worker applies it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{self, Instant};
use uuid::Uuid;

use super::{
    attempt::{HeistDone, done},
    enabled_for,
};
use crate::{
    app::App,
    clients::signals::{Subscription, Topic},
    domain::{
        audit::Action,
        heist::{self, HeistRefusal, Outcome, Target},
        season::Season,
        time::Timestamp,
    },
    flow::{Actor, Failure, once::once},
    queue::{Owed, heists::HeistTask},
    store::{
        Tx,
        audit::{self, Entry},
        heists::{self, Heist},
        idempotency::Key,
        players,
    },
};

/// The outcome is waited for so long.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks at the outcome while no signal comes: the first, and the longest wait between two.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Asked {
    /// There is an attempt of this id; it may be refused already.
    Attempt(Uuid),
    /// It was refused without leaving an attempt.
    Refused(HeistRefusal),
}

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executed {
    /// It succeeded.
    Done(HeistDone),
    /// It is still queued; look at the attempt later.
    Pending(Uuid),
}

/// Tries a heist and waits for what comes of it, two seconds at most.
///
/// # Errors
/// See [`HeistRefusal`].
pub async fn execute(
    app: &App,
    actor: &Actor,
    key: Option<&Key>,
    target: Uuid,
) -> Result<Executed, Failure<HeistRefusal>> {
    let mut bell = app.signals.subscribe(Topic::User(actor.user));
    let id = match ask(app, actor, key, target).await? {
        Asked::Attempt(id) => id,
        Asked::Refused(refusal) => return Err(Failure::Refused(refusal)),
    };
    let (deadline, mut wait) = (Instant::now() + PATIENCE, LOOKS.0);
    loop {
        if let Some(ended) = outcome(app, actor, id).await? {
            return ended.map(Executed::Done).map_err(Failure::Refused);
        }
        if Instant::now() >= deadline {
            return Ok(Executed::Pending(id));
        }
        rung(&mut bell, wait.min(deadline - Instant::now())).await;
        wait = (wait * 2).min(LOOKS.1);
    }
}

async fn rung(bell: &mut Subscription, wait: Duration) {
    tokio::select! {
        () = bell.changed() => {}
        () = time::sleep(wait) => {}
    }
}

/// Checks, records and queues an attempt. A repeat under the same key names the first one.
///
/// # Errors
/// The store's, or a key that was used for another target. A refusal is in the answer.
pub async fn ask(app: &App, actor: &Actor, key: Option<&Key>, target: Uuid) -> Result<Asked, Failure<HeistRefusal>> {
    let asked = once!(app, key, tx => recorded(tx, app, actor, target).await)?;
    app.signals.publish(Topic::Outbox);
    Ok(asked)
}

async fn recorded(tx: &mut Tx, app: &App, actor: &Actor, victim: Uuid) -> Result<Asked, Failure<HeistRefusal>> {
    let at = app.clock.now();
    let standings = players::standings(tx, [actor.user, victim], Season::of(at)).await?;
    let enabled = enabled_for(app, tx, actor.user).await?;
    let percent = app.config.heist.rollout_percent;
    let nobody = || Target { id: victim, active: false, points: 0, robbed_at: None };
    let robber = standings.get(&actor.user).map(|standing| standing.robber(enabled));
    let robber = robber.ok_or_else(|| Failure::Broken("the robber has no account".into()))?;
    let target = standings.get(&victim).map_or_else(nobody, |other| other.target(percent));
    let checked = heist::check(&app.config.heist.rules, &robber, &target, at);
    let new = heist(actor, victim, at);
    if let Err(refusal) = checked {
        let kept = refusal.is_recorded() && standings.contains_key(&victim);
        super::batch::count(refusal.status(), 0);
        let detail = json!({ "heist": kept.then_some(new.id), "result": refusal.status(), "reason": refusal.code(),
            "points": 0 });
        let entry = Entry::new(Some(actor.user), Action::HeistAttempt, Some(victim), detail);
        audit::record(tx, &entry, &actor.origin, at).await?;
        if !kept {
            return Ok(Asked::Refused(refusal));
        }
        let refused = super::batch::refused(new, refusal, at);
        let id = refused.id;
        heists::save(tx, &[Heist { ip: None, user_agent: None, ..refused }]).await?;
        return Ok(Asked::Attempt(id));
    }
    let (id, request) = (new.id, actor.origin.request_id.as_deref());
    heists::save(tx, &[Heist { admitted: true, ..new }]).await?;
    Owed::new(&HeistTask::Apply { heist_id: id }, at).of(actor.user).request(request).enqueue(tx).await?;
    Ok(Asked::Attempt(id))
}

/// An attempt that nothing is known of yet.
fn heist(actor: &Actor, victim: Uuid, at: Timestamp) -> Heist {
    Heist {
        id: Uuid::now_v7(),
        attacker_id: actor.user,
        victim_id: victim,
        outcome: Outcome::Pending,
        admitted: false,
        token_spent: false,
        tokens_after: None,
        ip: actor.origin.ip.clone(),
        user_agent: actor.origin.user_agent.clone(),
        request_id: actor.origin.request_id.clone(),
        created_at: at,
        applied_at: None,
    }
}

/// What came of an attempt; none while it is queued.
async fn outcome(
    app: &App,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Result<HeistDone, HeistRefusal>>, Failure<HeistRefusal>> {
    let mut conn = app.db.read().await?;
    let stored = heists::find(&mut conn, id, actor.user).await?;
    let stored = stored.ok_or_else(|| Failure::Broken("an attempt that was recorded is gone".into()))?;
    match &stored.outcome {
        Outcome::Pending => Ok(None),
        Outcome::Refused(refusal) => Ok(Some(Err(refusal.clone()))),
        Outcome::Success(loot) => {
            let name = players::names(&mut conn, [stored.victim_id]).await?.remove(&stored.victim_id);
            Ok(Some(Ok(done(&stored, loot, name))))
        }
    }
}
