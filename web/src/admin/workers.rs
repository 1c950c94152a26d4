//! `/admin/api/workers` and `/admin/api/searchers`: what runs where, and which searchers are trusted.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vanikeys_core::{
    domain::time::Timestamp,
    flow::{By, job, tasks},
};

use super::queues::Changed;
use crate::{
    Web,
    error::Problem,
    extract::{Admin, Id},
};

/// A worker process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Worker {
    /// Its id, fresh at every start.
    id: Uuid,
    /// Where it runs.
    pub(crate) host: String,
    /// The queues it serves.
    pub(crate) queues: Vec<String>,
    /// Threads that search.
    pub(crate) threads: i64,
    /// Its version.
    pub(crate) version: String,
    /// When it started.
    pub(crate) started_at: Timestamp,
    /// When it was last heard of.
    pub(crate) heartbeat_at: Timestamp,
    /// When it last finished a task.
    pub(crate) last_task_at: Option<Timestamp>,
    /// Tasks done since it started.
    pub(crate) tasks_done: i64,
    /// Tasks failed since it started.
    pub(crate) tasks_failed: i64,
    /// Since when it is stopping.
    pub(crate) stopping_at: Option<Timestamp>,
}

impl Worker {
    /// Tasks done a minute since it started.
    pub(crate) fn per_minute(&self, now: &Timestamp) -> f64 {
        let minutes = now.since(self.started_at).as_secs_f64() / 60.0;
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let done = self.tasks_done as f64;
        if minutes > 0.0 { done / minutes } else { 0.0 }
    }
}

impl From<tasks::Worker> for Worker {
    fn from(worker: tasks::Worker) -> Self {
        Self {
            id: worker.id,
            host: worker.host,
            queues: worker.queues.split(',').map(str::to_owned).collect(),
            threads: worker.threads,
            version: worker.version,
            started_at: worker.started_at,
            heartbeat_at: worker.heartbeat_at,
            last_task_at: worker.last_task_at,
            tasks_done: worker.tasks_done,
            tasks_failed: worker.tasks_failed,
            stopping_at: worker.stopping_at,
        }
    }
}

/// The workers that are there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Workers {
    /// The workers.
    items: Vec<Worker>,
}

/// Workers that are there
#[utoipa::path(get, path = "/admin/api/workers", tag = "admin", operation_id = "listWorkers",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Workers)))]
pub(crate) async fn list(State(web): State<Web>, _: Admin) -> Result<Json<Workers>, Problem> {
    Ok(Json(Workers { items: tasks::workers(&web.app).await?.into_iter().map(Worker::from).collect() }))
}

/// A searcher, known by its key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Searcher {
    /// Its id.
    pub(crate) id: Uuid,
    /// The name that its admin gave it.
    pub(crate) name: String,
    /// Its Ed25519 public key, in hexadecimal.
    public_key: String,
    /// When it was enrolled.
    enrolled_at: Timestamp,
    /// When it was suspended.
    pub(crate) suspended_at: Option<Timestamp>,
    /// Reports of its own that did not verify.
    pub(crate) bad_reports: i64,
    /// When it last reported.
    pub(crate) last_seen_at: Option<Timestamp>,
    /// Threads it searches with.
    pub(crate) threads: Option<i64>,
    /// Attempts a second.
    pub(crate) rate: Option<f64>,
}

impl From<job::Searcher> for Searcher {
    fn from(searcher: job::Searcher) -> Self {
        Self {
            id: searcher.id,
            name: searcher.name,
            public_key: hex::encode(searcher.public_key),
            enrolled_at: searcher.enrolled_at,
            suspended_at: searcher.suspended_at,
            bad_reports: searcher.bad_reports,
            last_seen_at: searcher.last_seen_at,
            threads: searcher.threads,
            rate: searcher.rate,
        }
    }
}

/// Every searcher that was enrolled.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Searchers {
    /// The searchers, oldest first.
    items: Vec<Searcher>,
}

/// Searchers
#[utoipa::path(get, path = "/admin/api/searchers", tag = "admin", operation_id = "listSearchers",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Searchers)))]
pub(crate) async fn searchers(State(web): State<Web>, _: Admin) -> Result<Json<Searchers>, Problem> {
    Ok(Json(Searchers { items: job::searchers(&web.app).await?.into_iter().map(Searcher::from).collect() }))
}

/// Suspend a searcher
///
/// It gets no slices and its reports are dropped.
#[utoipa::path(post, path = "/admin/api/searchers/{id}/suspend", tag = "admin", operation_id = "suspendSearcher",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Changed)))]
pub(crate) async fn suspend(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Json<Changed>, Problem> {
    turn(&web, &admin.by, id, true).await
}

/// Let a suspended searcher work again
#[utoipa::path(post, path = "/admin/api/searchers/{id}/resume", tag = "admin", operation_id = "resumeSearcher",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Changed)))]
pub(crate) async fn resume(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Json<Changed>, Problem> {
    turn(&web, &admin.by, id, false).await
}

async fn turn(web: &Web, by: &By, id: Uuid, suspend: bool) -> Result<Json<Changed>, Problem> {
    if job::suspend_searcher(&web.app, by, id, suspend).await? {
        Ok(Json(Changed { changed: true }))
    } else {
        Err(Problem::not_found("searcher"))
    }
}
