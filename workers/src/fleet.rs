//! Starts everything that a worker process does, and stops it: first nothing new is taken, then what runs may finish,
//! then it is handed back.

use std::{num::NonZero, time::Duration};

use rayon::ThreadPoolBuildError;
use tokio::time;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    custody::{
        SearcherKey,
        searcher_key::SearcherKeyError,
        slice::{SliceKeys, SliceKeysError},
    },
    domain::task::Queue,
    flow::job,
};

use crate::{
    coordinator, delivery,
    delivery::Handle,
    emails,
    health::Health,
    heists::{self, Heists},
    prices, relay,
    reports::Reports,
    roll, schedule,
    searches::{self, Equipment, Searcher},
    supervisor::{Deliver, Post, supervise},
    upkeep, webhooks,
};

/// What a worker process does.
#[derive(Clone, Debug)]
pub struct Options {
    /// The queues it works on.
    pub queues: Vec<Queue>,
    /// Threads that search; as many as the processor has if none are given.
    pub threads: Option<NonZero<usize>>,
    /// Tells others whether it really works.
    pub health: Health,
    /// What runs when it is told to stop may go on for so long; then it is handed back.
    pub finish: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { queues: Queue::ALL.to_vec(), threads: None, health: Health::default(), finish: Duration::from_secs(12) }
    }
}

impl Options {
    /// Threads that search.
    #[must_use]
    pub fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, NonZero::get);
        self.threads.map_or_else(all, NonZero::get)
    }
}

/// After what runs was interrupted, handing it back may take so long.
const HAND_BACK: Duration = Duration::from_secs(4);

/// Why a worker process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The searcher's own key.
    #[error(transparent)]
    Key(#[from] SearcherKeyError),
    /// The service's slice keys.
    #[error("SLICE_KEYS: {0}")]
    SliceKeys(#[from] SliceKeysError),
    /// The searcher could not be enrolled.
    #[error("this host's searcher could not be enrolled: {0}")]
    Enrol(String),
    /// No threads to search with.
    #[error("no threads to search with: {0}")]
    Threads(#[from] ThreadPoolBuildError),
}

/// Works until `shutdown` ends, and then until what runs is finished or handed back, at most some 16 seconds.
///
/// # Errors
/// [`StartError`], before anything was started.
pub async fn run(app: App, options: Options, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
    let searcher =
        if options.queues.contains(&Queue::Searches) { Some(own_searcher(&app, &options).await?) } else { None };
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    let workers = Workers { app, options, stop, hurry, tasks: TaskTracker::new() };
    for queue in Queue::ALL.into_iter().filter(|queue| workers.options.queues.contains(queue)) {
        workers.serve(queue);
    }
    if let Some(searcher) = searcher {
        workers.search(searcher);
    }
    let shared = || (workers.app.clone(), workers.options.health.clone(), workers.stop.clone());
    let (app, health, stop) = shared();
    workers.spawn(relay::run(app, health, stop));
    let (app, health, stop) = shared();
    workers.spawn(coordinator::run(app, health, stop));
    let (app, health, stop) = shared();
    workers.spawn(schedule::run(app, health, stop));
    workers.spawn(prices::look(workers.app.clone(), workers.stop.clone()));
    let id = Uuid::now_v7();
    let (app, health, stop) = shared();
    let (queues, threads) = (workers.options.queues.clone(), workers.options.threads());
    workers.spawn(async move { roll::run(&app, id, &queues, threads, &health, &stop).await });
    shutdown.await;
    workers.stopped().await;
    roll::leave(&workers.app, id).await;
    Ok(())
}

/// Searches, with no database, until `shutdown` ends.
pub async fn search(searcher: Searcher, options: Options, shutdown: impl Future<Output = ()>) {
    let (stop, hurry, tasks) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
    tasks.spawn(searches::search(searcher, options.health.clone(), stop.clone(), hurry.clone()));
    shutdown.await;
    end(&tasks, &stop, &hurry, options.finish).await;
}

/// Everything that this process runs.
struct Workers {
    app: App,
    options: Options,
    stop: CancellationToken,
    hurry: CancellationToken,
    tasks: TaskTracker,
}

impl Workers {
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Starts the worker on a queue.
    fn serve(&self, queue: Queue) {
        let Self { app, options: Options { health, .. }, hurry, .. } = self;
        match queue {
            // Served by the searcher, which may also run without an application.
            Queue::Searches => {}
            Queue::Reports => {
                self.post(queue, 8, Reports { app: app.clone(), health: health.clone(), hurry: hurry.clone() });
            }
            Queue::Heists => {
                self.post(queue, heists::AT_ONCE, Heists::start(app.clone(), health.clone(), hurry.clone()));
            }
            Queue::Emails => self.owed(queue, 8, emails::handle),
            Queue::Webhooks => self.owed(queue, 16, webhooks::handle),
            Queue::Upkeep => self.owed(queue, 2, upkeep::handle),
        }
    }

    fn search(&self, searcher: Searcher) {
        self.spawn(searches::search(searcher, self.options.health.clone(), self.stop.clone(), self.hurry.clone()));
    }

    /// A worker on a queue of owed tasks.
    fn owed<P: vanikeys_core::queue::Payload>(&self, queue: Queue, concurrency: usize, handle: Handle<P>) {
        let (app, health, hurry) = (self.app.clone(), self.options.health.clone(), self.hurry.clone());
        self.post(queue, concurrency, delivery::Owed { app, health, hurry, handle });
    }

    fn post<D: Deliver>(&self, queue: Queue, concurrency: usize, deliver: D) {
        let post = Post {
            queue,
            transport: self.app.transport.clone(),
            signals: self.app.signals.clone(),
            concurrency,
            health: self.options.health.clone(),
            stop: self.stop.clone(),
        };
        self.spawn(supervise(post, deliver));
    }

    async fn stopped(&self) {
        end(&self.tasks, &self.stop, &self.hurry, self.options.finish).await;
    }
}

async fn end(tasks: &TaskTracker, stop: &CancellationToken, hurry: &CancellationToken, finish: Duration) {
    tracing::info!("stopping: nothing new is taken");
    stop.cancel();
    tasks.close();
    if time::timeout(finish, tasks.wait()).await.is_ok() {
        return;
    }
    tracing::info!("stopping: what still runs is handed back");
    hurry.cancel();
    if time::timeout(HAND_BACK, tasks.wait()).await.is_err() {
        tracing::warn!("stopping with work under way; its leases will end and others will take it");
    }
}

/// The searcher of a process with a database: its key is made if there is none, and enrolled if it is unknown.
async fn own_searcher(app: &App, options: &Options) -> Result<Searcher, StartError> {
    let key = SearcherKey::load_or_create(&app.config.searcher_key_file)?;
    let public = *key.id().public_key().as_bytes();
    let enrol = |error: String| StartError::Enrol(error);
    let known = job::searchers(app).await.map_err(|error| enrol(error.to_string()))?;
    if !known.iter().any(|searcher| searcher.public_key == public) {
        let name = roll::host();
        job::enrol_searcher(app, &name, &public).await.map_err(|error| enrol(error.to_string()))?;
    }
    Ok(Searcher::new(Equipment {
        key,
        slice_keys: SliceKeys::new(&app.keyring.slice_keys())?,
        transport: app.transport.clone(),
        signals: app.signals.clone(),
        clock: app.clock.clone(),
        threads: options.threads(),
        backend: app.config.search_backend,
        window: app.config.search_window,
    })?)
}
