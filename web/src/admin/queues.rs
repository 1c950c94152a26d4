//! `/admin/api/queues` and `/admin/api/tasks`: what waits, what died, what may go on.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vanikeys_core::{
    domain::task::{Queue, Stage},
    flow::tasks::{self, QueueView, Search, TaskView},
};

use crate::{
    Web,
    error::Problem,
    extract::{Admin, ApiJson, ApiQuery, Check, Id, Listed, Page, Slug, word},
};

/// Every queue in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Queues {
    /// The queues.
    items: Vec<QueueView>,
}

/// Queues in numbers
#[utoipa::path(get, path = "/admin/api/queues", tag = "admin", operation_id = "listQueues",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Queues)))]
pub(crate) async fn list(State(web): State<Web>, _: Admin) -> Result<Json<Queues>, Problem> {
    Ok(Json(Queues { items: tasks::queues(&web.app).await? }))
}

/// Whether something changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed {
    /// False if it was so already.
    pub(crate) changed: bool,
}

/// The queue that a path names.
pub(crate) fn queue(name: &str) -> Result<Queue, Problem> {
    name.parse().map_err(|_| Problem::not_found("queue"))
}

/// Pause a queue
///
/// What runs goes on, nothing new starts.
#[utoipa::path(post, path = "/admin/api/queues/{name}/pause", tag = "admin", operation_id = "pauseQueue",
    params(("name" = String, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Changed)))]
pub(crate) async fn pause(State(web): State<Web>, admin: Admin, Slug(name): Slug) -> Result<Json<Changed>, Problem> {
    Ok(Json(Changed { changed: tasks::pause(&web.app, admin.actor(), queue(&name)?).await? }))
}

/// Let a paused queue go on
#[utoipa::path(post, path = "/admin/api/queues/{name}/resume", tag = "admin", operation_id = "resumeQueue",
    params(("name" = String, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Changed)))]
pub(crate) async fn resume(State(web): State<Web>, admin: Admin, Slug(name): Slug) -> Result<Json<Changed>, Problem> {
    Ok(Json(Changed { changed: tasks::resume(&web.app, admin.actor(), queue(&name)?).await? }))
}

/// Which tasks a list shows. Every field that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct TaskFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    pub(crate) offset: Option<u32>,
    /// `dead`, `waiting` (due and not begun), `later`, `running` or `done`.
    #[param(example = "dead", inline, value_type = Option<Stage>)]
    pub(crate) state: Option<String>,
    /// On this queue.
    #[param(example = "emails", inline, value_type = Option<Queue>)]
    pub(crate) queue: Option<String>,
    /// With this text in kind, payload or error.
    pub(crate) text: Option<String>,
}

impl TaskFilter {
    /// The page and the search, if they are in bounds.
    pub(crate) fn checked(self) -> Result<(Page, Search), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        let text = self.text.filter(|text| !text.is_empty());
        Ok((page, Search { stage: word("state", self.state)?, queue: word("queue", self.queue)?, user_id: None, text }))
    }
}

/// Tasks, newest first
#[utoipa::path(get, path = "/admin/api/tasks", tag = "admin", operation_id = "listTasks", params(TaskFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<TaskView>)))]
pub(crate) async fn list_tasks(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(filter): ApiQuery<TaskFilter>,
) -> Result<Json<Listed<TaskView>>, Problem> {
    let (page, search) = filter.checked()?;
    let found = tasks::tasks(&web.app, &search, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.tasks, page, found.total)))
}

/// Run a dead task again
///
/// With all its tries.
#[utoipa::path(post, path = "/admin/api/tasks/{id}/run-again", tag = "admin", operation_id = "runTaskAgain",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = RunAgain)))]
pub(crate) async fn run_again(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Json<RunAgain>, Problem> {
    tasks::run_again(&web.app, admin.actor(), id).await?;
    Ok(Json(RunAgain { count: 1 }))
}

/// Which dead tasks are to run again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RunAgainOrder {
    /// On this queue; left out: on every queue.
    #[serde(default)]
    #[schema(example = "emails", value_type = Option<Queue>)]
    queue: Option<String>,
    /// With this text in kind, payload or error.
    #[serde(default)]
    text: Option<String>,
}

impl Check for RunAgainOrder {}

/// How many tasks run again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunAgain {
    /// So many.
    count: u64,
}

/// Run all dead tasks that match again
#[utoipa::path(post, path = "/admin/api/tasks/run-again", tag = "admin", operation_id = "runTasksAgain",
    request_body = RunAgainOrder, security(("accessToken" = []), ("session" = [])), responses((status = 200, body = RunAgain)))]
pub(crate) async fn run_all_again(
    State(web): State<Web>,
    admin: Admin,
    ApiJson { body, .. }: ApiJson<RunAgainOrder>,
) -> Result<Json<RunAgain>, Problem> {
    let search = Search { stage: Some(Stage::Dead), queue: word("queue", body.queue)?, user_id: None, text: body.text };
    Ok(Json(RunAgain { count: tasks::run_all_again(&web.app, admin.actor(), &search).await? }))
}
