//! `/api/points`, `/api/leaderboard` and `/api/referrals`.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vanikeys_core::{
    domain::{season::Season, time::Timestamp},
    flow::{
        points::{self, CheckedIn, EventView, OwnPlace, PlaceView},
        referral::{self, ReferredView},
    },
};

use super::heists::shields::NO_BODY;
use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{ApiQuery, Idem, Page, Signed, Viewer},
};

/// Check in
///
/// Once a UTC day. The first ever and every seventh in a row give more.
#[utoipa::path(post, path = "/api/points/checkin", tag = "points", operation_id = "checkIn",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = CheckedIn),
        (status = 409, description = "`ALREADY_CHECKED_IN` (`nextAt`)")))]
pub(crate) async fn check_in(State(web): State<Web>, signed: Signed, idem: Idem) -> Result<Json<CheckedIn>, Problem> {
    let key = idem.key(signed.actor.user, "POST /api/points/checkin", NO_BODY);
    Ok(Json(points::check_in(&web.app, &signed.actor, key.as_ref()).await?))
}

/// A part of one's history of points.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PointEvents {
    /// The events, newest first.
    items: Vec<EventView>,
    /// At most so many were asked for.
    limit: u32,
    /// From this one on.
    offset: u32,
    /// So many there are in all.
    total: i64,
    /// Points of the current season.
    season_points: i64,
    /// Points ever awarded; heists do not touch them.
    lifetime_points: i64,
}

/// Own history of points, newest first
#[utoipa::path(get, path = "/api/points/events", tag = "points", operation_id = "listPointEvents", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PointEvents)))]
pub(crate) async fn events(State(web): State<Web>, signed: Signed, page: Page) -> Result<Json<PointEvents>, Problem> {
    let found = points::events(&web.app, &signed.actor, page.limit.into(), page.offset.into()).await?;
    Ok(Json(PointEvents {
        items: found.items,
        limit: page.limit,
        offset: page.offset,
        total: found.total,
        season_points: found.season_points,
        lifetime_points: found.lifetime_points,
    }))
}

/// Which part of the board is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct BoardFilter {
    /// A month like `2026-11`; the current one if left out.
    #[param(pattern = r"^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2026-11")]
    season: Option<String>,
    /// At most so many places.
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
}

impl BoardFilter {
    /// The season and the page, if they are what they must be.
    pub(crate) fn checked(self) -> Result<(Option<Season>, Page), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        let parse = |text: String| {
            text.parse::<Season>().map_err(|error| Problem::invalid(&[FieldError::new("season", error.to_string())]))
        };
        Ok((self.season.map(parse).transpose()?, page))
    }
}

/// A part of the board.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Leaderboard {
    /// The month, like `2026-11`.
    season: String,
    /// When it is over.
    season_ends_at: Timestamp,
    /// The most points first.
    items: Vec<PlaceView>,
    /// At most so many were asked for.
    limit: u32,
    /// From this one on.
    offset: u32,
    /// So many players have points.
    total: i64,
    /// One's own place; none without an account.
    own: Option<OwnPlace>,
}

/// The leaderboard of a month
///
/// With an account, it also says who could be robbed, and why not.
#[utoipa::path(get, path = "/api/leaderboard", tag = "points", operation_id = "leaderboard", params(BoardFilter),
    security((), ("accessToken" = []), ("session" = [])), responses((status = 200, body = Leaderboard)))]
pub(crate) async fn leaderboard(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(filter): ApiQuery<BoardFilter>,
) -> Result<Json<Leaderboard>, Problem> {
    let (season, page) = filter.checked()?;
    let board = points::board(&web.app, viewer.id(), season, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Leaderboard {
        season: board.season.to_string(),
        season_ends_at: board.ends_at,
        items: board.items,
        limit: page.limit,
        offset: page.offset,
        total: board.total,
        own: board.own,
    }))
}

/// One's code and the people it brought.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnReferrals {
    /// The code.
    code: String,
    /// The address to pass on.
    link: String,
    /// Newest first.
    items: Vec<ReferredView>,
    /// At most so many were asked for.
    limit: u32,
    /// From this one on.
    offset: u32,
    /// So many there are in all.
    total: i64,
}

/// Own code, and who signed up with it
#[utoipa::path(get, path = "/api/referrals", tag = "points", operation_id = "listReferrals", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = OwnReferrals)))]
pub(crate) async fn referrals(
    State(web): State<Web>,
    signed: Signed,
    page: Page,
) -> Result<Json<OwnReferrals>, Problem> {
    let own = referral::referrals(&web.app, &signed.actor, page.limit.into(), page.offset.into()).await?;
    Ok(Json(OwnReferrals {
        code: own.code,
        link: own.link,
        items: own.items,
        limit: page.limit,
        offset: page.offset,
        total: own.total,
    }))
}
