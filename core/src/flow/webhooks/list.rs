//! Shows an owner's endpoints.

use super::{EndpointView, Outcome};
use crate::{app::App, domain::owner::Owner, store::webhooks};

/// The owner's endpoints, oldest first; there are never many.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, owner: Owner) -> Outcome<Vec<EndpointView>> {
    let all = webhooks::list(&mut app.db.read().await?, owner).await?;
    Ok(all.into_iter().map(EndpointView::from).collect())
}
