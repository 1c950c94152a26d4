//! Receipts as anyone checks them: the published keys, retired ones too, and every check that needs no secret.

use crate::{
    app::App,
    custody::{
        bytes::Hex,
        receipt::{ReceiptReport, SignedReceipt},
        receipt_keys::ReceiptKeys,
    },
    flow::Failure,
    store::{StoreError, receipt_keys},
};

/// Every key that ever signed, the current one first.
///
/// # Errors
/// The store's.
pub async fn keys(app: &App) -> Result<ReceiptKeys, StoreError> {
    let kept = receipt_keys::all(&mut app.db.read().await?).await?;
    Ok(app.keyring.receipt_keys().with_retired(kept.into_iter().map(Hex)))
}

/// Checks signature, odds, text and score. Commitment and derivation need the shares, which are checked where they are
/// kept and never sent here.
///
/// # Errors
/// The store's.
pub async fn check(app: &App, receipt: SignedReceipt) -> Result<ReceiptReport, Failure<std::convert::Infallible>> {
    let keys = keys(app).await?;
    // Counting odds takes milliseconds, too long for an async thread.
    tokio::task::spawn_blocking(move || receipt.verify(&keys, None)).await.map_err(Failure::broken)
}
