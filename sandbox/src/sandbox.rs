//! The handle of a running sandbox: its deliveries, and what a test may do to it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::{Notify, Semaphore};

use crate::{
    clock::Clock,
    config::Config,
    deliver::{Deliver, Delivery, Outcome},
    desk::faults::Fault,
    fields::Fields,
    policy::Policy,
    random::Random,
    sign,
    world::{Cause, World, deliveries::Owed},
};

/// Longest wait between two looks at the clock, so that time that passes is noticed without a request.
const LOOK: Duration = Duration::from_secs(1);

/// Deliveries side by side; each may need a connection.
const AT_ONCE: usize = 64;

/// A running stand-in. Clones are the same one.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    world: Mutex<World>,
    news: Notify,
    turns: Semaphore,
    deliver: Box<dyn Deliver>,
}

impl Sandbox {
    /// A sandbox without customers, prices or endpoints. The same seed gives the same ids.
    #[must_use]
    pub fn new(config: Config, clock: Clock, seed: u64, deliver: impl Deliver) -> Self {
        Self::over(World::new(config, clock, Random::seeded(seed)), deliver)
    }

    /// A sandbox that goes on from what [`Sandbox::state`] said; none if that wasn't it.
    #[must_use]
    pub fn resume(config: Config, clock: Clock, state: &Value, deliver: impl Deliver) -> Option<Self> {
        World::resume(config, clock, state).map(|world| Self::over(world, deliver))
    }

    fn over(world: World, deliver: impl Deliver) -> Self {
        Self {
            inner: Arc::new(Inner {
                world: Mutex::new(world),
                news: Notify::new(),
                turns: Semaphore::new(AT_ONCE),
                deliver: Box::new(deliver),
            }),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What every link of the pages begins with.
    pub(crate) fn root(&self) -> String {
        self.world().config.root().to_owned()
    }

    /// Something may have to be delivered.
    pub(crate) fn wake(&self) {
        self.inner.news.notify_one();
    }

    /// Does something to the state at the clock's time, outside any request.
    pub(crate) fn act<T>(&self, what: impl FnOnce(&mut World) -> T) -> T {
        let done = {
            let mut world = self.world();
            world.begin(Cause::default());
            world.pass_time();
            what(&mut world)
        };
        self.wake();
        done
    }

    /// The object with this id as the API would show it, without expansions.
    #[must_use]
    pub fn object(&self, id: &str) -> Option<Value> {
        self.world().objects.any(id).map(Fields::shown)
    }

    /// All objects of a kind (the member `object`, such as `event` or `payment_intent`), oldest first.
    #[must_use]
    pub fn objects(&self, kind: &str) -> Vec<Value> {
        self.world().objects.of(kind).map(Fields::shown).collect()
    }

    /// Everything that must be kept for the sandbox to go on in another process, its secrets too.
    #[must_use]
    pub fn state(&self) -> Value {
        self.world().keep()
    }

    /// A number that is another one after anything changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.world().objects.changes
    }

    /// Sends the API something without the wire and without credentials: a path, and parameters as a form.
    ///
    /// # Errors
    /// The answer to what is refused.
    pub fn post(&self, path: &str, form: &str) -> Result<Value, Value> {
        let answer = self.act(|world| world.post(path, form));
        answer.map(|answer| answer.shown()).map_err(|failure| failure.body())
    }

    /// The time that the sandbox has, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.world().clock.millis() / 1000
    }

    /// Moves a manual clock on, and does what falls due by that.
    pub fn advance(&self, span: Duration) {
        let clock = self.world().clock.clone();
        clock.advance(span);
        self.act(|_| ());
    }

    /// Whatever the clock says, what a subscription or a delayed payment waits for falls due, so long ago; none if there is
    /// no such thing that waits. A renewal's invoice is a draft for an hour, so one of an hour ago is charged at once.
    pub fn bring_due(&self, id: &str, ago: Duration) -> Option<Value> {
        let ago = i64::try_from(ago.as_secs()).unwrap_or(i64::MAX);
        self.act(|world| world.bring_due(id, ago))
    }

    /// The bank disputes a charge, or only asks about it; none if there is no such charge.
    pub fn open_dispute(&self, charge: &str, reason: &str, inquiry: bool) -> Option<Value> {
        self.act(|world| {
            world.objects.get("charge", charge, "charge").ok()?;
            Some(world.open_dispute(charge, reason, inquiry).shown())
        })
    }

    /// The issuer of a card warns that a charge may be fraud; none if there is no such charge.
    pub fn warn_of_fraud(&self, charge: &str) -> Option<Value> {
        self.act(|world| {
            world.objects.get("charge", charge, "charge").ok()?;
            Some(world.warn_of_fraud(charge).shown())
        })
    }

    /// Takes what went over the API so far, if the configuration has it kept: method, path, form, idempotency key and
    /// version of each request, status and answer.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Value> {
        std::mem::take(&mut self.world().exchanges)
    }

    /// From now on, events are delivered like this.
    pub fn set_policy(&self, policy: Policy) {
        self.world().deliveries.policy = policy;
    }

    /// Something goes wrong with requests to come.
    pub fn add_fault(&self, fault: Fault) {
        self.world().faults.push(fault);
    }

    /// Requests that will still go wrong.
    #[must_use]
    pub fn faults(&self) -> u32 {
        self.world().faults.iter().map(|fault| fault.times).sum()
    }

    /// Delivers everything that is due by the clock and waits for the answers; says how many there were.
    pub async fn deliver_due(&self) -> usize {
        let due = {
            let mut world = self.world();
            world.begin(Cause::default());
            world.pass_time();
            let now = world.clock.millis();
            world.deliveries.take_due(now)
        };
        let count = due.len();
        for owed in due {
            self.send(owed).await;
        }
        count
    }

    /// Delivers an event now to every endpoint that it was owed to or not, whatever the policy says.
    pub async fn deliver_event(&self, event: &str) {
        let endpoints: Vec<String> = {
            let mut world = self.world();
            world.deliveries.take_event(event);
            let all = world.objects.of("webhook_endpoint");
            all.filter(|endpoint| endpoint.text("status") == "enabled").map(|e| e.text("id").to_owned()).collect()
        };
        for endpoint in endpoints {
            self.send(Owed { event: event.to_owned(), endpoint, due: 0, failed: 0 }).await;
        }
    }

    /// Delivers events as they fall due, side by side, until the task is dropped.
    pub async fn deliver_forever(self) {
        loop {
            let due = {
                let mut world = self.world();
                world.begin(Cause::default());
                world.pass_time();
                let now = world.clock.millis();
                world.deliveries.take_due(now)
            };
            for owed in due {
                let sandbox = self.clone();
                tokio::spawn(async move {
                    let _turn = sandbox.inner.turns.acquire().await;
                    sandbox.send(owed).await;
                });
            }
            let wait = self.until_next().min(LOOK);
            let _ = tokio::time::timeout(wait, self.inner.news.notified()).await;
        }
    }

    fn until_next(&self) -> Duration {
        let world = self.world();
        let now = world.clock.millis();
        let wait = world.deliveries.next().map_or(i64::MAX, |due| due - now);
        Duration::from_millis(u64::try_from(wait).unwrap_or_default().max(1))
    }

    async fn send(&self, owed: Owed) {
        let Some(delivery) = self.signed(&owed) else { return };
        let outcome = self.inner.deliver.deliver(delivery).await;
        let mut world = self.world();
        if outcome == Outcome::Accepted {
            world.delivered(&owed.event);
        } else {
            let now = world.clock.millis();
            world.deliveries.retry(owed, now);
        }
    }

    /// The event as it is now, signed with every secret that the endpoint has at this time.
    fn signed(&self, owed: &Owed) -> Option<Delivery> {
        let world = self.world();
        let endpoint = world.objects.any(&owed.endpoint).filter(|endpoint| !endpoint.is("deleted"))?;
        let event = world.objects.any(&owed.event)?;
        let body = event.shown().to_string();
        let timestamp = world.clock.millis() / 1000;
        let secrets: Vec<&str> = endpoint.list("_secrets").iter().filter_map(Value::as_str).collect();
        let signature = sign::header(&secrets, timestamp, body.as_bytes());
        Some(Delivery { url: endpoint.text("url").to_owned(), event: owed.event.clone(), body, signature })
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}
