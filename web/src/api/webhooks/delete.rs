//! `DELETE /api/webhooks/endpoints/{id}`.

use axum::{extract::State, http::StatusCode};
use vanikeys_core::flow::webhooks;

use crate::{
    Web,
    error::Problem,
    extract::{Id, Signed},
};

/// Delete an endpoint
///
/// Its log goes with it; what is still owed to it is not sent.
#[utoipa::path(delete, path = "/api/webhooks/endpoints/{id}", tag = "webhooks", operation_id = "deleteEndpoint",
    params(("id" = uuid::Uuid, Path)), security(("accessToken" = []), ("session" = [])),
    responses((status = 204)))]
pub(crate) async fn delete(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<StatusCode, Problem> {
    webhooks::delete(&web.app, signed.actor.owner(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
