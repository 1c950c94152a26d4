//! Queues and tasks as admins see and steer them.

use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;

use crate::{
    app::App,
    clients::signals::Topic,
    domain::{
        audit::Action,
        task::{Queue, TaskState},
        time::Timestamp,
    },
    flow::{Actor, Failure},
    store::{
        StoreError,
        audit::{self, Entry, Origin},
        outbox::{self, Search, Task},
        queues, transact,
    },
};

/// Rates are counted over this.
const WINDOW: Duration = Duration::from_secs(5 * 60);

/// One queue in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    /// The queue.
    pub name: Queue,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Waiting for their time, mostly to be tried again.
    pub later: i64,
    /// Due and not begun.
    pub waiting: i64,
    /// Being worked on.
    pub running: i64,
    /// Dead and kept.
    pub dead: i64,
    /// Age of the oldest that is due and not begun, in seconds.
    pub oldest_seconds: Option<f64>,
    /// Tasks done a minute, over the last five.
    pub done_per_minute: f64,
    /// Tasks that died in the last five minutes.
    pub died_lately: i64,
    /// Items on the queue itself, if it answers; for `searches` and `reports` this is all there is.
    pub backlog: Option<i64>,
    /// Items of the queue itself that nobody can read and that were set aside, if it answers.
    pub unreadable: Option<i64>,
}

/// A page of tasks.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The tasks, the newest first.
    pub tasks: Vec<TaskView>,
    /// How many there are in all.
    pub total: i64,
}

/// A task as admins see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Its id.
    pub id: Uuid,
    /// Its queue.
    pub queue: Queue,
    /// Its kind.
    pub kind: String,
    /// Its payload: ids, as JSON.
    pub payload: String,
    /// Whose task it is.
    pub user_id: Option<Uuid>,
    /// How it stands.
    pub state: TaskState,
    /// Tries since it was enqueued or run again.
    pub tries: i64,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it is due.
    pub due_at: Timestamp,
    /// When it was done or died.
    pub finished_at: Option<Timestamp>,
}

/// The task is not dead, or there is none of that id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no dead task of this id")]
pub struct NotDead;

/// Every queue in numbers.
///
/// # Errors
/// The store's.
pub async fn queues(app: &App) -> Result<Vec<QueueView>, StoreError> {
    let now = app.clock.now();
    let depths = outbox::depths(&mut app.db.read().await?, now - WINDOW).await?;
    let mut views = Vec::with_capacity(depths.len());
    for depth in depths {
        let minutes = WINDOW.as_secs_f64() / 60.0;
        let oldest = depth.oldest_due_at.map(|due| now.since(due).as_secs_f64());
        views.push(QueueView {
            name: depth.queue,
            paused_at: depth.paused_at,
            later: depth.later,
            waiting: depth.waiting,
            running: depth.running,
            dead: depth.dead,
            oldest_seconds: oldest,
            done_per_minute: f64::from(u32::try_from(depth.done_since).unwrap_or(u32::MAX)) / minutes,
            died_lately: depth.died_since,
            backlog: app.transport.backlog(depth.queue).await.ok(),
            unreadable: app.transport.unreadable(depth.queue).await.ok(),
        });
    }
    Ok(views)
}

/// Pauses a queue; nothing that waits on it starts. False if it is paused already.
///
/// # Errors
/// The store's.
pub async fn pause(app: &App, by: Option<&Actor>, queue: Queue) -> Result<bool, StoreError> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        let changed = queues::pause(tx, queue, by.map(|actor| actor.user), at).await?;
        record(tx, by, Action::QueuePause, None, serde_json::json!({ "queue": queue }), at).await?;
        Ok::<_, StoreError>(changed)
    })
}

/// Lets a paused queue go on. False if it is not paused.
///
/// # Errors
/// The store's.
pub async fn resume(app: &App, by: Option<&Actor>, queue: Queue) -> Result<bool, StoreError> {
    let at = app.clock.now();
    let changed = transact!(app.db, tx => {
        let changed = queues::resume(tx, queue).await?;
        record(tx, by, Action::QueueResume, None, serde_json::json!({ "queue": queue }), at).await?;
        Ok::<_, StoreError>(changed)
    })?;
    app.signals.publish(Topic::Outbox);
    app.signals.publish(Topic::Queue(queue));
    app.signals.publish(Topic::Coordinator);
    Ok(changed)
}

/// Whether a queue is paused, for what does not come through the outbox.
///
/// # Errors
/// The store's.
pub async fn is_paused(app: &App, queue: Queue) -> Result<bool, StoreError> {
    Ok(queues::paused_at(&mut app.db.read().await?, queue).await?.is_some())
}

/// Lists tasks.
///
/// # Errors
/// The store's.
pub async fn tasks(app: &App, search: &Search, limit: i64, offset: i64) -> Result<Listed, StoreError> {
    let (tasks, total) = outbox::list(&mut app.db.read().await?, search, limit, offset).await?;
    Ok(Listed { tasks: tasks.into_iter().map(TaskView::from).collect(), total })
}

/// Lets a dead task run again, with all its tries.
///
/// # Errors
/// [`NotDead`], or the store's.
pub async fn run_again(app: &App, by: Option<&Actor>, id: Uuid) -> Result<(), Failure<NotDead>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        if !outbox::run_again(tx, id, at).await? {
            return Err(Failure::Refused(NotDead));
        }
        record(tx, by, Action::TaskRunAgain, Some(id), serde_json::json!({}), at).await?;
        Ok(())
    })?;
    app.signals.publish(Topic::Outbox);
    Ok(())
}

/// Lets every dead task that matches run again; answers how many.
///
/// # Errors
/// The store's.
pub async fn run_all_again(app: &App, by: Option<&Actor>, search: &Search) -> Result<u64, StoreError> {
    let at = app.clock.now();
    let count = transact!(app.db, tx => {
        let count = outbox::run_all_again(tx, search, at).await?;
        let detail = serde_json::json!({ "queue": search.queue, "text": search.text, "count": count });
        record(tx, by, Action::TaskRunAllAgain, None, detail, at).await?;
        Ok::<_, StoreError>(count)
    })?;
    app.signals.publish(Topic::Outbox);
    Ok(count)
}

async fn record(
    tx: &mut crate::store::Tx,
    by: Option<&Actor>,
    action: Action,
    subject: Option<Uuid>,
    detail: serde_json::Value,
    at: Timestamp,
) -> Result<(), StoreError> {
    let entry = Entry::new(by.map(|actor| actor.user), action, subject, detail);
    let origin = by.map_or_else(Origin::default, |actor| actor.origin.clone());
    audit::record(tx, &entry, &origin, at).await
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        Self {
            id: task.id,
            queue: task.queue,
            kind: task.kind,
            payload: task.payload,
            user_id: (!task.user_id.is_nil()).then_some(task.user_id),
            state: task.state,
            tries: task.attempt - task.attempts_before,
            last_error: task.last_error,
            request_id: task.request_id,
            created_at: task.created_at,
            due_at: task.due_at,
            finished_at: task.finished_at,
        }
    }
}
