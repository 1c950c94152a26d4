//! One's own heists: as robber and as target, one by one and in numbers.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{heist::Status, time::Timestamp},
    flow::{Actor, Failure},
    store::{
        heists::{self, Heist, Side, Totals},
        players,
    },
};

/// A heist as one of its two sides sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryItem {
    /// Its id.
    pub id: Uuid,
    /// `attacker` or `victim`.
    pub role: String,
    /// The other side.
    pub other_user_id: Uuid,
    /// The other side's name; none if the account was deleted.
    pub other_name: Option<String>,
    /// How it ended.
    pub status: Status,
    /// The code of the refusal, if it was refused.
    pub failure_reason: Option<String>,
    /// Whether it cost the robber's token.
    pub token_spent: bool,
    /// Points that moved.
    pub points: i64,
    /// One's own points before.
    pub points_before: Option<i64>,
    /// One's own points after.
    pub points_after: Option<i64>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was settled.
    pub applied_at: Option<Timestamp>,
}

/// Points won and lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Net {
    /// Points taken from others.
    pub points_stolen: i64,
    /// Points lost to others.
    pub points_lost: i64,
    /// The difference.
    pub net: i64,
}

/// A page of one's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Newest first.
    pub items: Vec<HistoryItem>,
    /// How many there are in all.
    pub total: i64,
    /// Points won and lost, over everything.
    pub stats: Net,
}

/// One's heists in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StatsView {
    /// Attempts that are settled.
    pub attempts: i64,
    /// Successful ones.
    pub successes: i64,
    /// Attempts that a shield blocked.
    pub blocked: i64,
    /// Heist Tokens they cost.
    pub tokens_spent: i64,
    /// Points taken.
    pub points_stolen: i64,
    /// The most points taken at once.
    pub best: i64,
    /// Times robbed.
    pub times_robbed: i64,
    /// Times a shield held.
    pub times_shielded: i64,
    /// Points lost.
    pub points_lost: i64,
    /// Points taken less points lost.
    pub net: i64,
}

/// A page of one's own history.
///
/// # Errors
/// The store's.
pub async fn history(
    app: &App,
    actor: &Actor,
    which: (Side, Option<Status>),
    limit: i64,
    offset: i64,
) -> Result<HistoryPage, Failure<Infallible>> {
    let mut conn = app.db.read().await?;
    let (page, total) = heists::history(&mut conn, actor.user, which, limit, offset).await?;
    let others = page.iter().map(|heist| other(heist, actor.user));
    let names = players::names(&mut conn, others).await?;
    let totals = heists::totals(&mut conn, actor.user).await?;
    let items = page.into_iter().map(|heist| item(heist, actor.user, &names)).collect();
    let stats = Net {
        points_stolen: totals.points_stolen,
        points_lost: totals.points_lost,
        net: totals.points_stolen - totals.points_lost,
    };
    Ok(HistoryPage { items, total, stats })
}

/// One's own heists in numbers.
///
/// # Errors
/// The store's.
pub async fn stats(app: &App, actor: &Actor) -> Result<StatsView, Failure<Infallible>> {
    let Totals {
        attempts,
        successes,
        blocked,
        tokens_spent,
        points_stolen,
        best,
        times_robbed,
        times_shielded,
        points_lost,
    } = heists::totals(&mut app.db.read().await?, actor.user).await?;
    let net = points_stolen - points_lost;
    Ok(StatsView {
        attempts,
        successes,
        blocked,
        tokens_spent,
        points_stolen,
        best,
        times_robbed,
        times_shielded,
        points_lost,
        net,
    })
}

fn other(heist: &Heist, own: Uuid) -> Uuid {
    if heist.attacker_id == own { heist.victim_id } else { heist.attacker_id }
}

fn item(heist: Heist, own: Uuid, names: &std::collections::HashMap<Uuid, String>) -> HistoryItem {
    let robber = heist.attacker_id == own;
    let loot = heist.outcome.loot();
    let moved = loot.map(|loot| if robber { loot.robber } else { loot.target });
    let other_user_id = other(&heist, own);
    HistoryItem {
        id: heist.id,
        role: if robber { "attacker" } else { "victim" }.to_owned(),
        other_user_id,
        other_name: names.get(&other_user_id).cloned(),
        status: heist.outcome.status(),
        failure_reason: heist.outcome.refusal().map(|refusal| refusal.code().to_owned()),
        token_spent: heist.token_spent,
        points: loot.map_or(0, |loot| loot.points),
        points_before: moved.map(|moved| moved.before),
        points_after: moved.map(|moved| moved.after),
        created_at: heist.created_at,
        applied_at: heist.applied_at,
    }
}
