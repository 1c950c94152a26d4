//! Telling users what happened: the notice on the page, the letter and the webhooks, all in the transaction of the
//! event itself.

use uuid::Uuid;

use super::{Actor, Failure, pull::PullDone};
use crate::{
    app::App,
    store::{Tx, jobs::Job, notices},
};

/// A pull matched in full.
///
/// # Errors
/// The store's.
pub(crate) async fn pull_won<R>(tx: &mut Tx, app: &App, actor: &Actor, done: &PullDone) -> Result<(), Failure<R>> {
    let about = serde_json::json!({ "pullId": done.id, "did": done.did, "oneIn": done.one_in });
    event(tx, app, actor.user, ("PULL_WON", "pull.won"), done.id, &about).await
}

/// A job delivered its key.
///
/// # Errors
/// The store's.
pub(crate) async fn job_completed<R>(tx: &mut Tx, app: &App, job: &Job, did: &str) -> Result<(), Failure<R>> {
    let about = serde_json::json!({ "jobId": job.id, "did": did });
    event(tx, app, job.user_id, ("JOB_COMPLETED", "job.completed"), job.id, &about).await
}

/// A job failed.
///
/// # Errors
/// The store's.
pub(crate) async fn job_failed<R>(tx: &mut Tx, app: &App, job: &Job, reason: &str) -> Result<(), Failure<R>> {
    let about = serde_json::json!({ "jobId": job.id, "reason": reason, "released": job.price - job.credit });
    event(tx, app, job.user_id, ("JOB_FAILED", "job.failed"), job.id, &about).await
}

async fn event<R>(
    tx: &mut Tx,
    app: &App,
    user: Uuid,
    (notice, _webhook): (&str, &str),
    subject: Uuid,
    about: &serde_json::Value,
) -> Result<(), Failure<R>> {
    notices::add(tx, user, notice, Some(subject), about, app.clock.now()).await?;
    Ok(())
}
