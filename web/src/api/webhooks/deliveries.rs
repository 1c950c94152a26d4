//! `GET /api/webhooks/endpoints/{id}/deliveries`.

use axum::{Json, extract::State};
use vanikeys_core::flow::webhooks::{self, DeliveryView};

use crate::{
    Web,
    error::Problem,
    extract::{Id, Listed, Page, Signed},
};

/// What was sent to an endpoint, newest first
///
/// Kept for 30 days.
#[utoipa::path(get, path = "/api/webhooks/endpoints/{id}/deliveries", tag = "webhooks",
    operation_id = "listDeliveries", params(("id" = uuid::Uuid, Path), Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<DeliveryView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    page: Page,
) -> Result<Json<Listed<DeliveryView>>, Problem> {
    let found = webhooks::deliveries(&web.app, signed.actor.owner(), id, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}
