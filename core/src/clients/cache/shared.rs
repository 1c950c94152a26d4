//! What is kept in Redis: a hash a key, with the epoch and the ticket that it was made under.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use redis::{RedisError, Script};
use uuid::Uuid;

use super::Answer;
use crate::{clients::link::Link, domain::time::Timestamp};

const EPOCH: &str = "vanikeys:cache-epoch";

/// Whoever takes longer to ask the database keeps nothing.
const ASKING: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Shared {
    link: Link,
    looking: Script,
    keeping: Script,
    forgetting: Script,
    /// How often Redis was not reached, the beginning of this process counted.
    missed: AtomicU64,
    /// How many of these a new epoch has made good.
    mended: AtomicU64,
}

impl Shared {
    pub(super) fn new(url: &str) -> Result<Self, RedisError> {
        Ok(Self {
            link: Link::new(url, "answers come from the database alone")?,
            looking: Script::new(include_str!("look.lua")),
            keeping: Script::new(include_str!("keep.lua")),
            forgetting: Script::new(include_str!("forget.lua")),
            missed: AtomicU64::new(1),
            mended: AtomicU64::new(0),
        })
    }

    /// The key's ticket and what is kept under it, or `None` while Redis is away.
    pub(super) async fn look(&self, key: &str) -> Option<(Uuid, Option<Answer>)> {
        let to_mend = self.to_mend();
        let mut connection = self.link.connection();
        let mut looking = self.looking.key(EPOCH);
        let looking = looking.key(name(key)).arg(fresh()).arg(to_mend.is_some()).arg(millis(ASKING));
        let asked = looking.invoke_async::<(String, Option<String>, Option<i64>)>(&mut connection);
        let (ticket, json, until) = self.ask(to_mend, asked).await?;
        let answer = json.zip(until).map(|(json, until)| Answer { json, until: Timestamp::from_micros(until) });
        Some((ticket.parse().ok()?, answer))
    }

    pub(super) async fn keep(&self, key: &str, ticket: Uuid, answer: &Answer, left: Duration) {
        // The ticket is from before the outage that is to be mended.
        if self.to_mend().is_some() {
            return;
        }
        let mut connection = self.link.connection();
        let mut keeping = self.keeping.key(EPOCH);
        let keeping = keeping.key(name(key)).arg(ticket.to_string()).arg(&answer.json);
        let keeping = keeping.arg(answer.until.micros()).arg(millis(left));
        self.ask(None, keeping.invoke_async::<()>(&mut connection)).await;
    }

    pub(super) async fn forget(&self, key: &str) {
        let to_mend = self.to_mend();
        let mut connection = self.link.connection();
        let mut forgetting = self.forgetting.key(EPOCH);
        let forgetting = forgetting.key(name(key)).arg(fresh()).arg(to_mend.is_some());
        self.ask(to_mend, forgetting.invoke_async::<()>(&mut connection)).await;
    }

    /// Asks Redis. If it answers, `mends` is made good.
    async fn ask<T>(&self, mends: Option<u64>, question: impl Future<Output = Result<T, RedisError>>) -> Option<T> {
        let answer = self.link.ask(question).await;
        match (&answer, mends) {
            (None, _) => {
                self.missed.fetch_add(1, Ordering::SeqCst);
            }
            (Some(_), Some(missed)) => {
                self.mended.fetch_max(missed, Ordering::SeqCst);
            }
            (Some(_), None) => {}
        }
        answer
    }

    /// How often Redis was missed, unless a new epoch has begun since.
    fn to_mend(&self) -> Option<u64> {
        let missed = self.missed.load(Ordering::SeqCst);
        (self.mended.load(Ordering::SeqCst) < missed).then_some(missed)
    }
}

fn name(key: &str) -> String {
    format!("vanikeys:cache:{key}")
}

fn fresh() -> String {
    Uuid::new_v4().to_string()
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1)
}
