//! One try of one task: claim, keep the lease while it runs, settle by how it ended.

use uuid::Uuid;

use crate::{
    app::App,
    clients::signals::Topic,
    domain::task::TaskState,
    queue::Stop,
    random,
    store::{
        StoreError,
        outbox::{self, Claim, Claimed},
        transact,
    },
};

/// How a try was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Done.
    Done,
    /// Another try follows.
    Again,
    /// Dead, kept for somebody to look at.
    Dead,
    /// Somebody else has the task; nothing was changed.
    Stale,
}

/// Claims a task, in a transaction of its own: if the process dies now, that was a try. `None` if there is nothing to
/// do here (done, paused, not due, held by another worker).
///
/// # Errors
/// The store's.
pub async fn claim(app: &App, id: Uuid, lease: std::time::Duration) -> Result<Option<Claimed>, StoreError> {
    let claim = transact!(app.db, tx => outbox::claim(tx, id, lease).await)?;
    let Claim::Taken(claimed) = claim else { return Ok(None) };
    // Only workers that vanish without settling bring a task past its tries; it may be what kills them.
    if usize::try_from(claimed.tries).unwrap_or(usize::MAX) > claimed.queue.waits().len() + 1 {
        let error = format!("its workers vanished; given up at try {}", claimed.tries);
        transact!(app.db, tx => outbox::die(tx, claimed.fence, &error, app.clock.now()).await)?;
        tracing::error!(queue = %claimed.queue, task.id = %id, "a task is dead: {error}");
        return Ok(None);
    }
    Ok(Some(claimed))
}

/// Keeps the task for another lease. False if somebody else has it: stop at once.
///
/// # Errors
/// The store's.
pub async fn keep(app: &App, claimed: &Claimed, lease: std::time::Duration) -> Result<bool, StoreError> {
    transact!(app.db, tx => outbox::renew(tx, claimed.fence, lease).await)
}

/// Settles a try by how it ended. A handler whose effects are in the database calls
/// [`outbox::done`](crate::store::outbox::done) in their transaction; then this finds it done.
///
/// # Errors
/// The store's.
pub async fn settle(app: &App, claimed: &Claimed, ended: Result<(), Stop>) -> Result<Taken, StoreError> {
    let at = app.clock.now();
    let fence = claimed.fence;
    let (stop, after) = match ended {
        Ok(()) => {
            let done = transact!(app.db, tx => outbox::done(tx, fence, at).await)?;
            return if done || by_itself(app, claimed).await? { Ok(Taken::Done) } else { Ok(Taken::Stale) };
        }
        Err(Stop::Stale) => return Ok(Taken::Stale),
        Err(Stop::HandBack) => {
            let back = transact!(app.db, tx => outbox::hand_back(tx, claimed).await)?;
            app.signals.publish(Topic::Outbox);
            return Ok(if back { Taken::Again } else { Taken::Stale });
        }
        Err(Stop::Later(wait)) => {
            let back = transact!(app.db, tx => outbox::put_off(tx, fence, at + wait).await)?;
            app.signals.publish(Topic::Outbox);
            return Ok(if back { Taken::Again } else { Taken::Stale });
        }
        Err(stop @ Stop::Fail(_)) => (stop, None),
        Err(stop) => {
            let wait = claimed.queue.wait_after(claimed.tries, chance());
            let asked = if let Stop::RetryAfter(asked, _) = &stop { Some(*asked) } else { None };
            (stop, wait.map(|wait| asked.unwrap_or(wait)))
        }
    };
    let error = stop.to_string();
    let settled = match after {
        Some(wait) => {
            let again = transact!(app.db, tx => outbox::retry(tx, fence, at + wait, &error).await)?;
            // The relay may sleep past the time at which this is due.
            app.signals.publish(Topic::Outbox);
            again
        }
        None => transact!(app.db, tx => outbox::die(tx, fence, &error, at).await)?,
    };
    Ok(match (settled, after) {
        (false, _) => Taken::Stale,
        (true, Some(_)) => Taken::Again,
        (true, None) => Taken::Dead,
    })
}

/// Whether the handler marked this very claim as done in its own transaction.
async fn by_itself(app: &App, claimed: &Claimed) -> Result<bool, StoreError> {
    let task = outbox::find(&mut app.db.read().await?, claimed.fence.id).await?;
    Ok(task.is_some_and(|task| task.state == TaskState::Done && task.attempt == claimed.fence.attempt))
}

/// A chance in 0..1. Spreads retries; without randomness they all take the middle.
fn chance() -> f64 {
    random::bytes().map_or(0.5, |bytes| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}
