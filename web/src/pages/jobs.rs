//! `/app/jobs`: ordered, watched, cancelled, delivered.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use vanikeys_core::{
    domain::{job::Status, price::Tariff},
    flow::{
        Failure,
        job::{self, JobOrder, JobView},
    },
};

use super::{
    Frame, Steps,
    board::Board,
    curve::Curve,
    failed, page, pattern_form, paying,
    pulls::{OrderForm, builder_page},
    words,
};
use crate::{
    Web,
    api::{
        downloads::{KeyFormat, file},
        jobs::JobFilter,
    },
    error::{Problem, Refuse},
    extract::{ApiQuery, Form, Id, Idem, Signed},
};

#[derive(Template)]
#[template(path = "pages/jobs.html")]
struct List {
    frame: Frame,
    jobs: Vec<JobView>,
    steps: Steps,
    status: &'static str,
    tariff: Tariff,
}

impl List {
    /// What a job cost, or costs at most if it is open.
    fn price(&self, job: &JobView) -> String {
        words::priced(job.tokens_posted.unwrap_or(job.price - job.credit), &self.tariff)
    }
}

#[derive(Template)]
#[template(path = "pages/job.html")]
struct JobPage {
    frame: Frame,
    live: Live,
}

/// What changes while a job runs, alone: what the script fetches when told to look again.
#[derive(Template)]
#[template(path = "parts/job.html")]
struct Part {
    live: Live,
}

struct Live {
    job: JobView,
    board: Option<Board>,
    curve: Curve,
    query: String,
    /// What is held, charged and given back, with what it costs.
    held: String,
    posted: Option<String>,
    released: Option<String>,
    /// What cancelling would cost now.
    cancelling: String,
}

impl Live {
    fn new(job: JobView, tariff: &Tariff) -> Self {
        let priced = |tokens: i64| words::priced(tokens, tariff);
        Self {
            board: job.text.as_deref().map(|text| Board::new(text, &job.matches)),
            curve: Curve::new(job.chance_so_far),
            query: pattern_form::query(&job.pattern),
            held: priced(job.tokens_held),
            posted: job.tokens_posted.map(priced),
            released: job.tokens_released.map(priced),
            cancelling: cancelling(&job, tariff),
            job,
        }
    }

    /// What the page is put together from; as long as it stays, only numbers change.
    fn shape(&self) -> String {
        let job = &self.job;
        format!("{}-{}-{}", job.status.name(), job.cancelling, job.erased_at.is_some())
    }

    /// How the job stands, in a sentence.
    fn state(&self) -> String {
        let job = &self.job;
        match (job.status, job.queue_position) {
            _ if job.cancelling => "Cancelling: waiting for the last reports.".into(),
            (Status::Queued, Some(1)) => "Waiting for a searcher; one job is ahead of it.".into(),
            (Status::Queued, Some(ahead)) if ahead > 1 => {
                format!("Waiting for a searcher; {} jobs are ahead of it.", words::count(ahead))
            }
            (Status::Queued, _) => "Next in line, waiting for a searcher.".into(),
            (Status::Running, _) if job.workers == 0 => "Waiting for a searcher.".into(),
            (Status::Running, _) => "Searching.".into(),
            (Status::Completed, _) => "Found.".into(),
            (Status::Cancelled, _) => "Cancelled.".into(),
            (Status::Failed, _) => {
                let why = job.failure.as_deref().unwrap_or("something went wrong on our side");
                format!("It failed: {why}. Nothing was charged.")
            }
        }
    }

    fn chance_words(&self) -> String {
        format!("Chance that it would have been found by now: {}", words::percent(self.job.chance_so_far))
    }
}

/// What cancelling would cost now, in words.
fn cancelling(job: &JobView, tariff: &Tariff) -> String {
    let held = job.tokens_held;
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an amount for people")]
    let back = (held as f64 * (1.0 - job.chance_so_far)).floor() as i64;
    format!(
        "You pay for the chance that you had: about {} of {}. The rest comes back, and what you pay counts towards \
         your next job of this pattern.",
        words::priced(held - back, tariff),
        words::tokens(held)
    )
}

/// All of one's jobs.
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(filter): ApiQuery<JobFilter>,
) -> Result<Response, Problem> {
    let wanted = filter.page()?;
    let found = job::list(&web.app, &signed.actor, filter.status, wanted.limit.into(), wanted.offset.into()).await?;
    let frame = Frame::signed(&web, &signed, "Jobs").await?.section("jobs");
    let status = filter.status.map_or("", Status::name);
    let base = if status.is_empty() { String::from("/app/jobs?") } else { format!("/app/jobs?status={status}&") };
    let (steps, tariff) = (Steps::new(&base, wanted, found.total), paying::tariff(&web).await?);
    page(&List { frame, jobs: found.items, steps, status, tariff })
}

/// Orders a job and shows it.
pub(crate) async fn create(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OrderForm>,
) -> Result<Response, Problem> {
    let pattern = form.pattern();
    let order = JobOrder {
        pattern: pattern.spec().unwrap_or_default(),
        custody: form.custody,
        recipient: form.recipient(),
        proof: form.proof(),
        max_tokens: form.max_tokens,
    };
    let hash = form.hash();
    let key = Idem::form(form.once)?.key(signed.actor.user, "POST /app/jobs", hash);
    match job::create(&web.app, &signed.actor, key.as_ref(), &order).await {
        Ok(job) => Ok(Redirect::to(&format!("/app/jobs/{}", job.id)).into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            failed(&problem, &builder_page(&web, &signed, &pattern, Some(problem.clone())).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// One job.
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    let job = job::show(&web.app, &signed.actor, id).await?;
    let frame = Frame::signed(&web, &signed, format!("Job {}", job.pattern.text)).await?.section("jobs");
    page(&JobPage { frame, live: Live::new(job, &paying::tariff(&web).await?) })
}

/// What changes on its page.
pub(crate) async fn part(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    let job = job::show(&web.app, &signed.actor, id).await?;
    page(&Part { live: Live::new(job, &paying::tariff(&web).await?) })
}

/// Cancels it.
pub(crate) async fn cancel(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    job::cancel(&web.app, &signed.actor, None, id).await?;
    Ok(Redirect::to(&format!("/app/jobs/{id}")).into_response())
}

/// Erases its key.
pub(crate) async fn shred(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    job::shred(&web.app, &signed.actor, id).await?;
    Ok(Redirect::to(&format!("/app/jobs/{id}")).into_response())
}

/// Its private key as a file.
pub(crate) async fn result(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiQuery(wanted): ApiQuery<KeyFormat>,
) -> Result<Response, Problem> {
    Ok(file(&job::result(&web.app, &signed.actor, id, wanted.format.as_deref()).await?))
}
