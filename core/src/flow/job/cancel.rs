//! Ends a job at its owner's request. New slices stop at once; it is settled when the issued ones have reported or
//! expired, since their attempts count.

use uuid::Uuid;

use super::{JobRefusal, JobView, ending::settle_cancelled, view};
use crate::{
    app::App,
    domain::audit::Action,
    flow::{Actor, Failure, nudge, once::once},
    store::{
        Tx,
        audit::{self, Entry, Origin},
        idempotency::Key,
        jobs, slices,
    },
};

/// Cancels a job; asking again while it is being cancelled is fine.
///
/// # Errors
/// [`JobRefusal::NotFound`], [`JobRefusal::Ended`], or the store's.
pub async fn cancel(app: &App, actor: &Actor, key: Option<&Key>, id: Uuid) -> Result<JobView, Failure<JobRefusal>> {
    let cancelled = once!(app, key, tx => {
        if jobs::find(tx, id, actor.user).await?.is_none() {
            return Err(Failure::Refused(JobRefusal::NotFound));
        }
        stop(tx, app, id, Some(actor.user), &actor.origin).await?;
        let job = jobs::get(tx, id).await?.ok_or(Failure::Refused(JobRefusal::NotFound))?;
        view::view(app, tx, &job).await
    })?;
    nudge::job_changed(app, id, actor.user);
    nudge::jobs_waiting(app);
    Ok(cancelled)
}

/// Cancels every open job of a user inside the caller's transaction: for debt and for accounts that are deleted.
///
/// # Errors
/// The store's.
pub async fn cancel_all_of(tx: &mut Tx, app: &App, user: Uuid) -> Result<(), Failure<JobRefusal>> {
    for id in jobs::open_of(tx, user).await? {
        match stop(tx, app, id, None, &Origin::default()).await {
            // It ended between our reading and our locking it.
            Err(Failure::Refused(JobRefusal::Ended { .. })) => {}
            other => other?,
        }
    }
    Ok(())
}

async fn stop(
    tx: &mut Tx,
    app: &App,
    id: Uuid,
    actor: Option<Uuid>,
    origin: &Origin,
) -> Result<(), Failure<JobRefusal>> {
    let job = jobs::lock(tx, id).await?.ok_or(Failure::Refused(JobRefusal::NotFound))?;
    if !job.state.is_open() {
        return Err(Failure::Refused(JobRefusal::Ended { status: job.state.status() }));
    }
    let at = app.clock.now();
    jobs::request_cancel(tx, id, at).await?;
    let entry = Entry::new(actor, Action::JobCancel, Some(id), serde_json::json!({ "attempts": job.attempts }));
    audit::record(tx, &entry, origin, at).await?;
    if slices::out_of(tx, id).await? == 0 {
        settle_cancelled(tx, app, &job).await?;
    }
    Ok(())
}
