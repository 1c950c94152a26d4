//! The state behind the sandbox, under one lock: objects, events, deliveries, idempotency keys, faults. Nothing here
//! waits or touches the network.

pub(crate) mod deliveries;
pub(crate) mod events;
mod kept;
pub(crate) mod objects;

use serde_json::Value;

use crate::{
    clock::Clock,
    config::Config,
    desk::{faults::Fault, idempotency::Keys},
    fields::Fields,
    random::Random,
};
use deliveries::Deliveries;
use objects::Objects;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) objects: Objects,
    pub(crate) deliveries: Deliveries,
    pub(crate) keys: Keys,
    pub(crate) faults: Vec<Fault>,
    /// Unix seconds at which what is done now happens: the clock's, or that of the test clock of a customer.
    pub(crate) now: i64,
    /// When `pass_time` last looked.
    pub(crate) looked_at: i64,
    /// The request that is being handled, for the events it causes.
    pub(crate) cause: Cause,
    /// What went over the API, if that is kept.
    pub(crate) exchanges: Vec<Value>,
}

/// What an event says about the request that caused it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cause {
    pub(crate) id: Option<String>,
    pub(crate) key: Option<String>,
}

impl World {
    pub(crate) fn new(config: Config, clock: Clock, random: Random) -> Self {
        let now = clock.millis() / 1000;
        Self {
            config,
            clock,
            random,
            objects: Objects::default(),
            deliveries: Deliveries::default(),
            keys: Keys::default(),
            faults: Vec::new(),
            now,
            looked_at: 0,
            cause: Cause::default(),
            exchanges: Vec::new(),
        }
    }

    /// Begins something that happens at the clock's time.
    pub(crate) fn begin(&mut self, cause: Cause) {
        self.now = self.clock.millis() / 1000;
        self.cause = cause;
    }

    /// From here on, time is that of this customer's test clock if there is one.
    pub(crate) fn enter(&mut self, customer: &str) {
        let clock = self.objects.any(customer).map(|customer| customer.text("test_clock").to_owned());
        let clock = clock.and_then(|id| self.objects.any(&id));
        if let Some(clock) = clock {
            self.now = clock.int("frozen_time");
        }
    }

    /// Keeps a new object and says so.
    pub(crate) fn create(&mut self, event: &str, object: &Value) {
        self.objects.put(object);
        self.emit(event, object, None);
    }

    /// Keeps a changed object and says what it was before.
    pub(crate) fn update(&mut self, event: &str, object: &Value) {
        let before = self.objects.any(object.text("id")).cloned().unwrap_or_default();
        self.objects.put(object);
        let previous = events::changes(&before, object);
        self.emit(event, object, (!previous.is_empty()).then_some(Value::Object(previous)));
    }
}
