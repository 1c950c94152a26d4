//! Shows a user's endpoints.

use super::{EndpointView, Outcome};
use crate::{app::App, flow::Actor, store::webhooks};

/// The user's endpoints, oldest first; there are never many.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, actor: &Actor) -> Outcome<Vec<EndpointView>> {
    let all = webhooks::list(&mut app.db.read().await?, actor.user).await?;
    Ok(all.into_iter().map(EndpointView::from).collect())
}
