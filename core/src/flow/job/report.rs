//! Takes what searchers report. Nothing on the queue is trusted: the searcher must be enrolled and have signed, the
//! found key must have signed for this job, slice, recipient and file, and its text must match once more.

use std::time::Duration;

use vanikeys_grind::bonus;

use super::{
    JobRefusal,
    ending::{self, settle_cancelled, settle_hold},
    slice::as_issued,
};
use crate::{
    app::App,
    custody::{
        Holder,
        report::{Found, ReportError, SignedReport, VerifiedReport},
        split::OffsetFile,
    },
    domain::{
        audit::Action,
        happening::Happening,
        job::{self, Cause, Spans, Standing, Step},
        rate::{Task, fastest},
        time::Timestamp,
    },
    flow::{
        Failure,
        custody::Custody,
        notify::{Notification, notify},
        nudge,
    },
    store::{
        Tx,
        audit::{self, Entry, Origin},
        jobs::{self, Job},
        searchers::{self, Searcher},
        slices, transact,
    },
};

/// Reports of one searcher that do not verify, after which it is suspended.
const BAD_REPORTS: i64 = 5;

/// The clocks of the hosts that issue slices and settle reports may differ by so much.
const CLOCKS_APART: Duration = Duration::from_millis(250);

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Its attempts count.
    Counted,
    /// Its key ended the job.
    Delivered,
    /// The slice was settled before, or there is no such slice or job.
    Stale,
    /// It does not hold, or its searcher may not report.
    Dropped,
}

/// Settles one report in one transaction.
///
/// # Errors
/// The store's; the report may then be settled again.
pub async fn settle_report(app: &App, report: SignedReport) -> Result<Settled, Failure<JobRefusal>> {
    let mut conn = app.db.read().await?;
    let by = report.claimed_searcher_id().public_key();
    let searcher = searchers::find(&mut conn, by.as_bytes()).await?;
    let Some(searcher) = searcher.filter(|searcher| searcher.suspended_at.is_none()) else {
        return Ok(dropped("its searcher is not enrolled or is suspended"));
    };
    let Some(stored) = slices::find(&mut conn, report.claimed_slice_id()).await? else { return Ok(Settled::Stale) };
    let Some(job) = jobs::get(&mut conn, stored.job_id).await? else { return Ok(Settled::Stale) };
    drop(conn);
    // Without a recipient its owner is gone, and a key could be sealed to nobody.
    let Some(recipient) = job.recipient.0.clone() else { return Ok(Settled::Stale) };
    let slice = as_issued(&job, &stored, recipient)?;
    let keyring = app.keyring.clone();
    let checking = tokio::task::spawn_blocking(move || {
        let verified = report.verify(&slice)?;
        verified.check_delivery(&slice, &keyring)?;
        Ok::<_, ReportError>(verified)
    });
    match checking.await.map_err(Failure::broken)? {
        Ok(verified) => settle(app, &searcher, &stored, &job, verified).await,
        Err(error) => {
            if error.blames_searcher() {
                blame(app, &searcher, &error).await?;
            }
            Ok(dropped(&error.to_string()))
        }
    }
}

/// Most attempts that any searcher can have made since a slice was issued: what is claimed beyond is a lie, and
/// whoever cancels would pay for it.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the time of a slice, `as` saturates")]
fn plausible(job: &Job, slice: &slices::Slice, now: Timestamp) -> i64 {
    let mode = Task::of(&job.pattern, job.custody == Custody::Split).mode;
    let searched = now.since(slice.issued_at) + CLOCKS_APART;
    (fastest(mode) * searched.as_secs_f64()) as i64
}

async fn settle(
    app: &App,
    searcher: &Searcher,
    slice: &slices::Slice,
    job: &Job,
    report: VerifiedReport,
) -> Result<Settled, Failure<JobRefusal>> {
    let at = app.clock.now();
    let plausible = plausible(job, slice, at);
    let (slice, job) = (slice.id, job.id);
    #[expect(clippy::cast_precision_loss, reason = "seconds of one slice")]
    let seconds = report.milliseconds as f64 / 1000.0;
    let attempts = i64::try_from(report.attempts).map_err(Failure::broken)?.min(plausible);
    let (settled, owner) = transact!(app.db, tx => {
        let Some(mut job) = jobs::lock(tx, job).await? else { return Ok((Settled::Stale, None)) };
        // A slice counts once. But a key is a key, whoever settled its slice first.
        let counts = slices::settle(tx, slice, searcher.id, attempts, seconds, at).await?;
        if !counts && report.found.is_none() {
            return Ok((Settled::Stale, None));
        }
        let attempts = if counts { attempts } else { 0 };
        searchers::seen(tx, searcher.id, None, at).await?;
        let status = job.state.status();
        if status.is_open() {
            jobs::add_attempts(tx, job.id, attempts, at).await?;
            job.attempts += attempts;
        }
        #[expect(clippy::cast_precision_loss, reason = "compared with thirty times an expectation")]
        let standing = Standing {
            status,
            cancelling: job.cancel_requested_at.is_some(),
            attempts: job.attempts as f64,
            expected: job.expected_attempts,
            out: slices::out_of(tx, job.id).await?,
        };
        let owner = Some(job.user_id);
        match (standing.after_slice(report.found.is_some()), &report.found) {
            (Step::Deliver, Some(found)) => {
                deliver(tx, app, &job, found, at).await?;
                return Ok((Settled::Delivered, owner));
            }
            (Step::Cancel, _) => settle_cancelled(tx, app, &job).await?,
            (Step::Fail, _) => ending::fail(tx, app, &job, Cause::Hopeless).await?,
            // Nothing is delivered without a key.
            (Step::GoOn | Step::Nothing, _) | (Step::Deliver, None) => {}
        }
        Ok::<_, Failure<JobRefusal>>((if counts { Settled::Counted } else { Settled::Stale }, owner))
    })?;
    metrics::counter!("vanikeys_search_attempts_total").increment(report.attempts);
    if let Some(owner) = owner {
        nudge::job_changed(app, job, owner);
        if settled == Settled::Delivered {
            nudge::told(app, owner);
        }
    }
    nudge::jobs_waiting(app);
    Ok(settled)
}

async fn deliver(tx: &mut Tx, app: &App, job: &Job, found: &Found, at: Timestamp) -> Result<(), Failure<JobRefusal>> {
    let pattern = app.patterns.compile(&job.pattern).await.map_err(|e| Failure::Refused(JobRefusal::Pattern(e)))?;
    let key = found.public_key().as_bytes();
    let text = pattern.target().encode(key);
    let spans = Spans {
        matches: pattern.score(&text).matches,
        bonus: bonus::finds(&text),
        pattern: pattern.which(&text).map(|one| one.spec().clone()),
    };
    let key_file = match (found, &job.recipient.0) {
        (Found::Sealed(sealed), _) => sealed.sealed_file.as_bytes().to_vec(),
        (Found::Offset(found), Some(Holder::SplitPoint(point))) => {
            let (target, offset, public_key) = (pattern.target(), found.offset, found.public_key);
            OffsetFile { target, point: *point, offset, public_key }.to_json()
        }
        (Found::Offset(_), Some(Holder::Recipient(_)) | None) => {
            return Err(Failure::broken(ReportError::WrongCustody));
        }
    };
    let public = job::Found { public_key: *key, text, spans };
    let held = job.price - job.credit;
    settle_hold(tx, app, job, held).await?;
    jobs::complete(tx, job.id, held, (&public, &key_file), at).await?;
    let what = Happening::JobCompleted {
        job_id: job.id,
        pattern: job.pattern.text.clone(),
        target: job.target.to_string(),
        did: vanikeys_grind::did::did_key(key),
    };
    Ok(notify(tx, app, &[Notification::new(job.user_id, what).request(job.request_id.as_deref())]).await?)
}

async fn blame(app: &App, searcher: &Searcher, error: &ReportError) -> Result<(), Failure<JobRefusal>> {
    let at = app.clock.now();
    let suspended = transact!(app.db, tx => {
        let suspended = searchers::blame(tx, searcher.id, BAD_REPORTS, at).await?;
        let action = if suspended { Action::SearcherSuspend } else { Action::SearcherBadReport };
        let detail = serde_json::json!({ "reason": error.to_string() });
        let entry = Entry::new(None, action, Some(searcher.id), detail);
        audit::record(tx, &entry, &Origin::default(), at).await?;
        Ok::<_, Failure<JobRefusal>>(suspended)
    })?;
    if suspended {
        metrics::counter!("vanikeys_searchers_suspended_total").increment(1);
        tracing::error!(
            searcher.id = %searcher.id, searcher.name, alert = "searcher_suspended",
            "searcher suspended after {BAD_REPORTS} reports that do not verify; the last: {error}"
        );
    }
    Ok(())
}

fn dropped(reason: &str) -> Settled {
    metrics::counter!("vanikeys_reports_dropped_total").increment(1);
    tracing::warn!(reason, "report dropped: {reason}");
    Settled::Dropped
}
