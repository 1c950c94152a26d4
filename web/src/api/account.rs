//! `/api/account`: one's own data, and the end of an account.

use axum::{Json, extract::State, response::IntoResponse};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;
use vanikeys_core::flow::account::{self, Password};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Signed},
};

/// Export own data
///
/// Everything the service knows about you, as one JSON document. Private keys are fetched one by one instead.
#[utoipa::path(get, path = "/api/account/export", tag = "accounts", operation_id = "exportAccount",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Object),
        (status = 429, description = "`EXPORT_RUNNING`")))]
pub(crate) async fn export(State(web): State<Web>, signed: Signed) -> Result<impl IntoResponse, Problem> {
    let data = account::export::export(&web.app, signed.actor.user).await?;
    let name = HeaderValue::from_static("attachment; filename=\"vanikeys-account.json\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(data)))
}

/// The password as proof.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Deletion {
    /// The password.
    password: String,
}

impl Check for Deletion {}

/// Delete the account
///
/// Cancels running jobs, forfeits the balance and removes what identifies you. It cannot be undone.
#[utoipa::path(delete, path = "/api/account", tag = "accounts", operation_id = "deleteAccount", request_body = Deletion,
    security(("accessToken" = []), ("session" = [])), responses((status = 204),
        (status = 403, description = "`WRONG_PASSWORD`"),
        (status = 429, description = "`TOO_MANY_ATTEMPTS` (`retryAfterSeconds`)"), (status = 503, description = "`BUSY`")))]
pub(crate) async fn delete(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<Deletion>,
) -> Result<StatusCode, Problem> {
    account::delete::delete(&web.app, &signed.actor, &Password::new(body.password)).await?;
    Ok(StatusCode::NO_CONTENT)
}
