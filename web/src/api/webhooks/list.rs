//! `GET /api/webhooks/endpoints`.

use axum::{Json, extract::State};
use vanikeys_core::flow::webhooks::{self, EndpointView};

use crate::{
    Web,
    error::Problem,
    extract::{Listed, Page, Signed},
};

/// Own endpoints, oldest first
#[utoipa::path(get, path = "/api/webhooks/endpoints", tag = "webhooks", operation_id = "listEndpoints", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<EndpointView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    page: Page,
) -> Result<Json<Listed<EndpointView>>, Problem> {
    let all = webhooks::list(&web.app, signed.actor.owner()).await?;
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let (offset, limit) = (page.offset as usize, page.limit as usize);
    Ok(Json(Listed::new(all.into_iter().skip(offset).take(limit).collect(), page, total)))
}
