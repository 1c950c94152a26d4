//! The queue `upkeep`: what the service owes itself, most of it on a schedule.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payload;
use crate::domain::task::Queue;

/// A piece of upkeep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Upkeep {
    /// A recurring piece of work, by the name under which the workers' schedule lists it.
    Recurring {
        /// Its name.
        name: String,
    },
    /// A subscription is to be canceled at Stripe, and refunded if it should never have been.
    EndSubscription {
        /// The subscription.
        subscription_id: Uuid,
    },
}

impl Payload for Upkeep {
    const QUEUE: Queue = Queue::Upkeep;
}
