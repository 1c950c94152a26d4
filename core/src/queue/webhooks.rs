//! The queue `webhooks`: events that Stripe sent, and deliveries to users' endpoints. What they say is in their rows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payload;
use crate::domain::task::Queue;

/// A piece of HTTP that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Webhook {
    /// An event to a user's endpoint.
    Deliver {
        /// The delivery; its id is the `webhook-id` that the endpoint sees.
        delivery_id: Uuid,
    },
    /// An event that Stripe sent.
    StripeEvent {
        /// Its id at Stripe.
        event_id: String,
    },
}

impl Payload for Webhook {
    const QUEUE: Queue = Queue::Webhooks;
}
