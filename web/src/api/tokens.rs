//! `/api/tokens`: balance and transfers.

use axum::{Json, extract::State};
use vanikeys_core::flow::wallet::{self, Movement, Wallet};

use crate::{
    Web,
    error::Problem,
    extract::{Listed, Page, Signed},
};

/// Balance
///
/// With the part that open jobs hold, and the free pulls left today.
#[utoipa::path(get, path = "/api/tokens/balance", tag = "tokens", operation_id = "balance",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Wallet)))]
pub(crate) async fn balance(State(web): State<Web>, signed: Signed) -> Result<Json<Wallet>, Problem> {
    Ok(Json(wallet::balance(&web.app, &signed.actor).await?))
}

/// Transfers, newest first
///
/// Each with the balance before and after.
#[utoipa::path(get, path = "/api/tokens/transactions", tag = "tokens", operation_id = "transactions", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<Movement>)))]
pub(crate) async fn transactions(
    State(web): State<Web>,
    signed: Signed,
    page: Page,
) -> Result<Json<Listed<Movement>>, Problem> {
    let found = wallet::transactions(&web.app, &signed.actor, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}
