//! `POST /api/webhooks/endpoints`.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanikeys_core::{
    domain::happening::Event,
    flow::webhooks::{self, EndpointView, NewEndpoint},
};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Signed},
};

/// An endpoint to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Where it is: https, reachable from the internet, without user name or password.
    #[schema(example = "https://example.org/hooks/vanikeys", max_length = 2048)]
    url: String,
    /// Words of your own.
    #[serde(default)]
    #[schema(max_length = 200)]
    description: String,
    /// The events it gets.
    #[schema(value_type = Vec<Event>, example = json!(["job.completed"]), min_items = 1)]
    events: Vec<String>,
}

impl Check for Wanted {}

/// A new endpoint and its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Made {
    #[serde(flatten)]
    endpoint: EndpointView,
    /// Checks the `v1` signatures of its deliveries. Shown this once: keep it.
    secret: String,
}

/// Register an endpoint
///
/// Deliveries are signed by the Standard Webhooks scheme, with `v1` (the secret) and `v1a` (the public key).
#[utoipa::path(post, path = "/api/webhooks/endpoints", tag = "webhooks", operation_id = "createEndpoint",
    request_body = Wanted, security(("accessToken" = []), ("session" = [])),
    responses((status = 201, body = Made), (status = 409,
        description = "`TOO_MANY_ENDPOINTS` (`most`)")))]
pub(crate) async fn create(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<Wanted>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let new = NewEndpoint { url: body.url, description: body.description, events: body.events };
    let created = webhooks::create(&web.app, signed.actor.owner(), &new).await?;
    let made = Made { endpoint: created.endpoint, secret: created.secret.expose().to_owned() };
    Ok((StatusCode::CREATED, Json(made)))
}
