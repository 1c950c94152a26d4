//! `admin queues`, `pause`, `resume`, `dead`, `run-again`, `forget-unreadable`: queues and what went wrong on them.

use clap::Args;
use serde_json::json;
use uuid::Uuid;
use vanikeys_core::{
    app::Schema,
    domain::task::{Queue, Stage},
    flow::tasks::{self, Search, TaskView},
};

use super::failed;
use crate::cli::{Common, Failed, output};

/// Arguments of `pause`, `resume` and `forget-unreadable`.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// searches, reports, heists, emails, webhooks or upkeep
    queue: Queue,
}

/// Which dead tasks.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Of this queue only
    #[arg(long)]
    queue: Option<Queue>,
    /// With this text in kind, content or error
    #[arg(long)]
    text: Option<String>,
}

/// Arguments of `dead`.
#[derive(Debug, Args)]
pub(crate) struct Dead {
    #[command(flatten)]
    which: Which,
    /// At most so many, the newest first
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
    /// Leave out so many
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    offset: i64,
}

/// Arguments of `run-again`.
#[derive(Debug, Args)]
pub(crate) struct RunAgain {
    /// The dead task
    #[arg(required_unless_present = "all", conflicts_with_all = ["all", "queue", "text"])]
    id: Option<Uuid>,
    /// All of them, or those that --queue and --text leave
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    which: Which,
}

impl Which {
    fn search(&self) -> Search {
        Search { stage: Some(Stage::Dead), queue: self.queue, user_id: None, text: self.text.clone() }
    }
}

pub(super) fn list(common: &Common) -> Result<(), Failed> {
    let queues = common.with_app(Schema::Leave, async |app| tasks::queues(&app).await.map_err(Failed::work))?;
    if common.json {
        output::json(&queues);
        return Ok(());
    }
    output::line("queue     waiting    later  running     dead  oldest  done/min");
    for queue in &queues {
        let oldest = queue.oldest_seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.0} s"));
        let paused = if queue.paused_at.is_some() { "  paused" } else { "" };
        let backlog = if queue.backlog.is_none() { "  the queue does not answer" } else { "" };
        output::line(format_args!(
            "{:8}  {:7}  {:7}  {:7}  {:7}  {oldest:>6}  {:8.1}{paused}{backlog}",
            queue.name, queue.waiting, queue.later, queue.running, queue.dead, queue.done_per_minute
        ));
    }
    Ok(())
}

pub(super) fn pause(common: &Common, args: &Named) -> Result<(), Failed> {
    let queue = args.queue;
    let done =
        common.with_app(Schema::Leave, async |app| tasks::pause(&app, None, queue).await.map_err(Failed::work))?;
    told(common, queue, done, "paused: its tasks wait, nothing new starts", "is paused already");
    Ok(())
}

pub(super) fn resume(common: &Common, args: &Named) -> Result<(), Failed> {
    let queue = args.queue;
    let done =
        common.with_app(Schema::Leave, async |app| tasks::resume(&app, None, queue).await.map_err(Failed::work))?;
    told(common, queue, done, "resumed", "is not paused");
    Ok(())
}

pub(super) fn forget_unreadable(common: &Common, args: &Named) -> Result<(), Failed> {
    let queue = args.queue;
    let forgotten = common.with_app(Schema::Leave, async |app| {
        let count = app.transport.unreadable(queue).await.map_err(Failed::work)?;
        app.transport.forget_unreadable(queue).await.map_err(Failed::work)?;
        Ok(count > 0)
    })?;
    told(common, queue, forgotten, "has forgotten what nobody could read", "has nothing that nobody could read");
    Ok(())
}

fn told(common: &Common, queue: Queue, done: bool, now: &str, already: &str) {
    if common.json {
        output::json(&json!({ "queue": queue.name(), "changed": done }));
    } else {
        output::line(format_args!("Queue {} {}.", queue.name(), if done { now } else { already }));
    }
}

pub(super) fn dead(common: &Common, args: &Dead) -> Result<(), Failed> {
    let (limit, offset) = (args.limit, args.offset);
    let listed = common.with_app(Schema::Leave, async |app| {
        tasks::tasks(&app, &args.which.search(), limit, offset).await.map_err(Failed::work)
    })?;
    if common.json {
        output::json(&json!({ "tasks": listed.tasks, "total": listed.total }));
        return Ok(());
    }
    for TaskView { id, queue, kind, tries, last_error, finished_at, .. } in &listed.tasks {
        let died = finished_at.map_or_else(|| "-".to_owned(), |at| at.rfc3339());
        let error = last_error.as_deref().unwrap_or("-");
        output::line(format_args!("{id}  {queue}  {kind}  {tries} tries  {died}  {error}"));
    }
    output::line(format_args!("{} of {} dead tasks.", listed.tasks.len(), listed.total));
    Ok(())
}

pub(super) fn run_again(common: &Common, args: &RunAgain) -> Result<(), Failed> {
    let count = common.with_app(Schema::Leave, async |app| match args.id {
        Some(id) => tasks::run_again(&app, None, id).await.map(|()| 1).map_err(failed),
        None => tasks::run_all_again(&app, None, &args.which.search()).await.map_err(Failed::work),
    })?;
    if common.json {
        output::json(&json!({ "runAgain": count }));
    } else {
        output::line(format_args!("{count} dead tasks run again, with all their tries."));
    }
    Ok(())
}
