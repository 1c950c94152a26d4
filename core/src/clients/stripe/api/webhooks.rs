//! Webhook endpoints: where Stripe sends its events.

use serde::Serialize;

use super::super::{Change, List, Metadata, Object, Read, Unreadable};

const PATH: &str = "/v1/webhook_endpoints";

/// A webhook endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: String,
    /// Where events go.
    pub url: Option<String>,
    /// Which.
    pub enabled_events: Vec<String>,
    /// Whether they do.
    pub enabled: bool,
    /// The version of the API whose shapes they have.
    pub api_version: Option<String>,
    /// What they are signed with; said once, when the endpoint is made.
    pub secret: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Read for WebhookEndpoint {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            url: object.text("url"),
            enabled_events: object.texts("enabled_events"),
            enabled: object.text("status").as_deref() == Some("enabled"),
            api_version: object.text("api_version"),
            secret: object.text("secret"),
            metadata: object.metadata("metadata"),
        })
    }
}

/// Makes an endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct CreateWebhookEndpoint {
    /// Where events go.
    pub url: String,
    /// Which.
    pub enabled_events: Vec<String>,
    /// The version of the API whose shapes they have.
    pub api_version: Option<String>,
    /// A line for the dashboard.
    pub description: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Change for CreateWebhookEndpoint {
    type Answer = WebhookEndpoint;

    fn path(&self) -> String {
        PATH.to_owned()
    }
}

/// Changes an endpoint. What is not named stays.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UpdateWebhookEndpoint {
    /// Its id.
    #[serde(skip)]
    pub id: String,
    /// Where events go.
    pub url: Option<String>,
    /// Which.
    pub enabled_events: Option<Vec<String>>,
    /// Whether none do.
    pub disabled: Option<bool>,
}

impl Change for UpdateWebhookEndpoint {
    type Answer = WebhookEndpoint;

    fn path(&self) -> String {
        format!("{PATH}/{}", self.id)
    }
}

/// Reads endpoints.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ListWebhookEndpoints {}

impl List for ListWebhookEndpoints {
    type Item = WebhookEndpoint;
    const PATH: &'static str = PATH;
}
