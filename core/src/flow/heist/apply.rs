//! A worker's side: tasks of the queue are claimed together, applied in one transaction, and settled in it. If a batch
//! breaks, each of its heists is tried alone, so that one cannot hold up the others.

use std::collections::HashMap;

use uuid::Uuid;

use super::batch::{self, Applied};
use crate::{
    app::App,
    domain::task::Queue,
    flow::{Failure, nudge, tasks},
    queue::{Stop, heists::HeistTask},
    store::{
        StoreError, heists,
        outbox::{self, Claimed, Fence},
        transact,
    },
};

/// Most tasks of one batch.
pub const BATCH: usize = outbox::CHUNK;

/// Applies what these tasks owe, at most [`BATCH`] of them; answers how many ended well. Tasks that are done, paused or
/// in other hands are left alone.
///
/// # Errors
/// The store's, if nothing could be claimed or settled; the tasks come again.
pub async fn apply(app: &App, tasks: &[Uuid]) -> Result<usize, StoreError> {
    let lease = Queue::Heists.lease();
    let claimed = transact!(app.db, tx => outbox::claim_all(tx, tasks, lease).await)?;
    let mut known = Vec::new();
    for task in claimed {
        match serde_json::from_str(&task.payload) {
            _ if exhausted(&task) => {
                let error = Stop::Fail(format!("its workers vanished; given up at try {}", task.tries));
                tasks::settle(app, &task, Err(error)).await?;
            }
            Ok(HeistTask::Apply { heist_id }) => known.push((task, heist_id)),
            Err(error) => {
                let stop = Stop::Retry(format!("this program does not understand the task: {error}"));
                tasks::settle(app, &task, Err(stop)).await?;
            }
        }
    }
    if known.is_empty() {
        return Ok(0);
    }
    match together(app, &known).await {
        Ok(()) => Ok(known.len()),
        Err(error) => {
            tracing::warn!(%error, heists = known.len(), "a batch of heists broke; each is tried alone");
            alone(app, known).await
        }
    }
}

async fn alone(app: &App, known: Vec<(Claimed, Uuid)>) -> Result<usize, StoreError> {
    let mut well = 0;
    for one in known {
        match together(app, std::slice::from_ref(&one)).await {
            Ok(()) => well += 1,
            Err(error) => {
                tasks::settle(app, &one.0, Err(error.into())).await?;
            }
        }
    }
    Ok(well)
}

/// Applies claimed heists in one transaction and settles their tasks in it.
async fn together(app: &App, known: &[(Claimed, Uuid)]) -> Result<(), Failure<std::convert::Infallible>> {
    let fences: Vec<Fence> = known.iter().map(|(task, _)| task.fence).collect();
    let heist_of: HashMap<Uuid, Uuid> = known.iter().map(|(task, heist)| (task.fence.id, *heist)).collect();
    let at = app.clock.now();
    let applied: Result<Applied, Failure<std::convert::Infallible>> = async {
        transact!(app.db, tx => {
            let held = outbox::still_held(tx, &fences).await?;
            let ids: Vec<Uuid> = held.iter().filter_map(|fence| heist_of.get(&fence.id).copied()).collect();
            let sides = heists::sides(tx, &ids).await?;
            let applied = batch::apply(tx, app, &ids, &sides, at).await?;
            outbox::done_all(tx, &held, at).await?;
            Ok(applied)
        })
    }
    .await;
    let applied = applied?;
    for (status, points) in &applied.settled {
        batch::count(*status, *points);
    }
    for user in applied.told {
        nudge::user_changed(app, user);
    }
    if applied.owes {
        app.signals.publish(crate::clients::signals::Topic::Outbox);
    }
    Ok(())
}

fn exhausted(task: &Claimed) -> bool {
    usize::try_from(task.tries).unwrap_or(usize::MAX) > task.queue.waits().len() + 1
}
