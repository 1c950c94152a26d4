//! The daily check-in: once a UTC day, more for the first ever and for every seventh in a row.

use serde::{Deserialize, Serialize};

use super::award;
use crate::{
    app::App,
    domain::{points::PointKind, season::Season, time::Timestamp},
    flow::{Actor, Failure, once::once},
    store::{
        idempotency::Key,
        players::{self, Player},
    },
};

/// Why a check-in is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum CheckinRefusal {
    /// This day had one.
    #[error("you checked in today already; you can again at {}", next_at.minute())]
    AlreadyCheckedIn {
        /// Midnight UTC.
        next_at: Timestamp,
    },
    /// The account is gone.
    #[error("this account is gone")]
    Gone,
}

/// What a check-in gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckedIn {
    /// Points for it, bonuses included.
    pub points_awarded: i64,
    /// Check-ins in a row.
    pub streak: i64,
    /// The part that was for the first check-in ever.
    pub first_checkin_bonus: i64,
    /// The part that was for seven in a row.
    pub loyalty_bonus: i64,
    /// Points of the season afterwards.
    pub new_total_points: i64,
    /// When the next is possible: midnight UTC.
    pub next_at: Timestamp,
}

/// Checks in.
///
/// # Errors
/// See [`CheckinRefusal`].
pub async fn check_in(app: &App, actor: &Actor, key: Option<&Key>) -> Result<CheckedIn, Failure<CheckinRefusal>> {
    let user = actor.user;
    once!(app, key, tx => {
        let now = app.clock.now();
        players::lock(tx, [user]).await?;
        let standing = players::standing(tx, user, Season::of(now)).await?;
        let standing = standing.ok_or(Failure::Refused(CheckinRefusal::Gone))?;
        let next_at = now.next_midnight();
        let (today, mut player) = (now.day(), standing.player);
        let Some(checkin) = player.checkins().check_in(today) else {
            return Err(Failure::Refused(CheckinRefusal::AlreadyCheckedIn { next_at }));
        };
        (player.checkin_day, player.streak) = (Some(today), checkin.streak);
        let mut give = async |due: bool, kind, key: String, player: &mut Player| {
            if due { award(tx, app, player, kind, key, None).await } else { Ok(0) }
        };
        let daily = give(true, PointKind::Checkin, format!("checkin:{user}:{today}"), &mut player).await?;
        let first = format!("first-checkin:{user}");
        let first_checkin_bonus = give(checkin.first, PointKind::FirstCheckinDeal, first, &mut player).await?;
        let loyal = format!("loyalty:{user}:{today}");
        let loyalty_bonus = give(checkin.loyal, PointKind::LoyaltyBonus, loyal, &mut player).await?;
        players::save(tx, &[player]).await?;
        let points_awarded = daily + first_checkin_bonus + loyalty_bonus;
        Ok(CheckedIn {
            points_awarded,
            streak: checkin.streak,
            first_checkin_bonus,
            loyalty_bonus,
            new_total_points: standing.points + points_awarded,
            next_at,
        })
    })
}
