//! How jobs end without a key: cancelled, with the searched part posted, or failed, with everything released.

use std::time::Duration;

use super::JobRefusal;
use crate::{
    app::App,
    domain::{
        happening::Happening,
        job::Cause,
        ledger::{Asset, Kind, Movement},
        price,
    },
    flow::{
        Failure, forfeit,
        notify::{Notification, notify},
    },
    store::{
        Tx,
        credits::{self, Source},
        jobs::{self, Job},
        ledger, slices, transact,
    },
};

/// Settles a cancellation: what was searched is posted and becomes credit, the rest is released, the credit used
/// returns, all in one step. The caller holds the job locked.
pub(super) async fn settle_cancelled(tx: &mut Tx, app: &App, job: &Job) -> Result<(), Failure<JobRefusal>> {
    let at = app.clock.now();
    let attempts = u64::try_from(job.attempts).unwrap_or(0);
    let (posted, released) = price::cancelled(job.price - job.credit, attempts, job.expected_attempts);
    settle(tx, app, job, posted).await?;
    if posted > 0 {
        credits::add(tx, job.user_id, &job.pattern_key, (Source::Job, job.id), posted, at).await?;
    }
    jobs::end(tx, job.id, (posted, released), None, at).await?;
    Ok(())
}

/// Fails a job: everything is released and the credit used returns. The caller holds the job locked.
pub(super) async fn fail(tx: &mut Tx, app: &App, job: &Job, cause: Cause) -> Result<(), Failure<JobRefusal>> {
    settle(tx, app, job, 0).await?;
    jobs::end(tx, job.id, (0, job.price - job.credit), Some(cause), app.clock.now()).await?;
    tracing::error!(job.id = %job.id, job.attempts, alert = "job_failed", "job failed: {}", cause.sentence());
    metrics::counter!("vanikeys_jobs_failed_total").increment(1);
    let what = Happening::JobFailed {
        job_id: job.id,
        pattern: job.pattern.text.clone(),
        target: job.target.to_string(),
        reason: cause.sentence().to_owned(),
        released: job.price - job.credit,
    };
    Ok(notify(tx, app, &[Notification::new(job.user_id, what).request(job.request_id.as_deref())]).await?)
}

async fn settle(tx: &mut Tx, app: &App, job: &Job, posted: i64) -> Result<(), Failure<JobRefusal>> {
    settle_hold(tx, app, job, posted).await?;
    Ok(credits::give_back(tx, job.id).await?)
}

/// Posts part of a job's hold and releases the rest.
pub(super) async fn settle_hold(tx: &mut Tx, app: &App, job: &Job, posted: i64) -> Result<(), Failure<JobRefusal>> {
    let movement = Movement {
        user: job.user_id,
        asset: Asset::VaniToken,
        amount: posted,
        kind: Kind::Job,
        key: format!("job:{}:settle", job.id),
        subject: Some(job.id),
        note: None,
        at: app.clock.now(),
    };
    ledger::settle(tx, job.hold_id, &movement).await?;
    // What the job of a deleted account releases is forfeited like the rest of its balance.
    forfeit::forfeit(tx, app, job.user_id, forfeit::Cause::Deletion).await?;
    Ok(())
}

/// Slices of jobs that are over are kept for so long, for whoever wants to know what happened.
const SLICES_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Forgets the slices of jobs that ended long ago; answers how many.
///
/// # Errors
/// The store's.
pub async fn forget_slices(app: &App) -> Result<u64, Failure<std::convert::Infallible>> {
    let before = app.clock.now() - SLICES_KEPT;
    transact!(app.db, tx => Ok(slices::forget(tx, before).await?))
}
