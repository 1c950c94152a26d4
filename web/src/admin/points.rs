//! `/admin/api/point-kinds` and points for a user.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanikeys_core::flow::points::{self, KindChange, KindView, PointsGranted};

use super::users::there;
use crate::{
    Web,
    error::Problem,
    extract::{Admin, ApiJson, Check, Fields, Id, Idem, Slug},
};

/// The master table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PointKinds {
    /// Every kind.
    items: Vec<KindView>,
}

/// What points are given for
#[utoipa::path(get, path = "/admin/api/point-kinds", tag = "admin", operation_id = "listPointKinds",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PointKinds)))]
pub(crate) async fn list(State(web): State<Web>, _: Admin) -> Result<Json<PointKinds>, Problem> {
    Ok(Json(PointKinds { items: points::kinds(&web.app).await? }))
}

/// What is changed of a kind; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct KindOrder {
    /// Its name for people.
    #[schema(min_length = 1, max_length = 60)]
    pub(crate) name: Option<String>,
    /// What it is for.
    #[schema(max_length = 300)]
    pub(crate) description: Option<String>,
    /// Points it gives.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) points: Option<i64>,
    /// Whether it gives any.
    pub(crate) active: Option<bool>,
}

impl Check for KindOrder {}

impl From<KindOrder> for KindChange {
    fn from(KindOrder { name, description, points, active }: KindOrder) -> Self {
        Self { name, description, points, active }
    }
}

/// Change a kind of points
///
/// For events from now on.
#[utoipa::path(patch, path = "/admin/api/point-kinds/{kind}", tag = "admin", operation_id = "changePointKind",
    params(("kind" = String, Path, example = "CHECKIN")), request_body = KindOrder,
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = KindView),
        (status = 409, description = "`NOT_AN_AWARD`: points of a heist follow from the target's points")))]
pub(crate) async fn change(
    State(web): State<Web>,
    admin: Admin,
    Slug(kind): Slug,
    ApiJson { body, .. }: ApiJson<KindOrder>,
) -> Result<Json<KindView>, Problem> {
    Ok(Json(points::change_kind(&web.app, &admin.by, &kind, &body.into()).await?))
}

/// Points for a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PointGrant {
    /// How many.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    points: i64,
    /// Why.
    #[serde(default)]
    note: Option<String>,
}

impl Check for PointGrant {
    fn check(&self, fields: &mut Fields) {
        fields.require((1..=1_000_000_000).contains(&self.points), "points", "must be from 1 to 1000000000");
    }
}

/// Give a user points
///
/// Of this month's season.
#[utoipa::path(post, path = "/admin/api/users/{id}/points", tag = "admin", operation_id = "grantPoints",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    request_body = PointGrant, security(("accessToken" = []), ("session" = [])), responses((status = 201, body = PointsGranted),
        (status = 422, description = "`AMOUNT_TOO_LARGE`: more than an account can hold")))]
pub(crate) async fn grant(
    State(web): State<Web>,
    admin: Admin,
    Id(user): Id,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<PointGrant>,
) -> Result<(StatusCode, Json<PointsGranted>), Problem> {
    there(&web, user).await?;
    let content = blake3::Hasher::new().update(user.as_bytes()).update(&hash).finalize();
    let key = idem.key(admin.by.id().unwrap_or_default(), "POST /admin/api/users/{id}/points", content.into());
    let given = points::give_points(&web.app, &admin.by, key.as_ref(), user, body.points, body.note.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(given)))
}
