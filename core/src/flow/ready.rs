//! Whether the service can work right now.

use crate::{
    app::App,
    store::{self, StoreError},
};

/// Asks the database for a sign of life.
///
/// # Errors
/// The store's, when it does not answer.
pub async fn ready(app: &App) -> Result<(), StoreError> {
    store::answers(&mut app.db.read().await?).await
}
