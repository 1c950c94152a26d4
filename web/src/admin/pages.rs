//! `/admin`: charts and queues with pause and resume, dead tasks, workers and searchers, users, grants, flagged
//! signups, settings.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vanikeys_core::{
    config::InForce,
    domain::{
        task::{Queue, Stage},
        time::Timestamp,
        word,
    },
    flow::{
        Failure,
        admin::{
            activity::{self, Activity},
            review_signup, switches, users,
        },
        grant, job,
        switch::Switch,
        tasks::{self, QueueView, Search, TaskView},
    },
};

use super::{
    queues::{TaskFilter, queue},
    users::{User, UserFilter, grant_key},
    workers::{Searcher, Worker},
};
use crate::{
    Web,
    error::{Problem, Refuse},
    extract::{Admin, ApiQuery, Form, Id, Idem, Slug},
    pages::{Frame, Steps, chart::Chart, encode, failed, page, words},
};

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    frame: Frame,
    activity: Activity,
    charts: [Chart; 4],
    queues: Vec<QueueView>,
    flagged: i64,
    mail_folder: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/workers.html")]
struct Workers {
    frame: Frame,
    workers: Vec<Worker>,
    searchers: Vec<Searcher>,
    now: Timestamp,
}

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Settings {
    frame: Frame,
    switches: Vec<(Switch, bool)>,
    in_force: Vec<InForce>,
}

#[derive(Template)]
#[template(path = "admin/tasks.html")]
struct Tasks {
    frame: Frame,
    tasks: Vec<TaskView>,
    steps: Steps,
    states: &'static [&'static str],
    state: String,
    queue: String,
    text: String,
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct Users {
    frame: Frame,
    users: Vec<User>,
    steps: Steps,
    text: String,
    flagged: bool,
    error: Option<Problem>,
}

pub(super) async fn frame(web: &Web, admin: &Admin, title: &str) -> Result<Frame, Problem> {
    // Pages are for people: a program with a key has no page.
    let signed = admin.signed.as_ref().ok_or_else(Problem::unauthenticated)?;
    Ok(Frame::signed(web, signed, title).await?.section("admin"))
}

/// The overview.
pub(crate) async fn overview(State(web): State<Web>, admin: Admin) -> Result<Response, Problem> {
    let config = &web.app.config;
    let activity = activity::activity(&web.app).await?;
    let chart = |name, days: &[i64]| Chart::new(name, web.app.clock.now(), days.to_vec());
    page(&Overview {
        frame: frame(&web, &admin, "Administration").await?,
        charts: [
            chart("New accounts", &activity.signups),
            chart("Pulls", &activity.pulls),
            chart("Jobs ordered", &activity.orders),
            chart("Keys found", &activity.found),
        ],
        activity,
        queues: tasks::queues(&web.app).await?,
        flagged: users::list(&web.app, None, true, 1, 0).await?.1,
        mail_folder: (!config.mail_is_on()).then(|| config.data.join("mail").display().to_string()),
    })
}

/// Workers and searchers.
pub(crate) async fn workers(State(web): State<Web>, admin: Admin) -> Result<Response, Problem> {
    page(&Workers {
        frame: frame(&web, &admin, "Workers").await?,
        workers: tasks::workers(&web.app).await?.into_iter().map(Worker::from).collect(),
        searchers: job::searchers(&web.app).await?.into_iter().map(Searcher::from).collect(),
        now: web.app.clock.now(),
    })
}

/// Switches, and the settings in force with secrets masked.
pub(crate) async fn settings(State(web): State<Web>, admin: Admin) -> Result<Response, Problem> {
    let frame = frame(&web, &admin, "Settings").await?;
    let (switches, in_force) = (switches::all(&web.app).await?, web.app.config.in_force());
    page(&Settings { frame, switches, in_force })
}

/// The new position of a switch.
#[derive(Debug, Deserialize)]
pub(crate) struct SwitchForm {
    on: bool,
}

/// Turns a switch.
pub(crate) async fn switch(
    State(web): State<Web>,
    admin: Admin,
    Slug(name): Slug,
    Form(form): Form<SwitchForm>,
) -> Result<Response, Problem> {
    switches::set(&web.app, &admin.by, &name, if form.on { "true" } else { "false" }).await?;
    Ok(Redirect::to("/admin/settings").into_response())
}

/// Pauses a queue.
pub(crate) async fn pause(State(web): State<Web>, admin: Admin, Slug(name): Slug) -> Result<Response, Problem> {
    tasks::pause(&web.app, admin.actor(), queue(&name)?).await?;
    Ok(Redirect::to("/admin").into_response())
}

/// Lets a queue go on.
pub(crate) async fn resume(State(web): State<Web>, admin: Admin, Slug(name): Slug) -> Result<Response, Problem> {
    tasks::resume(&web.app, admin.actor(), queue(&name)?).await?;
    Ok(Redirect::to("/admin").into_response())
}

/// Suspends a searcher.
pub(crate) async fn suspend(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Response, Problem> {
    job::suspend_searcher(&web.app, &admin.by, id, true).await?;
    Ok(Redirect::to("/admin/workers").into_response())
}

/// Lets a searcher work again.
pub(crate) async fn unsuspend(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Response, Problem> {
    job::suspend_searcher(&web.app, &admin.by, id, false).await?;
    Ok(Redirect::to("/admin/workers").into_response())
}

/// Tasks; the dead ones unless asked otherwise.
pub(crate) async fn tasks(
    State(web): State<Web>,
    admin: Admin,
    ApiQuery(filter): ApiQuery<TaskFilter>,
) -> Result<Response, Problem> {
    let state = filter.state.clone().unwrap_or_else(|| Stage::Dead.name().to_owned());
    let (queue, text) = (filter.queue.clone().unwrap_or_default(), filter.text.clone().unwrap_or_default());
    // Of a select, "every" comes as an empty text.
    let named = filter.queue.filter(|name| !name.is_empty());
    let (wanted, search) = TaskFilter { state: Some(state.clone()), queue: named, ..filter }.checked()?;
    let found = tasks::tasks(&web.app, &search, wanted.limit.into(), wanted.offset.into()).await?;
    let base = format!("/admin/tasks?state={}&queue={}&text={}&", encode(&state), encode(&queue), encode(&text));
    let steps = Steps::new(&base, wanted, found.total);
    let frame = frame(&web, &admin, "Tasks").await?;
    page(&Tasks { frame, tasks: found.tasks, steps, states: word::words::<Stage>(), state, queue, text })
}

/// Runs a dead task again.
pub(crate) async fn run_again(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Response, Problem> {
    tasks::run_again(&web.app, admin.actor(), id).await?;
    Ok(Redirect::to("/admin/tasks").into_response())
}

/// Runs the ticked tasks again; those that are not dead any more stay as they are.
pub(crate) async fn selected(
    State(web): State<Web>,
    admin: Admin,
    Form(ticked): Form<HashMap<String, String>>,
) -> Result<Response, Problem> {
    for id in ticked.keys().filter_map(|name| name.strip_prefix("task-")?.parse().ok()) {
        match tasks::run_again(&web.app, admin.actor(), id).await {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(Redirect::to("/admin/tasks").into_response())
}

/// Which dead tasks are to run again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RunAllForm {
    queue: String,
    text: String,
}

/// Runs all dead tasks that match again.
pub(crate) async fn run_all_again(
    State(web): State<Web>,
    admin: Admin,
    Form(form): Form<RunAllForm>,
) -> Result<Response, Problem> {
    let on = (!form.queue.is_empty()).then(|| queue(&form.queue)).transpose()?;
    let text = (!form.text.is_empty()).then_some(form.text);
    let search = Search { stage: Some(Stage::Dead), queue: on, user_id: None, text };
    tasks::run_all_again(&web.app, admin.actor(), &search).await?;
    Ok(Redirect::to("/admin/tasks").into_response())
}

/// Users.
pub(crate) async fn users(
    State(web): State<Web>,
    admin: Admin,
    ApiQuery(filter): ApiQuery<UserFilter>,
) -> Result<Response, Problem> {
    page(&users_page(&web, &admin, &filter, None).await?)
}

async fn users_page(web: &Web, admin: &Admin, filter: &UserFilter, error: Option<Problem>) -> Result<Users, Problem> {
    let wanted = filter.page()?;
    let (text, flagged) = (filter.text.clone().unwrap_or_default(), filter.flagged.unwrap_or(false));
    let like = (!text.is_empty()).then_some(text.as_str());
    let (found, total) = users::list(&web.app, like, flagged, wanted.limit.into(), wanted.offset.into()).await?;
    let base = format!("/admin/users?text={}&flagged={flagged}&", encode(&text));
    let users = found.into_iter().map(User::from).collect();
    let frame = frame(web, admin, "Users").await?;
    Ok(Users { frame, users, steps: Steps::new(&base, wanted, total), text, flagged, error })
}

/// Tokens for a user.
#[derive(Debug, Deserialize)]
pub(crate) struct GrantForm {
    amount: i64,
    #[serde(default)]
    note: String,
    once: Option<String>,
}

/// Gives a user tokens.
pub(crate) async fn grant(
    State(web): State<Web>,
    admin: Admin,
    Id(user): Id,
    Form(form): Form<GrantForm>,
) -> Result<Response, Problem> {
    let content = format!("{}/{}", form.amount, form.note);
    let key = grant_key(Idem::form(form.once)?, &admin, user, content.as_bytes());
    let note = (!form.note.is_empty()).then_some(form.note.as_str());
    users::find(&web.app, &user.to_string()).await?.ok_or_else(|| Problem::not_found("user"))?;
    match grant::give(&web.app, &admin.by, key.as_ref(), user, form.amount, note).await {
        Ok(_) => Ok(Redirect::to("/admin/users").into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            failed(&problem, &users_page(&web, &admin, &UserFilter::default(), Some(problem.clone())).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Clears the flag of a signup.
pub(crate) async fn clear_flag(State(web): State<Web>, admin: Admin, Id(user): Id) -> Result<Response, Problem> {
    review_signup::clear(&web.app, &admin.by, user).await?;
    Ok(Redirect::to("/admin/users?flagged=true").into_response())
}
