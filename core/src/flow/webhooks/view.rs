//! Endpoints and deliveries as their owner sees them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    custody::webhook_keys::public_key_text,
    domain::{happening::Event, time::Timestamp, webhook::DeliveryState},
    store::webhooks::{Endpoint, deliveries::Delivery},
};

/// An endpoint, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EndpointView {
    /// Its id.
    pub id: Uuid,
    /// Where it is.
    pub url: String,
    /// Its owner's words.
    pub description: String,
    /// The events it gets.
    pub events: Vec<Event>,
    /// Whether it gets them.
    pub enabled: bool,
    /// Why it was disabled, if not by its owner.
    pub disabled_reason: Option<String>,
    /// Since when nothing arrives there.
    pub failing_since: Option<Timestamp>,
    /// The key that checks `v1a` signatures: `whpk_` and base64.
    pub public_key: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    /// Its id, which is the `webhook-id`.
    pub id: Uuid,
    /// Where it goes.
    pub endpoint_id: Uuid,
    /// The event's name.
    pub event: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: i64,
    /// What the endpoint answered last.
    pub response_status: Option<i64>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// The body.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: Value,
    /// When the event happened.
    pub created_at: Timestamp,
    /// When it was last tried.
    pub last_attempt_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
}

impl From<Endpoint> for EndpointView {
    fn from(stored: Endpoint) -> Self {
        Self {
            id: stored.id,
            events: stored.events,
            url: stored.url,
            description: stored.description,
            enabled: stored.enabled,
            disabled_reason: stored.disabled_reason,
            failing_since: stored.failing_since,
            public_key: public_key_text(&stored.public_key),
            created_at: stored.created_at,
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(stored: Delivery) -> Self {
        Self {
            id: stored.id,
            endpoint_id: stored.endpoint_id,
            event: stored.event.name().to_owned(),
            state: stored.state,
            attempts: stored.attempts,
            response_status: stored.response_status,
            last_error: stored.last_error,
            payload: serde_json::from_str(&stored.payload).unwrap_or(Value::Null),
            created_at: stored.created_at,
            last_attempt_at: stored.last_attempt_at,
            delivered_at: stored.delivered_at,
        }
    }
}
