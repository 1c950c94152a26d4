//! What the tests stand on: an application of either shape, tasks that tell what happened to them, and workers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use vanikeys_core::{
    app::{App, Schema},
    clients::signals::Topic,
    config::{Config, Purpose, Sources},
    custody::Keyring,
    domain::task::{Queue, TaskState},
    flow::tasks::Claimed,
    queue::{Owed, Payload, Stop},
    store::{Db, StoreError, migrate, outbox},
};
use vanikeys_testkit::{
    postgres::{Database, prepared_database},
    redis::Server,
};

use crate::{
    delivery,
    health::Health,
    relay,
    supervisor::{Post, supervise},
};

/// A task that tells what happens to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Probe {
    /// Is done at once.
    Note { number: u64 },
    /// Takes its time.
    Slow { milliseconds: u64 },
    /// Fails the first tries.
    Flaky { failures: u32 },
    /// Cannot succeed.
    Hopeless,
    /// Panics.
    Panic,
}

impl Payload for Probe {
    const QUEUE: Queue = Queue::Emails;
}

/// What happened, by the user that a task belongs to: one entry a try begun, one a try ended.
static SEEN: Mutex<Option<HashMap<Uuid, Vec<Seen>>>> = Mutex::new(None);

#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) task: Uuid,
    pub(super) tries: u32,
    pub(super) ended: bool,
    pub(super) at: Instant,
}

pub(super) fn seen(user: Uuid) -> Vec<Seen> {
    table().get_or_insert_default().get(&user).cloned().unwrap_or_default()
}

/// Tries that ended well.
pub(super) fn ended(user: Uuid) -> usize {
    table().get_or_insert_default().get(&user).map_or(0, |seen| seen.iter().filter(|seen| seen.ended).count())
}

fn table() -> MutexGuard<'static, Option<HashMap<Uuid, Vec<Seen>>>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(claimed: &Claimed, ended: bool) {
    let seen = Seen { task: claimed.fence.id, tries: claimed.tries, ended, at: Instant::now() };
    table().get_or_insert_default().entry(claimed.user_id.unwrap_or_default()).or_default().push(seen);
}

fn handle<'a>(_: &'a App, claimed: &'a Claimed, probe: Probe) -> BoxFuture<'a, Result<(), Stop>> {
    Box::pin(async move {
        note(claimed, false);
        match probe {
            Probe::Note { .. } => {}
            Probe::Slow { milliseconds } => sleep(Duration::from_millis(milliseconds)).await,
            Probe::Flaky { failures } if claimed.tries <= failures => {
                return Err(Stop::RetryAfter(Duration::from_millis(20), "not yet".into()));
            }
            Probe::Flaky { .. } => {}
            Probe::Hopeless => return Err(Stop::Fail("never".into())),
            Probe::Panic => panic!("as told"),
        }
        note(claimed, true);
        Ok(())
    })
}

/// An application and its servers.
pub(super) struct Ground {
    pub(super) shape: &'static str,
    pub(super) app: App,
    pub(super) redis: Option<Server>,
    _database: Option<Database>,
    _folder: TempDir,
}

/// The embedded shape and the fleet's.
pub(super) async fn both() -> [Ground; 2] {
    [embedded().await, fleet().await]
}

pub(super) async fn embedded() -> Ground {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder, &[]).await;
    Ground { shape: "embedded", app, redis: None, _database: None, _folder: folder }
}

pub(super) async fn fleet() -> Ground {
    let database = prepared_database("schema", async |url| {
        let db = Db::postgres(&url, 2).await.unwrap();
        migrate::up(&db).await.unwrap();
        db.close().await;
    });
    let (folder, database, redis) = (tempfile::tempdir().unwrap(), database.await, Server::start());
    let settings = [
        ("DATABASE_URL", database.url()),
        ("REDIS_URL", redis.url()),
        ("SECRET_KEY", Keyring::generate_setting().to_string()),
        ("PUBLIC_URL", "https://keys.example.org".to_owned()),
        ("SMTP_URL", "smtp://localhost:1025".to_owned()),
        ("MAIL_FROM", "keys@example.org".to_owned()),
    ];
    let app = open(&folder, &settings).await;
    Ground { shape: "fleet", app, redis: Some(redis), _database: Some(database), _folder: folder }
}

async fn open(folder: &TempDir, settings: &[(&str, String)]) -> App {
    let mut environment: BTreeMap<String, String> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    environment.insert("VANIKEYS_DATA".into(), folder.path().display().to_string());
    let config = Config::load(&Sources { environment, ..Sources::default() }, Purpose::Service).unwrap();
    Box::pin(App::open(config, Schema::Migrate)).await.unwrap()
}

impl Ground {
    /// Owes probes of one user, in one transaction.
    pub(super) async fn owe(&self, user: Uuid, probes: impl IntoIterator<Item = Probe>) -> Vec<Uuid> {
        let mut tx = self.app.db.begin().await.unwrap();
        let mut ids = Vec::new();
        for probe in probes {
            let owed = Owed::new(&probe, self.app.clock.now()).of(user).enqueue(&mut tx).await.unwrap();
            ids.extend(owed);
        }
        tx.commit().await.unwrap();
        self.app.signals.publish(Topic::Outbox);
        ids
    }

    pub(super) async fn state(&self, id: Uuid) -> TaskState {
        self.task(id).await.unwrap().state
    }

    pub(super) async fn task(&self, id: Uuid) -> Result<outbox::Task, StoreError> {
        Ok(outbox::find(&mut self.app.db.read().await?, id).await?.unwrap())
    }

    /// A worker on the probes' queue, and a relay.
    pub(super) fn workers(&self, concurrency: usize) -> Workers {
        let workers = Workers {
            health: Health::default(),
            stop: CancellationToken::new(),
            hurry: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let post = Post {
            queue: Queue::Emails,
            transport: self.app.transport.clone(),
            signals: self.app.signals.clone(),
            concurrency,
            health: workers.health.clone(),
            stop: workers.stop.clone(),
        };
        let (app, health, hurry) = (self.app.clone(), workers.health.clone(), workers.hurry.clone());
        workers
            .tasks
            .spawn(supervise(post, delivery::Owed { app: app.clone(), health: health.clone(), hurry, handle }));
        workers.tasks.spawn(relay::run(app, health, workers.stop.clone()));
        workers
    }
}

/// What runs in the background of a test.
pub(super) struct Workers {
    pub(super) health: Health,
    pub(super) stop: CancellationToken,
    pub(super) hurry: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Workers {
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        timeout(Duration::from_secs(20), self.tasks.wait()).await.expect("the workers stop");
    }
}

/// Waits for a condition.
pub(super) async fn until(what: &str, patience: Duration, mut condition: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < patience, "waited {patience:?} in vain until {what}");
        sleep(Duration::from_millis(5)).await;
    }
}
