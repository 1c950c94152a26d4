//! The game's own notices.

use axum::{Json, extract::State};
use vanikeys_core::flow::heist;

use crate::{
    Web,
    api::notices::{Marked, NoticeFilter, Notices, Seen},
    error::Problem,
    extract::{ApiJson, ApiQuery, Signed},
};

/// What happened in the game, newest first
#[utoipa::path(get, path = "/api/heist/notifications", tag = "heists", operation_id = "listHeistNotifications",
    params(NoticeFilter), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Notices)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(query): ApiQuery<NoticeFilter>,
) -> Result<Json<Notices>, Problem> {
    let (page, filter) = query.checked()?;
    let found = heist::list_notices(&web.app, &signed.actor, &filter, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Notices::new(found, page)))
}

/// Mark the game's notices as read
///
/// Those that are not yours, or were read before, are not counted.
#[utoipa::path(post, path = "/api/heist/notifications/read", tag = "heists", operation_id = "readHeistNotifications",
    request_body = Seen, security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Marked)))]
pub(crate) async fn read(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<Seen>,
) -> Result<Json<Marked>, Problem> {
    let marked_count = heist::mark_notices(&web.app, &signed.actor, &body.which()).await?;
    Ok(Json(Marked { marked_count }))
}
