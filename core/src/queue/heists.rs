//! The queue `heists`: one attempt a task. What was asked for, and by whom, is in the attempt's row.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payload;
use crate::domain::task::Queue;

/// An attempt that is to be settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum HeistTask {
    /// Apply the rules and, if they allow it, move the points.
    Apply {
        /// The attempt.
        heist_id: Uuid,
    },
}

impl Payload for HeistTask {
    const QUEUE: Queue = Queue::Heists;
}
