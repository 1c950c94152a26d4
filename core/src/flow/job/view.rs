//! Jobs as their owner reads them: how far, how fast, and the honest chance; never a bar that pretends to fill.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_grind::{PatternSpec, bonus::Bonus, export::Format, pattern::SubMatch};

use super::JobRefusal;
use crate::{
    app::App,
    domain::{job::Status, rate::Task, time::Timestamp},
    flow::{
        Actor, Failure,
        custody::Custody,
        key_files,
        pattern::{self, Percentiles},
    },
    store::{
        Sql, StoreResult,
        jobs::{self, Job},
        slices,
    },
};

/// Over how long the current rate is measured.
const WINDOW: Duration = Duration::from_secs(30);

/// A job as its owner reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// Its id.
    pub id: Uuid,
    /// Where it is.
    pub status: Status,
    /// What is searched.
    pub pattern: PatternSpec,
    /// Exact odds as a decimal.
    pub one_in: String,
    /// Who will be able to read the key.
    pub custody: Custody,
    /// The split point, if only an offset to it is searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_point: Option<String>,
    /// Attempts settled so far.
    pub attempts: i64,
    /// Attempts a second right now.
    pub rate: f64,
    /// How many searchers are working on it.
    pub workers: i64,
    /// The chance that so many attempts find a key: 1 - (1 - p)^n.
    pub chance_so_far: f64,
    /// Seconds from now for 50, 90 and 99 %: the search has no memory, so they do not shrink.
    pub seconds: Percentiles,
    /// Jobs that are served before this one, while it waits.
    pub queue_position: Option<i64>,
    /// VaniTokens held for it, until it is settled.
    pub tokens_held: i64,
    /// Price before credit.
    pub price: i64,
    /// Credit used.
    pub credit: i64,
    /// VaniTokens charged when it was settled.
    pub tokens_posted: Option<i64>,
    /// VaniTokens given back when it was settled.
    pub tokens_released: Option<i64>,
    /// Whether it is being cancelled: settled once the slices that are out have reported.
    pub cancelling: bool,
    /// Why it failed.
    pub failure: Option<String>,
    /// The found public key in hexadecimal.
    pub public_key: Option<String>,
    /// The found key as a DID.
    pub did: Option<String>,
    /// The found key as its target shows it.
    pub display: Option<String>,
    /// The part of it that the pattern was matched against.
    pub text: Option<String>,
    /// Which pattern it was, where any of several would do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_pattern: Option<PatternSpec>,
    /// Where the pattern stands in it.
    pub matches: Vec<SubMatch>,
    /// Words that happen to stand in it.
    pub bonus: Vec<Bonus>,
    /// Formats in which the private key is served.
    pub formats: Vec<String>,
    /// When the private key was erased.
    pub erased_at: Option<Timestamp>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When its first slice was issued.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A page of jobs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobPage {
    /// Newest first.
    pub items: Vec<JobView>,
    /// How many there are in all.
    pub total: i64,
}

/// One job of the user.
///
/// # Errors
/// [`JobRefusal::NotFound`], or the store's.
pub async fn show(app: &App, actor: &Actor, id: Uuid) -> Result<JobView, Failure<JobRefusal>> {
    let mut conn = app.db.read().await?;
    let job = jobs::find(&mut conn, id, actor.user).await?.ok_or(Failure::Refused(JobRefusal::NotFound))?;
    view(app, &mut conn, &job).await
}

/// A page of the user's jobs, of one status if it is given.
///
/// # Errors
/// The store's.
pub async fn list(
    app: &App,
    actor: &Actor,
    status: Option<Status>,
    limit: i64,
    offset: i64,
) -> Result<JobPage, Failure<JobRefusal>> {
    let mut conn = app.db.read().await?;
    let (rows, total) = jobs::list(&mut conn, actor.user, status, limit, offset).await?;
    let mut items = Vec::with_capacity(rows.len());
    for job in &rows {
        items.push(view(app, &mut conn, job).await?);
    }
    Ok(JobPage { items, total })
}

pub(super) async fn view(app: &App, on: &mut impl Sql, job: &Job) -> Result<JobView, Failure<JobRefusal>> {
    let (status, spec, custody) = (job.state.status(), &job.pattern, job.custody);
    let live = if status.is_open() { Live::of(app, on, job).await? } else { Live::default() };
    let rate = if live.rate > 0.0 {
        live.rate
    } else {
        pattern::rate(app, on, Task::of(spec, custody == Custody::Split)).await?
    };
    let p = 1.0 / job.expected_attempts;
    let needed = |chance: f64| ((-chance).ln_1p() / (-p).ln_1p()).ceil().max(1.0);
    let found = job.state.found();
    let key = found.map(|found| found.public_key);
    let formats = if found.is_some() && job.erased_at.is_none() {
        key_files::formats(custody, Format::offered(spec.target.key_kind(), spec.target))
    } else {
        Vec::new()
    };
    Ok(JobView {
        id: job.id,
        status,
        one_in: job.one_in.clone(),
        custody,
        split_point: (custody == Custody::Split).then(|| job.recipient.to_string()),
        attempts: job.attempts,
        rate: live.rate,
        workers: live.workers,
        chance_so_far: chance(job.attempts, p),
        seconds: Percentiles { p50: needed(0.5), p90: needed(0.9), p99: needed(0.99) }.at(rate),
        queue_position: live.ahead,
        tokens_held: if status.is_open() { job.price - job.credit } else { 0 },
        price: job.price,
        credit: job.credit,
        tokens_posted: job.posted,
        tokens_released: job.released,
        cancelling: status.is_open() && job.cancel_requested_at.is_some(),
        failure: job.state.cause().map(|cause| cause.sentence().to_owned()),
        public_key: key.map(hex::encode),
        did: key.map(|key| vanikeys_grind::did::did_key(&key)),
        display: key.map(|key| spec.target.display(&key)),
        text: found.map(|found| found.text.clone()),
        matched_pattern: found.and_then(|found| found.spans.pattern.clone()),
        matches: found.map_or_else(Vec::new, |found| found.spans.matches.clone()),
        bonus: found.map_or_else(Vec::new, |found| found.spans.bonus.clone()),
        formats,
        erased_at: job.erased_at,
        created_at: job.created_at,
        started_at: job.started_at,
        finished_at: job.finished_at,
        pattern: spec.clone(),
    })
}

#[derive(Default)]
struct Live {
    rate: f64,
    workers: i64,
    ahead: Option<i64>,
}

impl Live {
    async fn of(app: &App, on: &mut impl Sql, job: &Job) -> StoreResult<Self> {
        let now = app.clock.now();
        let pace = slices::pace(on, job.id, now - WINDOW).await?;
        let started = job.started_at.unwrap_or(now);
        let span = now.since(started).min(WINDOW).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = if span > 0.0 { pace.attempts as f64 / span } else { 0.0 };
        let waits = job.started_at.is_none();
        let ahead = if waits { Some(jobs::ahead(on, job.turn).await?) } else { None };
        Ok(Self { rate, workers: pace.searchers, ahead })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chance for people")]
fn chance(attempts: i64, p: f64) -> f64 {
    // A certain pattern has no logarithm to multiply nothing with.
    if attempts == 0 { 0.0 } else { -(attempts as f64 * (-p).ln_1p()).exp_m1() }
}
