//! Health, readiness, metrics and the OpenAPI document.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;
use vanikeys_core::{flow, ops::gauges};

use crate::{Web, error::Problem};

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version that answers.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

const FINE: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// The process lives
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, body = Health)))]
pub(crate) async fn healthz() -> Json<Health> {
    Json(FINE)
}

/// The service can work: database and queue answer
#[utoipa::path(get, path = "/readyz", tag = "service", responses((status = 200, body = Health)))]
pub(crate) async fn readyz(State(web): State<Web>) -> Result<Json<Health>, Problem> {
    flow::ready::ready(&web.app).await?;
    Ok(Json(FINE))
}

/// Metrics for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "service",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(web): State<Web>) -> Response {
    if let Err(error) = gauges::refresh(&web.app).await {
        // What this process counts by itself is still worth having, now more than ever.
        tracing::warn!(%error, "the gauges keep their last values");
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], web.meter.text()).into_response()
}

/// Public keys for checking receipts and commitments
///
/// Keys that signed once stay listed.
#[utoipa::path(get, path = "/.well-known/vanikeys-receipt-keys.json", tag = "service", operation_id = "receiptKeys",
    responses((status = 200, body = Object)))]
pub(crate) async fn receipt_keys(State(web): State<Web>) -> Result<Response, Problem> {
    let keys = flow::receipt::keys(&web.app).await?;
    let cached = HeaderValue::from_static("public, max-age=300");
    Ok(([(header::CACHE_CONTROL, cached)], Json(keys)).into_response())
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, body = Object)))]
pub(crate) async fn document(State(web): State<Web>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], web.document.to_string()).into_response()
}
