//! Tasks: what waits on which queue, and how long a task that failed waits before it is tried again. A task is an item
//! on a queue; a guaranteed search is a job.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// A queue. Its name is the same in the outbox, in Redis and on the command line.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", parse_err_ty = UnknownQueue, parse_err_fn = unknown)]
pub enum Queue {
    /// Signed slices, for searchers. Carries whole content and has no outbox rows.
    Searches,
    /// Signed reports of searchers. Carries whole content and has no outbox rows.
    Reports,
    /// Heist attempts.
    Heists,
    /// Letters.
    Emails,
    /// Deliveries to users' endpoints.
    Webhooks,
    /// What the service owes itself: expiry, retention, checks.
    Upkeep,
}

/// A text that names no queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no queue {0:?}; the queues are searches, reports, heists, emails, webhooks and upkeep")]
pub struct UnknownQueue(pub String);

fn unknown(text: &str) -> UnknownQueue {
    UnknownQueue(text.to_owned())
}

/// How a task stands. `Later` to `Running` are open, `Done` and `Dead` are ends, but a dead one may run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum TaskState {
    /// Due in the future.
    Later,
    /// Due, waits for its turn.
    Ready,
    /// Its id is on the queue, nobody has claimed it.
    Pushed,
    /// Claimed under a lease.
    Running,
    /// It happened.
    Done,
    /// It failed for good and is kept.
    Dead,
}

impl TaskState {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What lists of tasks are filtered by: the states as an operator thinks of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Stage {
    /// It failed for good and is kept.
    Dead,
    /// Due and not claimed.
    Waiting,
    /// Due in the future.
    Later,
    /// Claimed.
    Running,
    /// It happened.
    Done,
}

impl Stage {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The states that it covers.
    #[must_use]
    pub const fn states(self) -> [TaskState; 2] {
        match self {
            Self::Dead => [TaskState::Dead; 2],
            Self::Waiting => [TaskState::Ready, TaskState::Pushed],
            Self::Later => [TaskState::Later; 2],
            Self::Running => [TaskState::Running; 2],
            Self::Done => [TaskState::Done; 2],
        }
    }
}

const SECOND: u64 = 1;
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 6] =
        [Self::Searches, Self::Reports, Self::Heists, Self::Emails, Self::Webhooks, Self::Upkeep];

    /// The queues whose tasks are owed by the outbox.
    pub const OWED: [Self; 4] = [Self::Heists, Self::Emails, Self::Webhooks, Self::Upkeep];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Waits between tries, in seconds; after the last the task is dead. Letters are tried for a day, deliveries to
    /// users' endpoints for three days.
    #[must_use]
    pub const fn waits(self) -> &'static [u64] {
        match self {
            Self::Emails => &[
                10 * SECOND,
                MINUTE,
                5 * MINUTE,
                15 * MINUTE,
                40 * MINUTE,
                HOUR,
                2 * HOUR,
                4 * HOUR,
                8 * HOUR,
                8 * HOUR,
            ],
            Self::Webhooks => &[
                5 * SECOND,
                30 * SECOND,
                2 * MINUTE,
                10 * MINUTE,
                30 * MINUTE,
                HOUR,
                2 * HOUR,
                4 * HOUR,
                8 * HOUR,
                14 * HOUR,
                18 * HOUR,
                24 * HOUR,
            ],
            Self::Heists => &[SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR],
            Self::Upkeep => &[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR],
            Self::Searches | Self::Reports => &[],
        }
    }

    /// How long a task waits after its `tries`-th try failed, or `None` if that was the last. `chance` in 0..1 spreads
    /// tasks that failed together over a fifth of the wait.
    #[must_use]
    pub fn wait_after(self, tries: u32, chance: f64) -> Option<Duration> {
        let wait = *self.waits().get(usize::try_from(tries.max(1) - 1).ok()?)?;
        Some(Duration::from_secs(wait).mul_f64(0.9 + 0.2 * chance.clamp(0.0, 1.0)))
    }

    /// How long one process may hold a task of this queue without saying that it still works on it.
    #[must_use]
    pub const fn lease(self) -> Duration {
        Duration::from_secs(30)
    }
}

impl std::fmt::Display for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(queue: Queue) -> f64 {
        queue.waits().iter().sum::<u64>() as f64 / HOUR as f64
    }

    #[test]
    fn letters_are_tried_for_a_day_and_deliveries_for_three() {
        assert!((23.0..26.0).contains(&span(Queue::Emails)), "{}", span(Queue::Emails));
        assert!((70.0..75.0).contains(&span(Queue::Webhooks)), "{}", span(Queue::Webhooks));
    }

    #[test]
    fn waits_grow_spread_and_end() {
        for queue in Queue::OWED {
            assert!(queue.waits().is_sorted());
            let tries = u32::try_from(queue.waits().len()).unwrap();
            assert_eq!(queue.wait_after(tries + 1, 0.5), None);
            assert!(queue.wait_after(1, 0.0) < queue.wait_after(1, 1.0));
            assert_eq!(queue.wait_after(tries, 0.5), Some(Duration::from_secs(queue.waits()[tries as usize - 1])));
        }
        assert_eq!(Queue::Searches.wait_after(1, 0.5), None);
    }

    #[test]
    fn no_queue_is_left_out() {
        assert_eq!(Queue::ALL.map(Queue::name), Queue::VARIANTS);
        let owed = Queue::ALL.into_iter().filter(|queue| !queue.waits().is_empty());
        assert_eq!(owed.collect::<Vec<_>>(), Queue::OWED);
        let message = UnknownQueue(String::new()).to_string();
        assert!(Queue::VARIANTS.iter().all(|name| message.contains(name)), "{message}");
    }

    #[test]
    fn names_read_back() {
        for queue in Queue::ALL {
            assert_eq!(queue.name().parse(), Ok(queue));
        }
        assert_eq!("heist".parse::<Queue>(), Err(UnknownQueue("heist".into())));
    }
}
