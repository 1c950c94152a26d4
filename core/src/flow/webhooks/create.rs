//! Registers an endpoint.

use uuid::Uuid;

use super::{EndpointView, Outcome, WebhookRefusal, checked};
use crate::{
    app::App,
    custody::webhook_keys::WebhookKeys,
    domain::{
        owner::Owner,
        webhook::{self, MOST_ENDPOINTS},
    },
    flow::Failure,
    secret::Secret,
    store::{
        transact,
        webhooks::{self, Endpoint},
    },
};

/// An endpoint as its owner asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where it is.
    pub url: String,
    /// The owner's words.
    pub description: String,
    /// Names of the events it is to get.
    pub events: Vec<String>,
}

/// A new endpoint.
#[derive(Clone, Debug)]
pub struct Created {
    /// The endpoint.
    pub endpoint: EndpointView,
    /// The secret that checks `v1` signatures (`whsec_` and base64). It is shown this once.
    pub secret: Secret,
}

/// Registers an endpoint of an owner. Answers are not kept for an idempotency key, since they carry a secret.
///
/// # Errors
/// [`WebhookRefusal`], or the store's.
pub async fn create(app: &App, owner: Owner, new: &NewEndpoint) -> Outcome<Created> {
    let url = checked(app, &new.url)?;
    let events = webhook::events(&new.events)?;
    webhook::description(&new.description)?;
    let (id, keys) = (Uuid::now_v7(), WebhookKeys::generate());
    let endpoint = Endpoint {
        id,
        owner,
        url: url.into(),
        description: new.description.clone(),
        events,
        keys: keys.seal(&app.keyring, id),
        public_key: keys.public_key().into(),
        enabled: true,
        failing_since: None,
        disabled_reason: None,
        created_at: app.clock.now(),
    };
    transact!(app.db, tx => {
        // Two at once are counted one after the other.
        webhooks::lock(tx, owner).await?;
        let count = webhooks::list(tx, owner).await?.len();
        if i64::try_from(count).is_ok_and(|count| count >= MOST_ENDPOINTS) {
            return Err(Failure::Refused(WebhookRefusal::TooMany { most: MOST_ENDPOINTS }));
        }
        webhooks::insert(tx, &endpoint).await?;
        Ok(())
    })?;
    Ok(Created { endpoint: endpoint.into(), secret: keys.secret() })
}
