//! The game's part of an export: points, Heist Tokens, heists, shields, referrals.

use serde_json::{Value, json};
use uuid::Uuid;

use super::PAGE;
use crate::{
    domain::{heist::HeistRefusal, season::Season},
    store::{
        Conn, StoreResult,
        heists::{self, Heist, Side},
        players, points, referrals, shields,
    },
};

/// Everything the game knows of a user.
pub(super) async fn export(on: &mut Conn, user: Uuid, season: Season) -> StoreResult<Value> {
    let standing = players::standing(on, user, season).await?;
    let shield = shields::open(on, [user]).await?.remove(&user);
    Ok(json!({
        "season": season,
        "points": standing.as_ref().map_or(0, |standing| standing.points),
        "lifetimePoints": standing.as_ref().map_or(0, |standing| standing.player.points_awarded),
        "heistTokens": standing.as_ref().map_or(0, |standing| standing.tokens),
        "heistTokensEarned": standing.as_ref().map_or(0, |standing| standing.player.tokens_earned),
        "heistTokensSpent": standing.as_ref().map_or(0, |standing| standing.player.tokens_spent),
        "checkinStreak": standing.as_ref().map_or(0, |standing| standing.player.streak),
        "shieldUntil": shield.map(|shield| shield.expires_at),
        "pointEvents": events(on, user).await?,
        "heists": all_heists(on, user).await?,
        "referrals": referred(on, user).await?,
    }))
}

async fn events(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let mut all = Vec::new();
    loop {
        let (page, total) = points::events(on, user, PAGE, count(&all)).await?;
        all.extend(page.iter().map(|event| {
            json!({
                "id": event.id,
                "kind": event.kind.event_name(event.received),
                "season": event.season,
                "points": if event.received { event.points } else { -event.points },
                "before": event.before,
                "after": event.after,
                "subject": event.subject,
                "at": event.created_at,
            })
        }));
        if page.is_empty() || count(&all) >= total {
            return Ok(all);
        }
    }
}

async fn all_heists(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let mut all = Vec::new();
    loop {
        let (page, total) = heists::history(on, user, (Side::All, None), PAGE, count(&all)).await?;
        all.extend(page.iter().map(|heist| one_heist(heist, user)));
        if page.is_empty() || count(&all) >= total {
            return Ok(all);
        }
    }
}

/// Of a heist, what this side may know: the other side's points are its own.
fn one_heist(heist: &Heist, user: Uuid) -> Value {
    let robber = heist.attacker_id == user;
    let loot = heist.outcome.loot();
    let moved = loot.map(|loot| if robber { loot.robber } else { loot.target });
    json!({
        "id": heist.id,
        "role": if robber { "attacker" } else { "victim" },
        "otherUserId": if robber { heist.victim_id } else { heist.attacker_id },
        "status": heist.outcome.status(),
        "failureReason": heist.outcome.refusal().map(HeistRefusal::code),
        "tokenSpent": heist.token_spent,
        "points": loot.map_or(0, |loot| loot.points),
        "before": moved.map(|moved| moved.before),
        "after": moved.map(|moved| moved.after),
        "askedAt": heist.created_at,
        "appliedAt": heist.applied_at,
    })
}

async fn referred(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let mut all = Vec::new();
    loop {
        let (page, total) = referrals::of(on, user, PAGE, count(&all)).await?;
        all.extend(page.iter().map(|referred| {
            json!({
                "userId": referred.user_id,
                "joinedAt": referred.created_at,
                "rewardedAt": referred.awarded_at,
                "tokens": referred.tokens,
                "points": referred.points,
            })
        }));
        if page.is_empty() || count(&all) >= total {
            return Ok(all);
        }
    }
}

fn count(all: &[Value]) -> i64 {
    i64::try_from(all.len()).unwrap_or(i64::MAX)
}
