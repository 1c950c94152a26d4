//! `/api/notices`: what happened while one was away.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vanikeys_core::flow::notices::{self, NoticeView};

use crate::web::{
    Web,
    error::Problem,
    extract::{ApiQuery, Id, Listed, Page, Signed},
};

/// Which notices a list shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct NoticeFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
    /// Unread ones only.
    unread: Option<bool>,
}

/// Own notices, newest first
#[utoipa::path(get, path = "/api/notices", tag = "notices", operation_id = "listNotices", params(NoticeFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<NoticeView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(filter): ApiQuery<NoticeFilter>,
) -> Result<Json<Listed<NoticeView>>, Problem> {
    let page = Page { limit: filter.limit.unwrap_or(50), offset: filter.offset.unwrap_or(0) }.checked()?;
    let unread = filter.unread.unwrap_or(false);
    let found = notices::list(&web.app, &signed.actor, unread, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// How many notices became read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Read {
    /// So many.
    read: u64,
}

/// Mark a notice as read
///
/// One that is not yours, or was read before, changes nothing.
#[utoipa::path(post, path = "/api/notices/{id}/read", tag = "notices", operation_id = "readNotice",
    params(("id" = uuid::Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Read)))]
pub(crate) async fn read_one(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<Read>, Problem> {
    Ok(Json(Read { read: notices::mark_read(&web.app, &signed.actor, Some(id)).await? }))
}

/// Mark all notices as read
#[utoipa::path(post, path = "/api/notices/read", tag = "notices", operation_id = "readNotices",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Read)))]
pub(crate) async fn read_all(State(web): State<Web>, signed: Signed) -> Result<Json<Read>, Problem> {
    Ok(Json(Read { read: notices::mark_read(&web.app, &signed.actor, None).await? }))
}
