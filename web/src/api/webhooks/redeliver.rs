//! `POST /api/webhooks/deliveries/{id}/redeliver`.

use axum::{Json, extract::State, http::StatusCode};
use vanikeys_core::flow::webhooks::{self, DeliveryView};

use crate::{
    Web,
    error::Problem,
    extract::{Id, Signed},
};

/// Send a delivery once more
///
/// One that arrived or was given up, under the same `webhook-id`.
#[utoipa::path(post, path = "/api/webhooks/deliveries/{id}/redeliver", tag = "webhooks", operation_id = "redeliver",
    params(("id" = uuid::Uuid, Path)), security(("accessToken" = []), ("session" = [])),
    responses((status = 202, body = DeliveryView), (status = 409,
        description = "`ENDPOINT_DISABLED`, or `DELIVERY_WAITING`: it is still being tried")))]
pub(crate) async fn redeliver(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let request = signed.actor.origin.request_id.as_deref();
    let delivery = webhooks::redeliver(&web.app, signed.actor.owner(), id, request).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}
