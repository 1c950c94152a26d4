//! Pages of ours that Stripe leads back to. They show what is known, and change nothing.

use std::time::Duration;

use uuid::Uuid;

use crate::app::App;

/// A page of Checkout is handed out again only if it stays open for so long.
pub(super) const OPEN_FOR: Duration = Duration::from_secs(10 * 60);

/// Where whoever paid for a pack goes.
pub(super) fn purchase(app: &App, id: Uuid) -> String {
    format!("{}/app/purchases/{id}", app.config.public_url.origin)
}

/// Where whoever turned back from paying for a pack goes.
pub(super) fn purchase_canceled(app: &App, id: Uuid) -> String {
    format!("{}/app/purchases/{id}?canceled=1", app.config.public_url.origin)
}

/// Where whoever paid for a plan goes.
pub(super) fn subscription(app: &App, id: Uuid) -> String {
    format!("{}/app/plan?subscription={id}", app.config.public_url.origin)
}

/// Where plans are looked at, also on the way back from Stripe's portal.
pub(super) fn plan(app: &App) -> String {
    format!("{}/app/plan", app.config.public_url.origin)
}
