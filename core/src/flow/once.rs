//! Runs a use case at most once for an `Idempotency-Key`: the answer is kept in the transaction of the effect, so
//! that there is no moment in which one exists without the other. Refusals are kept too. What also has an effect
//! outside of this service cannot be done so and is `flow::outside`'s.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Failure;
use crate::{
    app::App,
    store::{
        Lost, StoreError, Tx,
        idempotency::{self, Claim, Key},
        transact,
    },
};

/// How long an answer is kept.
pub(super) const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer<T, R> {
    Done(T),
    Refused(R),
    /// Refused for what the request says, whatever the state is: looking again finds the same.
    Invalid,
}

impl<T, R> From<Result<T, R>> for Answer<T, R> {
    fn from(ended: Result<T, R>) -> Self {
        ended.map_or_else(Self::Refused, Self::Done)
    }
}

/// How a run under a key ended without a new value.
pub(crate) enum Ended<R> {
    /// It was answered before, with this JSON.
    Replay(String),
    /// It was refused or broke.
    Failed(Failure<R>),
}

impl<R> From<StoreError> for Ended<R> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl<R> Lost for Ended<R> {
    fn lost_a_race(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.lost_a_race())
    }
}

/// Runs `$body` in a transaction like `transact!`; with a key, at most once for it:
/// `once!(app, key, tx => { .. Ok(value) })`, where `key` is an `Option<&Key>`.
macro_rules! once {
    ($app:expr, $key:expr, $tx:ident => $body:expr) => {{
        let (app, key): (&$crate::app::App, Option<&$crate::store::idempotency::Key>) = ($app, $key);
        let ended = async {
            $crate::store::transact!(app.db, $tx => {
                $crate::flow::once::open(app, $tx, key).await?;
                let value = async { $body }.await.map_err($crate::flow::once::Ended::Failed)?;
                $crate::flow::once::close($tx, key, &value).await?;
                Ok(value)
            })
        };
        $crate::flow::once::conclude(app, key, ended.await).await
    }};
}
pub(crate) use once;

/// Claims the key, if there is one.
pub(crate) async fn open<R>(app: &App, tx: &mut Tx, key: Option<&Key>) -> Result<(), Ended<R>> {
    match key {
        Some(key) => claim(app, tx, key).await,
        None => Ok(()),
    }
}

/// Keeps what was done, if there is a key.
pub(crate) async fn close<T: Serialize, R>(tx: &mut Tx, key: Option<&Key>, value: &T) -> Result<(), Ended<R>> {
    match key {
        Some(key) => keep(tx, key, &Answer::<&T, ()>::Done(value)).await,
        None => Ok(()),
    }
}

/// What was refused for a state that was read before a transaction began: kept under the key like any refusal, and under a key that was
/// answered before it is that answer.
pub(crate) async fn refuse<T, R>(app: &App, key: Option<&Key>, failure: Failure<R>) -> Result<T, Failure<R>>
where
    T: DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    conclude(app, key, Err(Ended::Failed(failure))).await
}

/// What was refused for the request's content alone, before a transaction began: the key is bound to that content.
pub(crate) async fn invalid<T, R>(app: &App, key: Option<&Key>, failure: Failure<R>) -> Result<T, Failure<R>>
where
    T: DeserializeOwned,
    R: DeserializeOwned,
{
    let Some(key) = key else { return Err(failure) };
    let bound: Result<(), Ended<R>> = transact!(app.db, tx => {
        claim(app, tx, key).await?;
        keep(tx, key, &Answer::<(), ()>::Invalid).await
    });
    match bound {
        Ok(()) => Err(failure),
        Err(Ended::Replay(answer)) => match serde_json::from_str(&answer) {
            Ok(Answer::<T, R>::Invalid) => Err(failure),
            Ok(_) | Err(_) => replay(&answer),
        },
        Err(Ended::Failed(failed)) => Err(failed),
    }
}

/// Turns a replay into its answer, and keeps a refusal.
pub(crate) async fn conclude<T, R>(app: &App, key: Option<&Key>, ended: Result<T, Ended<R>>) -> Result<T, Failure<R>>
where
    T: DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    let refusal = match (ended, key) {
        (Ok(value), _) => return Ok(value),
        (Err(Ended::Replay(answer)), _) => return replay(&answer),
        (Err(Ended::Failed(Failure::Refused(refusal))), Some(_)) => refusal,
        (Err(Ended::Failed(failure)), _) => return Err(failure),
    };
    match keep_refusal(app, key, &refusal).await {
        Ok(()) => Err(Failure::Refused(refusal)),
        Err(Ended::Replay(answer)) => replay(&answer),
        Err(Ended::Failed(failure)) => Err(failure),
    }
}

async fn keep_refusal<R: Serialize>(app: &App, key: Option<&Key>, refusal: &R) -> Result<(), Ended<R>> {
    let Some(key) = key else { return Ok(()) };
    transact!(app.db, tx => {
        claim(app, tx, key).await?;
        keep(tx, key, &Answer::<(), &R>::Refused(refusal)).await
    })
}

async fn claim<R>(app: &App, tx: &mut Tx, key: &Key) -> Result<(), Ended<R>> {
    let now = app.clock.now();
    match idempotency::claim(tx, key, now, now + KEPT).await? {
        Claim::Fresh => Ok(()),
        Claim::Answered(answer) => Err(Ended::Replay(answer)),
        Claim::OtherContent => Err(Ended::Failed(Failure::KeyReused)),
    }
}

async fn keep<R>(tx: &mut Tx, key: &Key, answer: &impl Serialize) -> Result<(), Ended<R>> {
    Ok(idempotency::answer(tx, key, &text::<R>(answer).map_err(Ended::Failed)?).await?)
}

/// What is kept under a key, as it is stored.
pub(super) fn text<R>(value: &impl Serialize) -> Result<String, Failure<R>> {
    serde_json::to_string(value).map_err(Failure::broken)
}

fn replay<T: DeserializeOwned, R: DeserializeOwned>(answer: &str) -> Result<T, Failure<R>> {
    match serde_json::from_str(answer) {
        Ok(Answer::Done(value)) => Ok(value),
        Ok(Answer::Refused(refusal)) => Err(Failure::Refused(refusal)),
        // A newer program takes what an older one refused under this key.
        Ok(Answer::Invalid) => Err(Failure::KeyReused),
        Err(error) => Err(Failure::broken(error)),
    }
}
