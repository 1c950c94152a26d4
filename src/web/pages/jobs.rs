//! `/app/jobs`: ordered, watched, cancelled, delivered.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use vanikeys_core::flow::{
    Failure,
    job::{self, JobOrder, JobView},
};

use super::{
    Frame, Steps,
    board::Board,
    failed, page, pattern_form,
    pulls::{OrderForm, builder_page},
    words,
};
use crate::web::{
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
}

/// The chance as a curve over attempts, from nothing to 99 %: what lies behind the job, and what lies ahead.
struct Curve {
    line: String,
    area: String,
    rest: String,
}

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 140.0;
/// Expected attempts over the whole width: 1 - e^-4.6 is 99 %.
const SPAN: f64 = 4.6;

impl Curve {
    /// The curve of a job that has had `chance`.
    fn new(chance: f64) -> Self {
        let now = (-(-chance.clamp(0.0, 0.999)).ln_1p()).min(SPAN);
        let x = |load: f64| load / SPAN * WIDTH;
        let y = |load: f64| HEIGHT * (-load).exp();
        let path = |from: f64, to: f64| {
            let points = (0..=24).map(|step| from + (to - from) * f64::from(step) / 24.0);
            points.map(|load| format!("{:.1},{:.1}", x(load), y(load))).collect::<Vec<_>>().join(" L")
        };
        let line = format!("M{}", path(0.0, now));
        let area = format!("{line} L{:.1},{HEIGHT} L0,{HEIGHT} Z", x(now));
        let rest = format!("M{}", path(now, SPAN));
        Self { line, area, rest }
    }
}

impl Live {
    fn new(job: JobView) -> Self {
        let board = job.text.as_deref().map(|text| Board::new(text, &job.matches));
        Self { curve: Curve::new(job.chance_so_far), query: pattern_form::query(&job.pattern), board, job }
    }
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
    page(&List { frame, jobs: found.items, steps: Steps::new("/app/jobs?", wanted, found.total) })
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
    page(&JobPage { frame, live: Live::new(job) })
}

/// What changes on its page.
pub(crate) async fn part(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    let job = job::show(&web.app, &signed.actor, id).await?;
    page(&Part { live: Live::new(job) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_starts_at_nothing_and_never_reaches_certainty() {
        assert!(Curve::new(0.0).line.ends_with("L0.0,140.0"));
        assert!(Curve::new(0.5).rest.starts_with("M90.4,70.0"));
        let certain = Curve::new(1.0);
        assert!(certain.line.ends_with("L600.0,1.4"), "{}", certain.line);
    }
}
