//! Keeps an apalis worker running on a queue. apalis' worker ends with its connection, cancels what it runs, and its
//! name is refused for a while; so every start has a fresh name, items are handled in tasks of our own that outlive
//! it, and an end is followed by a start after a growing pause. A worker that lives but takes nothing although
//! something lies there is ended too.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use apalis::prelude::{BoxDynError, Event, EventListenerExt as _, TaskId, WorkerBuilder, WorkerBuilderExt as _};
use futures::FutureExt as _;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{self, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use vanikeys_core::{
    clients::signals::{Signals, Topic},
    domain::task::Queue,
    queue::transport::{Carrier, Transport},
};

use crate::health::Health;

/// How often a running worker is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A worker whose heartbeat is older is dead, whatever it looks like.
const SILENCE: Duration = Duration::from_secs(40);

/// A worker that could, and for so long takes nothing although something lies there, is dead too.
const IDLE: Duration = Duration::from_secs(15);

/// Pauses between starts.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// What to do with an item after it was handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is gone for good.
    Finished,
    /// It goes back to the queue.
    Unhandled,
    /// It says nothing that this queue is for; why.
    Unreadable(&'static str),
}

/// Handles the items of a queue.
pub(crate) trait Deliver: Clone + Send + Sync + 'static {
    /// Handles one. Must not panic.
    fn deliver(&self, item: Vec<u8>) -> impl Future<Output = Verdict> + Send;
}

/// A queue and what keeps a worker on it.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) queue: Queue,
    pub(crate) transport: Transport,
    pub(crate) signals: Signals,
    /// Items handled at once.
    pub(crate) concurrency: usize,
    pub(crate) health: Health,
    /// Ends the supervisor: nothing new is taken, what runs is finished.
    pub(crate) stop: CancellationToken,
}

/// Runs until told to stop, and until everything that was taken is handled.
pub(crate) async fn supervise(post: Post, deliver: impl Deliver) {
    let permits = Arc::new(Semaphore::new(post.concurrency));
    let mut pause = PAUSES.0;
    let retiring = TaskTracker::new();
    while !post.stop.is_cancelled() {
        let started = Instant::now();
        let name = format!("{}-{}", post.queue, Uuid::now_v7().simple());
        let run = Run { post: &post, name: &name, permits: permits.clone(), running: TaskTracker::new() };
        let ended = run.run(&deliver).await;
        run.running.close();
        let (running, transport, queue) = (run.running, post.transport.clone(), post.queue);
        // Not before its items are handled: they must not come back to the queue meanwhile.
        retiring.spawn(async move {
            running.wait().await;
            if let Err(error) = transport.retire(queue, &name).await {
                tracing::debug!(%queue, worker = %name, %error, "an ended worker is left to time out");
            }
        });
        if post.stop.is_cancelled() {
            break;
        }
        post.health.fails(&post.name(), true);
        if started.elapsed() > Duration::from_secs(60) {
            pause = PAUSES.0;
        }
        tracing::warn!(queue = %post.queue, reason = %ended, again_in = ?pause, "the worker of a queue ended and is started again");
        tokio::select! {
            () = time::sleep(pause) => pause = (pause * 2).min(PAUSES.1),
            () = post.stop.cancelled() => {}
        }
    }
    retiring.close();
    retiring.wait().await;
    post.health.ended(&post.name());
}

impl Post {
    fn name(&self) -> String {
        loop_of(self.queue)
    }
}

/// What the loop of a queue is called.
pub(crate) fn loop_of(queue: Queue) -> String {
    format!("worker of {queue}")
}

/// One life of an apalis worker.
struct Run<'a> {
    post: &'a Post,
    name: &'a str,
    permits: Arc<Semaphore>,
    running: TaskTracker,
}

impl Run<'_> {
    async fn run(&self, deliver: &impl Deliver) -> String {
        let Post { transport, queue, signals, health, .. } = self.post;
        // Redis being away is no reason to be restarted from outside: this loop turns.
        health.beat(&self.post.name(), SILENCE);
        if let Err(error) = transport.sweep(*queue).await {
            return error.to_string();
        }
        let bell = signals.subscribe(Topic::Queue(*queue));
        match transport {
            Transport::Redis(redis) => self.work(redis.carrier(*queue, bell), deliver).await,
            Transport::Sqlite(sqlite) => self.work(sqlite.carrier(*queue, bell), deliver).await,
        }
    }

    /// The one definition of a worker, on any backend.
    async fn work(&self, backend: impl Carrier, deliver: &impl Deliver) -> String {
        let Post { queue, transport, concurrency, stop, .. } = self.post;
        let (queue, concurrency) = (*queue, *concurrency);
        let heard = Arc::new(AtomicBool::new(true));
        let hears = heard.clone();
        let (permits, running, transport) = (self.permits.clone(), self.running.clone(), transport.clone());
        let (deliver, name): (_, Arc<str>) = (deliver.clone(), self.name.into());
        let handler = move |item: Vec<u8>, id: TaskId| {
            let (permits, transport, deliver, name) =
                (permits.clone(), transport.clone(), deliver.clone(), name.clone());
            let handling = running.spawn(async move {
                let _permit: Option<SemaphorePermit<'_>> = permits.acquire().await.ok();
                let verdict = deliver.deliver(item).await;
                conclude(&transport, queue, &name, &id.to_string(), verdict).await;
            });
            async move { handling.await.map_err(BoxDynError::from) }
        };
        let worker = WorkerBuilder::new(self.name)
            .backend(backend)
            .concurrency(concurrency)
            .on_event(move |_, event| {
                if matches!(event, Event::HeartBeat) {
                    hears.store(true, Ordering::Relaxed);
                }
            })
            .build(handler);
        // Not stopped apalis' way: while it waits for what runs, it leaves a fetch half done, which on SQLite holds the
        // one connection that those who run need to acknowledge. Dropped, it lets go of everything; what runs goes on
        // in tasks of its own, and what it had fetched is taken back when those have ended.
        tokio::select! {
            ended = worker.run().boxed() => ended.map_or_else(|error| error.to_string(), |()| "it ended".to_owned()),
            reason = self.watch(&heard) => reason,
            () = stop.cancelled() => "it was told to stop".to_owned(),
        }
    }

    /// Ends when the worker is dead although it looks alive.
    async fn watch(&self, heard: &AtomicBool) -> String {
        let Post { queue, transport, concurrency, health, stop, .. } = self.post;
        let (mut last_heard, mut idle_since) = (Instant::now(), None::<Instant>);
        loop {
            time::sleep(LOOK).await;
            if heard.swap(false, Ordering::Relaxed) {
                last_heard = Instant::now();
            }
            if last_heard.elapsed() > SILENCE {
                return "its heartbeat stopped".to_owned();
            }
            health.beat(&self.post.name(), SILENCE);
            health.fails(&self.post.name(), false);
            let busy = concurrency - self.permits.available_permits().min(*concurrency);
            let backlog = transport.backlog(*queue).await.unwrap_or(0);
            if stop.is_cancelled() || backlog == 0 || busy > 0 {
                idle_since = None;
                continue;
            }
            if idle_since.get_or_insert_with(Instant::now).elapsed() > IDLE {
                return format!("it took nothing although {backlog} items are waiting");
            }
        }
    }
}

/// Acknowledges or gives back an item. If that fails, the item comes again, and finds its task done.
async fn conclude(transport: &Transport, queue: Queue, worker: &str, item: &str, verdict: Verdict) {
    for pause in [50, 500, 0] {
        let done = match verdict {
            Verdict::Finished => transport.acknowledge(queue, worker, item).await,
            Verdict::Unhandled => transport.release(queue, worker, item).await,
            Verdict::Unreadable(why) => transport.set_aside(queue, worker, item, why).await,
        };
        match done {
            Ok(()) => return,
            Err(error) if pause == 0 => tracing::debug!(%queue, %error, "an item was not acknowledged; it comes again"),
            Err(_) => time::sleep(Duration::from_millis(pause)).await,
        }
    }
}
