//! `/admin/api/keys`: API keys of the admin API, for programs.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vanikeys_core::{domain::time::Timestamp, flow::admin::api_keys};

use crate::{
    Web,
    error::Problem,
    extract::{Admin, ApiJson, Check, Id},
};

/// An API key; the key itself is never shown again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdminKey)]
pub(crate) struct Key {
    /// Its id.
    id: Uuid,
    /// What it is for.
    name: String,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last used, to the hour.
    last_used_at: Option<Timestamp>,
    /// When it was revoked.
    revoked_at: Option<Timestamp>,
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdminKeys)]
pub(crate) struct Keys {
    /// The keys, newest first.
    items: Vec<Key>,
}

/// API keys
#[utoipa::path(get, path = "/admin/api/keys", tag = "admin", operation_id = "listAdminKeys",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Keys)))]
pub(crate) async fn list(State(web): State<Web>, _: Admin) -> Result<Json<Keys>, Problem> {
    let key = |key: api_keys::AdminKey| Key {
        id: key.id,
        name: key.name,
        created_at: key.created_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
    };
    Ok(Json(Keys { items: api_keys::list(&web.app).await?.into_iter().map(key).collect() }))
}

/// A name for a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AdminKeyOrder)]
pub(crate) struct KeyOrder {
    /// What it is for.
    #[schema(example = "dashboard", max_length = 100, pattern = r"^[^\u0000]*[^\s\u0000][^\u0000]*$")]
    name: String,
}

impl Check for KeyOrder {}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewAdminKey)]
pub(crate) struct NewKey {
    /// Its id, to revoke it by.
    id: Uuid,
    /// The key: send it as a bearer. It is shown this once.
    key: String,
}

/// Make an API key
#[utoipa::path(post, path = "/admin/api/keys", tag = "admin", operation_id = "createAdminKey", request_body = KeyOrder,
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = NewKey)))]
pub(crate) async fn create(
    State(web): State<Web>,
    admin: Admin,
    ApiJson { body, .. }: ApiJson<KeyOrder>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    let made = api_keys::create(&web.app, &admin.by, &body.name).await?;
    Ok((StatusCode::CREATED, Json(NewKey { id: made.id, key: made.secret.expose().to_owned() })))
}

/// Revoke an API key
#[utoipa::path(delete, path = "/admin/api/keys/{id}", tag = "admin", operation_id = "revokeAdminKey",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 204)))]
pub(crate) async fn revoke(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<StatusCode, Problem> {
    api_keys::revoke(&web.app, &admin.by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
