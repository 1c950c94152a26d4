//! `/admin/api/users`: people, flagged signups, grants; and the switches of the service.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vanikeys_core::{
    domain::time::Timestamp,
    flow::{
        Key, account,
        admin::{review_signup, switches, users},
        grant::{self, Granted},
    },
};

use crate::{
    Web,
    error::Problem,
    extract::{Admin, ApiJson, ApiQuery, Check, Fields, Id, Idem, Listed, Page, Slug},
};

/// A user, as administrators see them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdminUser)]
pub(crate) struct User {
    /// The user's id.
    pub(crate) id: Uuid,
    /// The address.
    pub(crate) email: Option<String>,
    /// The name that others see.
    pub(crate) username: Option<String>,
    /// `user` or `admin`.
    pub(crate) role: &'static str,
    /// `free`, `pro` or `unlimited`.
    plan: String,
    /// Whether the address is confirmed.
    pub(crate) email_confirmed: bool,
    /// Who referred the user.
    referred_by: Option<Uuid>,
    /// When the signup was flagged, while it is.
    flagged_at: Option<Timestamp>,
    /// Why it was.
    pub(crate) flag_reason: Option<String>,
    /// When the account was made.
    pub(crate) created_at: Timestamp,
}

impl From<account::User> for User {
    fn from(user: account::User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            username: user.username,
            role: user.role.name(),
            plan: user.plan.name().to_owned(),
            email_confirmed: user.email_confirmed_at.is_some(),
            referred_by: user.referred_by,
            flagged_at: user.flagged_at,
            flag_reason: user.flag_reason,
            created_at: user.created_at,
        }
    }
}

/// Which users a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct UserFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    pub(crate) offset: Option<u32>,
    /// With this text in address or name.
    pub(crate) text: Option<String>,
    /// Flagged signups only.
    pub(crate) flagged: Option<bool>,
}

impl UserFilter {
    /// The page, if it is in bounds.
    pub(crate) fn page(&self) -> Result<Page, Problem> {
        Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()
    }
}

/// Users, newest first
#[utoipa::path(get, path = "/admin/api/users", tag = "admin", operation_id = "listUsers", params(UserFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<User>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(filter): ApiQuery<UserFilter>,
) -> Result<Json<Listed<User>>, Problem> {
    let page = filter.page()?;
    let text = filter.text.as_deref().filter(|text| !text.is_empty());
    let flagged = filter.flagged.unwrap_or(false);
    let (found, total) = users::list(&web.app, text, flagged, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.into_iter().map(User::from).collect(), page, total)))
}

/// Clear the flag of a signup
///
/// The rewards that waited come.
#[utoipa::path(post, path = "/admin/api/users/{id}/clear-flag", tag = "admin", operation_id = "clearFlag",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = User)))]
pub(crate) async fn clear_flag(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Json<User>, Problem> {
    there(&web, id).await?;
    Ok(Json(review_signup::clear(&web.app, &admin.by, id).await?.into()))
}

pub(super) async fn there(web: &Web, id: Uuid) -> Result<(), Problem> {
    let found = users::find(&web.app, &id.to_string()).await?;
    found.map(drop).ok_or_else(|| Problem::not_found("user"))
}

/// Tokens for a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Grant {
    /// VaniTokens.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 500)]
    amount: i64,
    /// A few words that the user sees beside them.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: Option<String>,
}

impl Check for Grant {
    fn check(&self, fields: &mut Fields) {
        fields.require((1..=1_000_000_000).contains(&self.amount), "amount", "must be from 1 to 1000000000");
        let fits = self.note.as_ref().is_none_or(|note| note.chars().count() <= 200);
        fields.require(fits, "note", "must have at most 200 characters");
    }
}

/// Give a user tokens
///
/// The same `Idempotency-Key` gives once.
#[utoipa::path(post, path = "/admin/api/users/{id}/grants", tag = "admin", operation_id = "grantTokens", request_body = Grant,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The same key gives once within 24 h")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = Granted),
        (status = 422, description = "`AMOUNT_TOO_LARGE`: more than an account can hold")))]
pub(crate) async fn grant(
    State(web): State<Web>,
    admin: Admin,
    idem: Idem,
    Id(user): Id,
    ApiJson { body, hash }: ApiJson<Grant>,
) -> Result<(http::StatusCode, Json<Granted>), Problem> {
    there(&web, user).await?;
    let key = grant_key(idem, &admin, user, &hash);
    let granted = grant::give(&web.app, &admin.by, key.as_ref(), user, body.amount, body.note.as_deref()).await?;
    Ok((http::StatusCode::CREATED, Json(granted)))
}

/// The key of a grant to `user`; an API key acts as one admin.
pub(super) fn grant_key(idem: Idem, admin: &Admin, user: Uuid, content: &[u8]) -> Option<Key> {
    let content = blake3::Hasher::new().update(user.as_bytes()).update(content).finalize();
    idem.key(admin.by.id().unwrap_or_default(), "POST /admin/api/users/{id}/grants", content.into())
}

/// A value for a switch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SwitchOrder {
    /// On or off.
    on: bool,
}

impl Check for SwitchOrder {}

/// Turn a switch
///
/// `registration.open`: whether anybody may sign up; `heist.enabled`: whether heists go on.
#[utoipa::path(put, path = "/admin/api/switches/{name}", tag = "admin", operation_id = "turnSwitch", request_body = SwitchOrder,
    params(("name" = String, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 204)))]
pub(crate) async fn switch(
    State(web): State<Web>,
    admin: Admin,
    Slug(name): Slug,
    ApiJson { body, .. }: ApiJson<SwitchOrder>,
) -> Result<http::StatusCode, Problem> {
    switches::set(&web.app, &admin.by, &name, if body.on { "true" } else { "false" }).await?;
    Ok(http::StatusCode::NO_CONTENT)
}
