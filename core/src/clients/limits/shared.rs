//! Counting in Redis, by its clock, in one script, so that processes do not count past each other.

use redis::{RedisError, Script};
use uuid::Uuid;

use super::{Decision, Rate, decide, places::LEASE};
use crate::clients::link::Link;

#[derive(Debug)]
pub(super) struct Shared {
    link: Link,
    counting: Script,
    placing: Script,
}

impl Shared {
    pub(super) fn new(url: &str) -> Result<Self, RedisError> {
        let link = Link::new(url, "limits count in this process alone")?;
        let (counting, placing) = (Script::new(include_str!("count.lua")), Script::new(include_str!("place.lua")));
        Ok(Self { link, counting, placing })
    }

    /// The decision, or `None` while Redis is away.
    pub(super) async fn check(&self, key: &str, rate: Rate) -> Option<Decision> {
        let (step, window) = rate.micros();
        let mut connection = self.link.connection();
        let mut counting = self.counting.key(format!("vanikeys:rate:{key}"));
        let counting = counting.arg(step).arg(window);
        let (now, tat) = self.link.ask(counting.invoke_async::<(i64, i64)>(&mut connection)).await?;
        Some(decide(rate, now, tat).0)
    }

    /// Whether the place could be taken or kept, or `None` while Redis is away.
    pub(super) async fn enter(&self, key: &str, id: Uuid, most: u32) -> Option<bool> {
        let lease = u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX);
        let mut connection = self.link.connection();
        let mut placing = self.placing.key(places(key));
        let placing = placing.arg(id.to_string()).arg(most).arg(lease);
        self.link.ask(placing.invoke_async::<bool>(&mut connection)).await
    }

    /// Gives a place back.
    pub(super) async fn leave(&self, key: &str, id: Uuid) {
        let mut connection = self.link.connection();
        let mut leaving = redis::cmd("ZREM");
        leaving.arg(places(key)).arg(id.to_string());
        self.link.ask(leaving.query_async::<()>(&mut connection)).await;
    }
}

fn places(key: &str) -> String {
    format!("vanikeys:places:{key}")
}
