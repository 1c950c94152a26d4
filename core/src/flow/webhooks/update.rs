//! Changes an endpoint.

use uuid::Uuid;

use super::{EndpointView, Outcome, checked, own};
use crate::{
    app::App,
    domain::{owner::Owner, webhook},
    flow::Failure,
    store::{transact, webhooks},
};

/// What is to change; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Where it is.
    pub url: Option<String>,
    /// The owner's words.
    pub description: Option<String>,
    /// Names of the events it is to get.
    pub events: Option<Vec<String>>,
    /// Whether it gets events. Enabling it forgives what failed before.
    pub enabled: Option<bool>,
}

/// Changes an endpoint of the owner.
///
/// # Errors
/// [`WebhookRefusal`](super::WebhookRefusal), or the store's.
pub async fn update(app: &App, owner: Owner, id: Uuid, change: &Change) -> Outcome<EndpointView> {
    let url = change.url.as_deref().map(|url| checked(app, url)).transpose()?;
    let events = change.events.as_deref().map(webhook::events).transpose()?;
    if let Some(description) = &change.description {
        webhook::description(description)?;
    }
    transact!(app.db, tx => {
        // Two changes at once happen one after the other, so that neither undoes the other's.
        webhooks::lock(tx, owner).await?;
        let mut endpoint = own(tx, id, owner).await?;
        if let Some(description) = &change.description {
            endpoint.description.clone_from(description);
        }
        if let Some(events) = &events {
            endpoint.events.clone_from(events);
        }
        if let Some(url) = &url {
            endpoint.url = url.to_string();
            endpoint.failing_since = None;
        }
        if let Some(enabled) = change.enabled {
            endpoint.enabled = enabled;
            endpoint.failing_since = None;
            endpoint.disabled_reason = None;
        }
        webhooks::update(tx, &endpoint).await?;
        Ok::<_, Failure<_>>(EndpointView::from(endpoint))
    })
}
