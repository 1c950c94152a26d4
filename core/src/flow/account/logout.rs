//! Somebody signs out: the credential of this request ends, others stay.

use super::authenticate::With;
use crate::{
    app::App,
    store::{StoreError, StoreResult, access_tokens, sessions, transact},
};

/// Ends a credential; doing so again is fine.
///
/// # Errors
/// The store's.
pub async fn logout(app: &App, with: With) -> StoreResult<()> {
    transact!(app.db, tx => {
        match with {
            With::AccessToken(id) => access_tokens::revoke(tx, id, app.clock.now()).await?,
            With::Session(hash) => sessions::delete(tx, &hash).await?,
        };
        Ok::<_, StoreError>(())
    })
}
