//! One's own history of points.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{season::Season, time::Timestamp},
    flow::{Actor, Failure},
    store::{players, points as stored},
};

/// Something that moved one's points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its id; a heist's gain and loss are one movement.
    pub id: Uuid,
    /// Its kind, like `CHECKIN` or `HEIST_LOSS`.
    pub kind: String,
    /// The season, like `2026-11`.
    pub season: String,
    /// Points; below zero if they went.
    pub points: i64,
    /// Points of the season before.
    pub before: i64,
    /// Points of the season after.
    pub after: i64,
    /// The heist, pull or user it belongs to.
    pub subject: Option<Uuid>,
    /// When.
    pub created_at: Timestamp,
}

/// A page of one's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// Newest first.
    pub items: Vec<EventView>,
    /// How many there are in all.
    pub total: i64,
    /// Points of the current season.
    pub season_points: i64,
    /// Points ever awarded, whatever heists moved since.
    pub lifetime_points: i64,
}

/// A page of one's own history over all seasons.
///
/// # Errors
/// The store's.
pub async fn events(app: &App, actor: &Actor, limit: i64, offset: i64) -> Result<EventPage, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let (page, total) = stored::events(&mut conn, actor.user, limit, offset).await?;
    let standing = players::standing(&mut conn, actor.user, Season::of(app.clock.now())).await?;
    let items = page
        .into_iter()
        .map(|event| EventView {
            id: event.id,
            kind: event.kind.event_name(event.received),
            season: event.season.to_string(),
            points: if event.received { event.points } else { -event.points },
            before: event.before,
            after: event.after,
            subject: event.subject,
            created_at: event.created_at,
        })
        .collect();
    Ok(EventPage {
        items,
        total,
        season_points: standing.as_ref().map_or(0, |standing| standing.points),
        lifetime_points: standing.map_or(0, |standing| standing.player.points_awarded),
    })
}
