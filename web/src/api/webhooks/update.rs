//! `PATCH /api/webhooks/endpoints/{id}`.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use vanikeys_core::{
    domain::happening::Event,
    flow::webhooks::{self, Change, EndpointView},
};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Id, Signed},
};

/// What is to change; the rest stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct EndpointChange {
    /// Where it is.
    #[schema(max_length = 2048)]
    url: Option<String>,
    /// Words of your own.
    #[schema(max_length = 200)]
    description: Option<String>,
    /// The events it gets.
    #[schema(value_type = Option<Vec<Event>>, min_items = 1)]
    events: Option<Vec<String>>,
    /// Whether it gets them. Enabling it forgives what failed before.
    enabled: Option<bool>,
}

impl Check for EndpointChange {}

/// Change an endpoint
#[utoipa::path(patch, path = "/api/webhooks/endpoints/{id}", tag = "webhooks", operation_id = "updateEndpoint",
    params(("id" = uuid::Uuid, Path)), request_body = EndpointChange, security(("accessToken" = []), ("session" = [])),
    responses((status = 200, body = EndpointView)))]
pub(crate) async fn update(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiJson { body, .. }: ApiJson<EndpointChange>,
) -> Result<Json<EndpointView>, Problem> {
    let EndpointChange { url, description, events, enabled } = body;
    let change = Change { url, description, events, enabled };
    Ok(Json(webhooks::update(&web.app, signed.actor.owner(), id, &change).await?))
}
