//! Refunds, disputes, and prices that were looked at.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vanikeys_core::flow::billing::{
    admin::{self as books, PriceView},
    view::{DisputeView, RefundView},
};

use crate::{
    Web,
    error::Problem,
    extract::{Admin, Listed, Page},
};

/// Refunds, newest first
#[utoipa::path(get, path = "/admin/api/billing/refunds", tag = "admin", operation_id = "listRefunds", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<RefundView>)))]
pub(crate) async fn refunds(State(web): State<Web>, _: Admin, page: Page) -> Result<Json<Listed<RefundView>>, Problem> {
    let found = books::refunds(&web.app, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// Disputes, newest first
#[utoipa::path(get, path = "/admin/api/billing/disputes", tag = "admin", operation_id = "listDisputes", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<DisputeView>)))]
pub(crate) async fn disputes(
    State(web): State<Web>,
    _: Admin,
    page: Page,
) -> Result<Json<Listed<DisputeView>>, Problem> {
    let found = books::disputes(&web.app, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// Prices at Stripe.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prices {
    /// Those that were looked at.
    items: Vec<PriceView>,
}

/// Prices at Stripe
///
/// As they were when they were last looked at. An item with a `problem` is not sold.
#[utoipa::path(get, path = "/admin/api/billing/prices", tag = "admin", operation_id = "listPrices",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Prices)))]
pub(crate) async fn prices(State(web): State<Web>, _: Admin) -> Result<Json<Prices>, Problem> {
    Ok(Json(Prices { items: books::prices(&web.app).await? }))
}
