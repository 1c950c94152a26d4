//! An admin gives a player points of the current season.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        audit::Action,
        ledger::{Kind, Movement},
        season::Season,
    },
    flow::{By, Failure, grant::GrantRefusal, nudge, once::once},
    store::{
        Tx,
        audit::{self, Entry},
        idempotency::Key,
        ledger, players, transact,
    },
};

/// Points that were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PointsGranted {
    /// The grant.
    pub grant_id: Uuid,
    /// The user's points of this month afterwards.
    pub points: i64,
}

/// Gives a user points in an admin's name, once for a key.
///
/// # Errors
/// [`GrantRefusal::Amount`], or the store's.
pub async fn give_points(
    app: &App,
    by: &By,
    key: Option<&Key>,
    user: Uuid,
    points: i64,
    note: Option<&str>,
) -> Result<PointsGranted, Failure<GrantRefusal>> {
    let grant_id = Uuid::now_v7();
    let granted = once!(app, key, tx => {
        let points = credit(tx, app, by, grant_id, user, points, note).await?;
        Ok(PointsGranted { grant_id, points })
    })?;
    nudge::user_changed(app, user);
    Ok(granted)
}

/// Gives points under the id `grant`, as an operator; answers the player's points of the season afterwards.
///
/// # Errors
/// [`GrantRefusal::Amount`], or the store's.
pub async fn grant_points(
    app: &App,
    grant: Uuid,
    user: Uuid,
    points: i64,
    note: Option<&str>,
) -> Result<i64, Failure<GrantRefusal>> {
    let by = By::default();
    let given: Result<i64, Failure<GrantRefusal>> =
        async { transact!(app.db, tx => credit(tx, app, &by, grant, user, points, note).await) }.await;
    nudge::user_changed(app, user);
    given
}

async fn credit(
    tx: &mut Tx,
    app: &App,
    by: &By,
    grant: Uuid,
    user: Uuid,
    points: i64,
    note: Option<&str>,
) -> Result<i64, Failure<GrantRefusal>> {
    let at = app.clock.now();
    let season = Season::of(at);
    players::lock(tx, [user]).await?;
    let before = players::standing(tx, user, season).await?.ok_or(Failure::Refused(GrantRefusal::Unknown))?;
    let movement = Movement {
        user,
        asset: season.asset(),
        amount: points,
        kind: Kind::Grant,
        key: format!("grant-points:{grant}"),
        subject: Some(grant),
        note,
        at,
    };
    let after = ledger::credit(tx, &movement).await?.balance;
    if after != before.points {
        let mut player = before.player;
        player.points_awarded += points;
        players::save(tx, &[player]).await?;
    }
    let detail = json!({ "grant": grant, "points": points, "season": season, "note": note });
    let entry = Entry::new(by.id(), Action::PointsGrant, Some(user), detail);
    audit::record(tx, &entry, &by.origin, at).await?;
    Ok(after)
}
