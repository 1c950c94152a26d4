//! Own heists, one by one and in numbers.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vanikeys_core::{
    domain::heist::Status,
    flow::heist::{self, HistoryItem, Net, Side, StatsView},
};

use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{ApiQuery, Signed},
};

/// Which side of heists a history shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// As robber.
    Attacker,
    /// As target.
    Victim,
    /// Both.
    #[default]
    All,
}

/// Which heists a history shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct HeistFilter {
    /// As `attacker`, as `victim`, or `all`.
    #[param(rename = "type", inline)]
    r#type: Option<Role>,
    /// Only those that ended so.
    #[param(inline)]
    status: Option<Status>,
    /// At most so many items.
    #[param(default = 20, minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
}

/// Where a part of a list is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    /// At most so many were asked for.
    limit: u32,
    /// From this one on.
    offset: u32,
    /// So many there are in all.
    total: i64,
    /// Whether there are more behind these.
    has_more: bool,
}

/// A part of the history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeistHistory {
    /// The heists, newest first.
    items: Vec<HistoryItem>,
    /// Which part of them this is.
    pagination: Pagination,
    /// Points won and lost, over everything.
    stats: Net,
}

/// Own heists, newest first
#[utoipa::path(get, path = "/api/heist/history", tag = "heists", operation_id = "listHeists", params(HeistFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = HeistHistory)))]
pub(crate) async fn history(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(filter): ApiQuery<HeistFilter>,
) -> Result<Json<HeistHistory>, Problem> {
    let (limit, offset) = (filter.limit.unwrap_or(20), filter.offset.unwrap_or(0));
    if !(1..=100).contains(&limit) {
        return Err(Problem::invalid(&[FieldError::new("limit", "must be from 1 to 100")]));
    }
    if offset > 1_000_000 {
        return Err(Problem::invalid(&[FieldError::new("offset", "must be from 0 to 1000000")]));
    }
    let side = match filter.r#type.unwrap_or_default() {
        Role::Attacker => Side::Attacker,
        Role::Victim => Side::Victim,
        Role::All => Side::All,
    };
    let found = heist::history(&web.app, &signed.actor, (side, filter.status), limit.into(), offset.into()).await?;
    let shown = i64::try_from(found.items.len()).unwrap_or(i64::MAX);
    let has_more = i64::from(offset) + shown < found.total;
    let pagination = Pagination { limit, offset, total: found.total, has_more };
    Ok(Json(HeistHistory { items: found.items, pagination, stats: found.stats }))
}

/// Own heists in numbers
#[utoipa::path(get, path = "/api/heist/stats", tag = "heists", operation_id = "heistStats",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = StatsView)))]
pub(crate) async fn stats(State(web): State<Web>, signed: Signed) -> Result<Json<StatsView>, Problem> {
    Ok(Json(heist::stats(&web.app, &signed.actor).await?))
}
