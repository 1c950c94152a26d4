//! The board of a season: who has how many points, and whether the one who looks could rob them.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{heist, season::Season, time::Timestamp},
    flow::{Failure, heist as game},
    store::{players, points},
};

/// Whether somebody could be robbed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CanRob {
    /// Whether nothing that can be seen speaks against it.
    pub eligible: bool,
    /// The code of the refusal, if not.
    pub error_code: Option<String>,
    /// The refusal in words, if not.
    pub reason: Option<String>,
    /// When the refusal is over by itself; none if time does not help.
    pub until: Option<Timestamp>,
}

/// A place on the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlaceView {
    /// From 1; players with as many points share one.
    pub rank: i64,
    /// Who.
    pub user_id: Uuid,
    /// The name; none if the account was deleted.
    pub name: Option<String>,
    /// Points of the season.
    pub points: i64,
    /// Whether it is the one who looks.
    pub is_you: bool,
    /// Whether the one who looks could rob them; none without an account, or for a season that is over.
    pub can_rob: Option<CanRob>,
}

/// One's own place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OwnPlace {
    /// The rank; none without points.
    pub rank: Option<i64>,
    /// Points of the season.
    pub points: i64,
}

/// A page of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// The season.
    pub season: Season,
    /// When it is over.
    pub ends_at: Timestamp,
    /// The most points first.
    pub items: Vec<PlaceView>,
    /// How many players have points.
    pub total: i64,
    /// One's own place; none without an account.
    pub own: Option<OwnPlace>,
}

/// A page of the board of a season, the current one if none is named.
///
/// # Errors
/// The store's.
pub async fn board(
    app: &App,
    viewer: Option<Uuid>,
    season: Option<Season>,
    limit: i64,
    offset: i64,
) -> Result<Board, Failure<Infallible>> {
    let now = app.clock.now();
    let current = Season::of(now);
    let season = season.unwrap_or(current);
    let mut conn = app.db.read().await?;
    let page = points::board(&mut conn, season, limit, offset).await?;
    let ids = page.iter().map(|place| place.user_id).chain(viewer);
    let standings = players::standings(&mut conn, ids, season).await?;
    let points = viewer.and_then(|id| standings.get(&id)).map(|own| own.points);
    let (total, above) = points::crowd(&mut conn, season, points.unwrap_or_default()).await?;
    let own = points.map(|points| OwnPlace { rank: (points > 0).then_some(above + 1), points });
    let robber = match viewer.and_then(|id| standings.get(&id)).filter(|_| season == current) {
        Some(standing) => Some(standing.robber(game::enabled_for(app, &mut conn, standing.id).await?)),
        None => None,
    };
    let mut items = Vec::with_capacity(page.len());
    let (mut rank, mut last) = (0, None);
    for (place, number) in page.iter().zip(offset + 1..) {
        if last != Some(place.points) {
            // The first of a later page may share its rank with the page before.
            let shared = last.is_none() && offset > 0;
            rank = if shared { points::rank(&mut conn, season, place.points).await? } else { number };
            last = Some(place.points);
        }
        let standing = standings.get(&place.user_id);
        items.push(PlaceView {
            rank,
            user_id: place.user_id,
            name: standing.and_then(|standing| standing.username.clone()),
            points: place.points,
            is_you: viewer == Some(place.user_id),
            can_rob: robber.zip(standing).map(|(robber, standing)| {
                can_rob(heist::check(
                    &app.config.heist.rules,
                    &robber,
                    &standing.target(app.config.heist.rollout_percent),
                    now,
                ))
            }),
        });
    }
    Ok(Board { season, ends_at: season.ends(), items, total, own })
}

fn can_rob(checked: Result<(), heist::HeistRefusal>) -> CanRob {
    let refusal = checked.err();
    CanRob {
        eligible: refusal.is_none(),
        error_code: refusal.as_ref().map(|refusal| refusal.code().to_owned()),
        until: refusal.as_ref().and_then(heist::HeistRefusal::ends_at),
        reason: refusal.map(|refusal| refusal.to_string()),
    }
}
