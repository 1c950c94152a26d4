//! One turn of the coordinator: gives up slices whose time is over, ends what can be ended, and issues as many new
//! slices as the searchers that are there can take. One process at a time does this.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use uuid::Uuid;

use super::{
    JobRefusal,
    ending::{self, settle_cancelled},
    slice::as_issued,
};
use crate::{
    app::App,
    custody::slice::SignedSlice,
    domain::{
        job::{Cause, HOPELESS, SliceState, State},
        rate::{Mode, Task, fastest},
        schedule::{self, Waiting},
        task::Queue,
        time::Timestamp,
    },
    flow::{Failure, custody::Custody, nudge, pattern::SEARCHER_GONE},
    store::{
        Tx,
        jobs::{self, Job},
        queues, searchers, slices, transact,
    },
};

/// How long one slice is searched.
const SLICE: Duration = Duration::from_secs(2);

/// How long after its search a report may take before the slice is given up.
const GRACE: Duration = Duration::from_secs(15);

/// After so long an unsettled slice no longer fills a slot: its searcher is probably gone, and others need not wait
/// for its time to run out.
const OVERDUE: Duration = Duration::from_secs(5);

/// No slice is issued while so many are unsettled.
const UNSETTLED: i64 = 1_000;

/// What one turn did.
#[derive(Debug, Default)]
pub struct Issued {
    /// Signed slices to put on the queue now; one that gets lost is given up and replaced.
    pub slices: Vec<SignedSlice>,
    /// Slices given up.
    pub expired: usize,
    /// Jobs that ended in this turn.
    pub ended: usize,
}

/// What one process remembers from turn to turn; all that matters is in the database.
#[derive(Debug)]
pub struct Coordinator {
    /// Since when it takes turns. Searchers that wait for it need a while to be seen.
    since: Timestamp,
    /// Open jobs whose patterns compile in this program.
    searchable: HashSet<Uuid>,
}

impl Coordinator {
    /// A coordinator that begins now.
    #[must_use]
    pub fn new(since: Timestamp) -> Self {
        Self { since, searchable: HashSet::new() }
    }

    /// Runs one turn.
    ///
    /// # Errors
    /// The store's; the next turn starts over.
    pub async fn turn(&mut self, app: &App) -> Result<Issued, Failure<JobRefusal>> {
        coordinate(app, self).await
    }
}

async fn coordinate(app: &App, coordinator: &mut Coordinator) -> Result<Issued, Failure<JobRefusal>> {
    let now = app.clock.now();
    let expired = transact!(app.db, tx => Ok::<_, Failure<JobRefusal>>(slices::expire(tx, now).await?))?.len();
    let mut conn = app.db.read().await?;
    let open = jobs::open(&mut conn).await?;
    let (alive, _) = searchers::fleet(&mut conn, now - SEARCHER_GONE).await?;
    let out: HashMap<Uuid, i64> = slices::out(&mut conn, None).await?.into_iter().collect();
    let unsettled: i64 = out.values().sum();
    let fresh: HashMap<Uuid, i64> = slices::out(&mut conn, Some(now - SLICE - OVERDUE)).await?.into_iter().collect();
    let paused = queues::paused_at(&mut conn, Queue::Searches).await?.is_some();
    drop(conn);

    let known: HashSet<Uuid> = open.iter().map(|job| job.id).collect();
    coordinator.searchable.retain(|id| known.contains(id));
    let mut issued = Issued { expired, ..Issued::default() };
    let mut jobs = Vec::with_capacity(open.len());
    for job in open {
        match hopeless(app, coordinator, &job, alive, now).await? {
            Some(cause) => issued.ended += usize::from(end(app, job.id, cause).await?),
            None if job.cancel_requested_at.is_none() => jobs.push(job),
            // Its slices have reported, or their time is over, whichever turn or process saw that.
            None if !out.contains_key(&job.id) => issued.ended += usize::from(finish_cancelling(app, &job).await?),
            None => {}
        }
    }
    let waiting: Vec<Waiting> = jobs
        .iter()
        .map(|job| Waiting {
            job: job.id,
            user: job.user_id,
            turn: job.turn,
            out: fresh.get(&job.id).copied().unwrap_or(0),
        })
        .collect();
    // Two a searcher, so that none waits for the coordinator between slices; and two more for one that just came.
    let slots = if paused { 0 } else { (2 * alive + 2).min(UNSETTLED - unsettled) };
    let plan = schedule::plan(&waiting, slots);
    if !plan.is_empty() {
        let by_id: HashMap<Uuid, &Job> = jobs.iter().map(|job| (job.id, job)).collect();
        issued.slices = issue(app, &by_id, &plan, alive > 0, now).await?;
    }
    Ok(issued)
}

/// Settles a cancellation that waits for no slice any more.
async fn finish_cancelling(app: &App, job: &Job) -> Result<bool, Failure<JobRefusal>> {
    let done = transact!(app.db, tx => {
        let Some(job) = jobs::lock(tx, job.id).await? else { return Ok(false) };
        let done = job.state.is_open()
            && job.cancel_requested_at.is_some()
            && slices::out_of(tx, job.id).await? == 0;
        if done {
            settle_cancelled(tx, app, &job).await?;
        }
        Ok::<_, Failure<JobRefusal>>(done)
    })?;
    if done {
        nudge::job_changed(app, job.id, job.user_id);
    }
    Ok(done)
}

/// Why a job cannot go on, if it cannot; notes since when it has no searcher.
async fn hopeless(
    app: &App,
    coordinator: &mut Coordinator,
    job: &Job,
    alive: i64,
    now: Timestamp,
) -> Result<Option<Cause>, Failure<JobRefusal>> {
    if job.cancel_requested_at.is_some() {
        return Ok(None);
    }
    // Once a job: compiling is far more work than the rest of a turn.
    if !coordinator.searchable.contains(&job.id) {
        if app.patterns.compile(&job.pattern).await.is_err() {
            return Ok(Some(Cause::Unsearchable));
        }
        coordinator.searchable.insert(job.id);
    }
    let settled_in = now.since(coordinator.since) >= SEARCHER_GONE;
    match (alive, job.stalled_since) {
        (0, None) => {
            note_stall(app, job.id, Some(now)).await?;
            nudge::job_changed(app, job.id, job.user_id);
        }
        (0, Some(since)) if settled_in && now.since(since) >= app.config.job_stall => {
            return Ok(Some(Cause::NoSearcher));
        }
        (0, Some(_)) | (_, None) => {}
        (_, Some(_)) => note_stall(app, job.id, None).await?,
    }
    Ok(None)
}

async fn note_stall(app: &App, job: Uuid, since: Option<Timestamp>) -> Result<(), Failure<JobRefusal>> {
    transact!(app.db, tx => Ok(jobs::stalled(tx, job, since).await?))
}

async fn end(app: &App, id: Uuid, cause: Cause) -> Result<bool, Failure<JobRefusal>> {
    let owner = transact!(app.db, tx => {
        let Some(job) = jobs::lock(tx, id).await? else { return Ok(None) };
        if !job.state.is_open() {
            return Ok(None);
        }
        ending::fail(tx, app, &job, cause).await?;
        Ok::<_, Failure<JobRefusal>>(Some(job.user_id))
    })?;
    if let Some(owner) = owner {
        nudge::job_changed(app, id, owner);
        nudge::told(app, owner);
    }
    Ok(owner.is_some())
}

/// Stores and signs the planned slices, also while nobody is known who could search: somebody may just have come. A job
/// that ended or is being cancelled since it was read gets none.
async fn issue(
    app: &App,
    by_id: &HashMap<Uuid, &Job>,
    plan: &[schedule::Serve],
    searched: bool,
    now: Timestamp,
) -> Result<Vec<SignedSlice>, Failure<JobRefusal>> {
    let mut signed = Vec::with_capacity(plan.len());
    let mut planned: Vec<(&Job, Vec<i64>)> = Vec::new();
    for serve in plan {
        let job = by_id[&serve.job];
        match planned.iter_mut().find(|(known, _)| known.id == job.id) {
            Some((_, turns)) => turns.push(serve.turn),
            None => planned.push((job, vec![serve.turn])),
        }
    }
    for (job, turns) in planned {
        // Once its owner is gone a key could be sealed to nobody; the account's end cancels the job.
        let Some(recipient) = &job.recipient.0 else { continue };
        let stored = transact!(app.db, tx => issue_one(tx, job.id, &turns, searched, now).await)?;
        for slice in &stored {
            let slice = as_issued(job, slice, recipient.clone())?;
            signed.push(SignedSlice::sign(slice, &app.keyring).map_err(Failure::broken)?);
        }
        if searched && job.state == State::Queued && !stored.is_empty() {
            nudge::job_changed(app, job.id, job.user_id);
        }
    }
    Ok(signed)
}

async fn issue_one(
    tx: &mut Tx,
    id: Uuid,
    turns: &[i64],
    searched: bool,
    now: Timestamp,
) -> Result<Vec<slices::Slice>, Failure<JobRefusal>> {
    let Some(job) = jobs::lock(tx, id).await? else { return Ok(Vec::new()) };
    if !job.state.is_open() || job.cancel_requested_at.is_some() {
        return Ok(Vec::new());
    }
    let mode = Task::of(&job.pattern, job.custody == Custody::Split).mode;
    let mut stored = Vec::with_capacity(turns.len());
    for turn in turns {
        let slice = slices::Slice {
            id: Uuid::now_v7(),
            job_id: id,
            budget: budget(&job, mode),
            milliseconds: i64::try_from(SLICE.as_millis()).map_err(Failure::broken)?,
            state: SliceState::Issued,
            issued_at: now,
            expires_at: now + SLICE + GRACE,
        };
        slices::issue(tx, &slice).await?;
        jobs::served(tx, id, *turn, searched, now).await?;
        stored.push(slice);
    }
    Ok(stored)
}

/// Most attempts of a slice: what no searcher exceeds in its time, and never past the point where the job fails.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "bounded by `fastest`, `as` saturates"
)]
fn budget(job: &Job, mode: Mode) -> i64 {
    let left = HOPELESS * job.expected_attempts - job.attempts as f64;
    left.ceil().clamp(1.0, fastest(mode) * SLICE.as_secs_f64()) as i64
}
