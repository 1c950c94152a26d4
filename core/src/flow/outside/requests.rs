//! Claim, act, settle for a request under an `Idempotency-Key`. What is about to be done commits with the claim of the
//! key; a twin waits for the answer, and once the claim's time is over a repeat takes over where the first one stopped,
//! under the same id. `flow::once` is for requests that need nothing but the database.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{self, Instant};

use crate::{
    app::App,
    clients::acting::Acting,
    domain::time::Timestamp,
    flow::{
        Failure, Unavailable,
        once::{self, Ended},
    },
    store::{
        StoreError, Tx,
        idempotency::{self, Begun, Fence, Key},
        transact,
    },
};

/// A claim holds for so long, by the database's clock. Nothing renews it, so the act must end sooner.
const LEASE: Duration = Duration::from_secs(40);

/// The outside is given up after this time.
pub(crate) const LONGEST_ACT: Duration = Duration::from_secs(25);

/// A twin waits for so long, a little less than the web gives any answer.
const PATIENCE: Duration = Duration::from_secs(25);

/// Looks of a twin at the answer: the first, and the longest wait between two.
const LOOKS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// An answer or a refusal, both of which commit, or an error, which does not.
pub type Settled<A, R> = Result<Result<A, R>, Failure<R>>;

/// A request that has an effect outside.
pub trait Request: Send + Sync {
    /// What is about to be done, kept with the claim: whoever takes over acts by it, whatever has changed since.
    type Plan: Serialize + DeserializeOwned + Send + Sync;
    /// What the outside made of it.
    type Outcome: Send + Sync;
    /// What the client is answered with.
    type Answer: Serialize + DeserializeOwned + Send;
    /// Why it may be refused. A refusal is an answer and is kept like one.
    type Refusal: Serialize + DeserializeOwned + Send;

    /// Checks the request and writes what is about to be done. Runs once for a key, in the transaction of its claim; a
    /// refusal here leaves nothing behind but itself.
    fn prepare(
        &self,
        tx: &mut Tx,
        at: Timestamp,
    ) -> impl Future<Output = Result<Self::Plan, Failure<Self::Refusal>>> + Send;

    /// Acts, once more for each try. [`Unavailable`] means that trying again may help; what the outside refuses for good
    /// is an outcome.
    fn act(
        &self,
        acting: &Acting,
        plan: &Self::Plan,
    ) -> impl Future<Output = Result<Self::Outcome, Unavailable>> + Send;

    /// Writes what came of it, together with the answer. A refusal that is answered here commits too; an error writes
    /// nothing, and a repeat acts and settles again.
    fn settle(
        &self,
        tx: &mut Tx,
        plan: &Self::Plan,
        outcome: &Self::Outcome,
        at: Timestamp,
    ) -> impl Future<Output = Settled<Self::Answer, Self::Refusal>> + Send;
}

type Answered<Q> = Result<<Q as Request>::Answer, Failure<<Q as Request>::Refusal>>;

/// Runs a request at most once for its key; a repeat is answered as the first time. A request without a key gets one of
/// its own from the handler.
///
/// # Errors
/// The request's refusal; [`Failure::KeyReused`]; [`Failure::Unavailable`] if the outside does not answer or the first
/// request with this key is still under way, after which the same request may be sent again.
pub async fn run<Q: Request>(app: &App, key: &Key, request: &Q) -> Answered<Q> {
    let deadline = Instant::now() + PATIENCE;
    let mut wait = LOOKS.0;
    loop {
        let ours = match claim(app, key, request).await {
            Ok(Claimed::Ours(fence, plan)) => Some((fence, plan)),
            Ok(Claimed::Busy) => None,
            // Answered before, refused now, or broken.
            Err(ended) => return once::conclude(app, Some(key), Err(ended)).await,
        };
        if let Some((fence, plan)) = ours
            && let Some(answer) = under_way(app, key, request, fence, &plan).await?
        {
            return answer.map_err(Failure::Refused);
        }
        if Instant::now() + wait > deadline {
            let what = "the first request with this Idempotency-Key";
            return Err(Unavailable::new(what, "it is still under way").into());
        }
        time::sleep(wait).await;
        wait = (wait * 2).min(LOOKS.1);
    }
}

enum Claimed<P> {
    /// Ours to act on.
    Ours(Fence, P),
    /// Somebody acts on it.
    Busy,
}

async fn claim<Q: Request>(app: &App, key: &Key, request: &Q) -> Result<Claimed<Q::Plan>, Ended<Q::Refusal>> {
    let now = app.clock.now();
    transact!(app.db, tx => match idempotency::begin(tx, key, (now, now + once::KEPT), LEASE).await? {
        Begun::Fresh(fence) => {
            let plan = request.prepare(tx, now).await.map_err(Ended::Failed)?;
            idempotency::plan(tx, key, &once::text::<Q::Refusal>(&plan).map_err(Ended::Failed)?).await?;
            Ok(Claimed::Ours(fence, plan))
        }
        Begun::Resumed(fence, plan) => {
            let plan = serde_json::from_str(&plan).map_err(|error| Ended::Failed(Failure::broken(error)))?;
            Ok(Claimed::Ours(fence, plan))
        }
        Begun::Busy => Ok(Claimed::Busy),
        Begun::Answered(answer) => Err(Ended::Replay(answer)),
        Begun::OtherContent => Err(Ended::Failed(Failure::KeyReused)),
    })
}

/// Acts and settles under a claim; nothing if somebody else has taken over meanwhile.
async fn under_way<Q: Request>(
    app: &App,
    key: &Key,
    request: &Q,
    fence: Fence,
    plan: &Q::Plan,
) -> Result<Option<Result<Q::Answer, Q::Refusal>>, Failure<Q::Refusal>> {
    let acted = time::timeout(LONGEST_ACT, request.act(&Acting::new(fence.id), plan)).await;
    let acted = acted.unwrap_or_else(|_| Err(Unavailable::new("something outside", "it took too long to answer")));
    let settled = match acted {
        Ok(outcome) => settle(app, key, request, fence, (plan, &outcome)).await,
        Err(away) => Err(away.into()),
    };
    if settled.is_err() {
        // A repeat need not wait for the end of the lease.
        let released: Result<(), StoreError> =
            async { transact!(app.db, tx => idempotency::release(tx, key, fence).await) }.await;
        if let Err(error) = released {
            tracing::warn!(%error, "the claim of an idempotency key is left to time out");
        }
    }
    settled
}

async fn settle<Q: Request>(
    app: &App,
    key: &Key,
    request: &Q,
    fence: Fence,
    (plan, outcome): (&Q::Plan, &Q::Outcome),
) -> Result<Option<Result<Q::Answer, Q::Refusal>>, Failure<Q::Refusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        if !idempotency::still_held(tx, key, fence).await? {
            return Ok(None);
        }
        let answer = request.settle(tx, plan, outcome, at).await?;
        idempotency::answer(tx, key, &once::text::<Q::Refusal>(&once::Answer::from(answer.as_ref()))?).await?;
        Ok(Some(answer))
    })
}
