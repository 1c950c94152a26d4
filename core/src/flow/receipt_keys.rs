//! The public keys with which anyone checks receipts and commitments, retired ones too.

use crate::{
    app::App,
    custody::{bytes::Hex, receipt_keys::ReceiptKeys},
    store::{StoreError, receipt_keys},
};

/// Every key that ever signed, the current one first.
///
/// # Errors
/// The store's.
pub async fn published(app: &App) -> Result<ReceiptKeys, StoreError> {
    let kept = receipt_keys::all(&mut app.db.read().await?).await?;
    Ok(app.keyring.receipt_keys().with_retired(kept.into_iter().map(Hex)))
}
