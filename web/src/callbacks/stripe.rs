//! `POST /api/billing/webhook` (and `/api/payments/webhook`): Stripe's events.

use axum::{Json, extract::State};
use http::HeaderMap;
use serde_json::{Value, json};
use vanikeys_core::flow::billing::webhook;

use crate::{Web, error::Problem, extract::RawBody};

/// Takes an event that is signed by Stripe; what comes of it is a task's.
pub(crate) async fn take(
    State(web): State<Web>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<Value>, Problem> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    webhook::take(&web.app, signature, &body).await?;
    Ok(Json(json!({ "received": true })))
}
