//! Signals: "look again at this", by topic, between the parts of the program: inside one process, or through Redis
//! between many. They carry nothing else and may be lost; whoever waits for one reads the database again, with a slow
//! look now and then in case one was lost. Publishing never waits and never fails.

mod bus;
mod channel;

use std::{fmt, str::FromStr, sync::Arc};

use tokio::sync::watch;
use uuid::Uuid;

use crate::domain::task::Queue;
use channel::Channels;

/// What to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Something of a user's: balance, notices, jobs.
    User(Uuid),
    /// A job.
    Job(Uuid),
    /// A queue: something was pushed.
    Queue(Queue),
    /// The outbox: tasks were committed.
    Outbox,
    /// The coordinator: there may be slices to issue.
    Coordinator,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Job(id) => write!(f, "job:{id}"),
            Self::Queue(queue) => write!(f, "queue:{queue}"),
            Self::Outbox => f.write_str("outbox"),
            Self::Coordinator => f.write_str("coordinator"),
        }
    }
}

impl FromStr for Topic {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            Some(("user", id)) => id.parse().map(Self::User).map_err(drop),
            Some(("job", id)) => id.parse().map(Self::Job).map_err(drop),
            Some(("queue", name)) => name.parse().map(Self::Queue).map_err(drop),
            None if text == "outbox" => Ok(Self::Outbox),
            None if text == "coordinator" => Ok(Self::Coordinator),
            _ => Err(()),
        }
    }
}

/// Publishes and subscribes. Cheap to clone; clones share their subscribers.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    channels: Arc<Channels>,
    bus: Option<bus::Bus>,
}

impl Signals {
    /// Within this process only.
    #[must_use]
    pub fn in_process() -> Self {
        Self::default()
    }

    /// Between all processes that use the same Redis. Works, within this process, while Redis is away; keeps trying
    /// to reach it. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// For a URL that is not one.
    pub fn redis(url: &str) -> Result<Self, redis::RedisError> {
        let channels = Arc::<Channels>::default();
        let bus = bus::Bus::start(redis::Client::open(url)?, Arc::downgrade(&channels));
        Ok(Self { channels, bus: Some(bus) })
    }

    /// Tells everybody who listens to look again. Call it after the commit.
    pub fn publish(&self, topic: Topic) {
        self.channels.ring(topic);
        if let Some(bus) = &self.bus {
            bus.publish(topic);
        }
    }

    /// Listens to a topic.
    #[must_use]
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        let (receiver, first) = self.channels.listen(topic);
        if let (true, Some(bus)) = (first, &self.bus) {
            bus.listen(topic);
        }
        Subscription { topic, receiver: Some(receiver), signals: self.clone() }
    }
}

/// Somebody who listens to one topic, until dropped.
#[derive(Debug)]
pub struct Subscription {
    topic: Topic,
    receiver: Option<watch::Receiver<u64>>,
    signals: Signals,
}

impl Subscription {
    /// Waits for the next signal. One that came since the last call counts; several count as one. May be dropped and
    /// called again without losing any.
    pub async fn changed(&mut self) {
        if let Some(receiver) = &mut self.receiver
            && receiver.changed().await.is_ok()
        {
            return;
        }
        // The sender lives in the table for as long as this receiver does, so this is not reached.
        std::future::pending().await
    }

    /// The topic.
    #[must_use]
    pub fn topic(&self) -> Topic {
        self.topic
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.receiver = None;
        if let (true, Some(bus)) = (self.signals.channels.forget(self.topic), &self.signals.bus) {
            bus.unsubscribe(self.topic);
        }
    }
}

#[cfg(test)]
mod tests;
