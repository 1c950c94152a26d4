//! `POST /api/webhooks/endpoints/{id}/test`.

use axum::{Json, extract::State, http::StatusCode};
use vanikeys_core::flow::webhooks::{self, DeliveryView};

use crate::{
    Web,
    error::Problem,
    extract::{Id, Signed},
};

/// Try an endpoint out
///
/// Sends it the event `webhook.test`, soon; its deliveries tell how that went.
#[utoipa::path(post, path = "/api/webhooks/endpoints/{id}/test", tag = "webhooks", operation_id = "testEndpoint",
    params(("id" = uuid::Uuid, Path)), security(("accessToken" = []), ("session" = [])),
    responses((status = 202, body = DeliveryView), (status = 409,
        description = "`ENDPOINT_DISABLED`")))]
pub(crate) async fn test(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let request = signed.actor.origin.request_id.as_deref();
    let delivery = webhooks::test(&web.app, signed.actor.owner(), id, request).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}
