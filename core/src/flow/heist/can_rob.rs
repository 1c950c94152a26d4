//! Whether somebody could be robbed, check by check. The shield is not among them: if it showed, it would block
//! nothing.

use std::{collections::BTreeMap, convert::Infallible};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::enabled_for;
use crate::{
    app::App,
    domain::{
        heist::{self, Check, HeistRefusal, Target},
        season::Season,
        time::Timestamp,
    },
    flow::{Actor, Failure},
    store::players,
};

/// One's own cooldown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CooldownStatus {
    /// Whether one has to wait.
    pub active: bool,
    /// Until when.
    pub ends_at: Option<Timestamp>,
    /// Hours until then, rounded up.
    pub hours_remaining: u64,
}

/// What can be seen of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TargetStatus {
    /// Whether there is such a player.
    pub exists: bool,
    /// The name.
    pub name: Option<String>,
    /// Whether the player was robbed too recently.
    pub protected: bool,
    /// Until when.
    pub protection_ends_at: Option<Timestamp>,
}

/// Whether somebody could be robbed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Eligibility {
    /// Whether nothing that can be seen speaks against it.
    pub eligible: bool,
    /// The first check that fails, in words.
    pub reason: Option<String>,
    /// Its code.
    pub error_code: Option<String>,
    /// Every check by name, in the order in which they are made.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, bool>))]
    pub checks: BTreeMap<Check, bool>,
    /// Points that a heist would take.
    pub potential_steal: i64,
    /// The target's points of the season.
    pub target_points: i64,
    /// One's own cooldown.
    pub cooldown_status: CooldownStatus,
    /// What can be seen of the target.
    pub target_status: TargetStatus,
}

/// Whether the user could rob `target` now.
///
/// # Errors
/// The store's.
pub async fn can_rob(app: &App, actor: &Actor, target: Uuid) -> Result<Eligibility, Failure<Infallible>> {
    let now = app.clock.now();
    let (rules, percent) = (&app.config.heist.rules, app.config.heist.rollout_percent);
    let mut conn = app.db.read().await?;
    let standings = players::standings(&mut conn, [actor.user, target], Season::of(now)).await?;
    let enabled = enabled_for(app, &mut conn, actor.user).await?;
    let own = standings.get(&actor.user).ok_or_else(|| Failure::Broken("the robber has no account".into()))?;
    let (robber, other) = (own.robber(enabled), standings.get(&target).filter(|other| other.target(percent).active));
    let nobody = Target { id: target, active: false, points: 0, robbed_at: None };
    let victim = other.map_or(nobody, |other| other.target(percent));
    let made = Check::ALL.map(|check| (check, check.make(rules, &robber, &victim, now)));
    let checks = made.iter().map(|(check, made)| (*check, made.is_ok())).collect();
    let first: Option<HeistRefusal> = made.into_iter().find_map(|(_, made)| made.err());
    let cooling = heist::cooldown_end(rules, robber.last_success, now);
    let protection_ends_at = heist::protection_end(rules, victim.robbed_at, now);
    Ok(Eligibility {
        eligible: first.is_none(),
        reason: first.as_ref().map(ToString::to_string),
        error_code: first.as_ref().map(|refusal| refusal.code().to_owned()),
        checks,
        potential_steal: rules.steal(victim.points),
        target_points: victim.points,
        cooldown_status: CooldownStatus {
            active: cooling.is_some(),
            ends_at: cooling,
            hours_remaining: cooling.map_or(0, |end| end.since(now).as_secs().div_ceil(3_600)),
        },
        target_status: TargetStatus {
            exists: victim.active,
            name: other.and_then(|other| other.username.clone()),
            protected: protection_ends_at.is_some(),
            protection_ends_at,
        },
    })
}
