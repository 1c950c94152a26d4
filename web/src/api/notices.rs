//! `/api/notices`: what happened while one was away.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vanikeys_core::{
    domain::happening::NoticeKind,
    flow::notices::{self, Filter, NoticePage, NoticeView, Which},
};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, ApiQuery, Check, Fields, Page, Signed},
};

/// Ids that one request may name.
const MOST_IDS: usize = 200;

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
    unread_only: Option<bool>,
    /// Only those of this kind.
    #[param(rename = "type", inline)]
    r#type: Option<NoticeKind>,
}

impl NoticeFilter {
    /// The page and the filter, if they are in bounds.
    pub(crate) fn checked(self) -> Result<(Page, Filter), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        Ok((page, Filter { unread_only: self.unread_only.unwrap_or(false), kind: self.r#type }))
    }
}

/// A part of the notices.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notices {
    /// The notices, newest first.
    items: Vec<NoticeView>,
    /// At most so many were asked for.
    limit: u32,
    /// From this one on.
    offset: u32,
    /// So many there are in all.
    total: i64,
    /// So many are unread, whatever was asked for.
    unread_count: i64,
}

impl Notices {
    pub(crate) fn new(found: NoticePage, Page { limit, offset }: Page) -> Self {
        Self { items: found.items, limit, offset, total: found.total, unread_count: found.unread_count }
    }
}

/// Own notices, newest first
#[utoipa::path(get, path = "/api/notices", tag = "notices", operation_id = "listNotices", params(NoticeFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Notices)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(query): ApiQuery<NoticeFilter>,
) -> Result<Json<Notices>, Problem> {
    let (page, filter) = query.checked()?;
    let found = notices::list(&web.app, &signed.actor, &filter, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Notices::new(found, page)))
}

/// Which notices are read: these, or all.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Seen {
    /// These; at most 200.
    #[schema(max_items = 200)]
    notification_ids: Option<Vec<Uuid>>,
    /// All of them.
    mark_all_read: Option<bool>,
}

impl Check for Seen {
    fn check(&self, fields: &mut Fields) {
        let all = self.mark_all_read == Some(true);
        let fine = self.notification_ids.is_some() != all;
        fields.require_coded(fine, "IDS_OR_ALL", "", "send either notificationIds or markAllRead: true");
        let ids = self.notification_ids.as_ref().map_or(0, Vec::len);
        fields.require(ids <= MOST_IDS, "notificationIds", "must be at most 200");
    }
}

impl Seen {
    /// What is marked.
    pub(crate) fn which(self) -> Which {
        self.notification_ids.map_or(Which::All, Which::These)
    }
}

/// How many notices became read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Marked {
    /// So many.
    pub(crate) marked_count: u64,
}

/// Mark notices as read
///
/// Those that are not yours, or were read before, are not counted.
#[utoipa::path(post, path = "/api/notices/read", tag = "notices", operation_id = "readNotices", request_body = Seen,
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Marked)))]
pub(crate) async fn read(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<Seen>,
) -> Result<Json<Marked>, Problem> {
    Ok(Json(Marked { marked_count: notices::mark_read(&web.app, &signed.actor, &body.which()).await? }))
}
