//! Claim, act, settle for tasks of the outbox. The claim is `flow::tasks::claim`'s, and the worker renews its lease
//! while the handler runs.

use crate::{
    app::App,
    clients::acting::Acting,
    domain::time::Timestamp,
    queue::Stop,
    store::{
        StoreError, StoreResult, Tx,
        outbox::{self, Claimed},
        transact,
    },
};

/// An outside effect that a task owes, with everything that was read for it: plain data and clients.
pub trait Effect: Send + Sync {
    /// What came of it.
    type Outcome: Send + Sync;

    /// Acts, once more for each try.
    fn act(&self, acting: &Acting) -> impl Future<Output = Self::Outcome> + Send;

    /// Writes what came of it and says how the try ended; `Ok` is the end of the task. May run more than once, so it has
    /// no effect but through the transaction.
    fn settle(
        &self,
        tx: &mut Tx,
        outcome: &Self::Outcome,
        at: Timestamp,
    ) -> impl Future<Output = StoreResult<Result<(), Stop>>> + Send;
}

/// Acts and settles under a claim. A task that is done is marked so together with what came of it; a try that failed is
/// settled by the worker, as it is for every handler.
///
/// # Errors
/// What [`Effect::settle`] says, [`Stop::Stale`] if another worker has the task meanwhile (then nothing is written), or
/// [`Stop::Retry`] if the store fails.
pub async fn perform(app: &App, task: &Claimed, effect: &impl Effect) -> Result<(), Stop> {
    let outcome = effect.act(&Acting::new(task.fence.id)).await;
    let at = app.clock.now();
    let settled = transact!(app.db, tx => {
        // Renewing proves that the claim holds, and keeps the task locked until the commit.
        if !outbox::renew(tx, task.fence, task.queue.lease()).await? {
            return Ok(Err(Stop::Stale));
        }
        let ended = effect.settle(tx, &outcome, at).await?;
        if ended.is_ok() {
            outbox::done(tx, task.fence, at).await?;
        }
        Ok::<_, StoreError>(ended)
    });
    settled?
}
