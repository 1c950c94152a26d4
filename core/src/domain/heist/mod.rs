//! What a heist may do, and when: the rules between a robber and a target, as both are at one moment. The same checks
//! answer `can-rob`, a request, and the transaction that applies it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use uuid::Uuid;

use super::time::Timestamp;

/// How long a shield lasts, unless it blocks a heist before.
pub const SHIELD_LASTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A robber waits so long after a successful heist.
    pub cooldown: Duration,
    /// A robbed player is left alone for so long.
    pub protection: Duration,
    /// Percent of the target's monthly points.
    pub percent: i64,
    /// The most that is taken.
    pub most: i64,
    /// Monthly points below which nobody is robbed.
    pub least_target: i64,
    /// Heists that cost a token, a UTC day.
    pub per_day: i64,
}

impl Rules {
    /// Points that a heist takes from somebody with so many.
    #[must_use]
    pub fn steal(&self, points: i64) -> i64 {
        let share = i128::from(points.max(0)) * i128::from(self.percent) / 100;
        i64::try_from(share).unwrap_or(i64::MAX).min(self.most)
    }

    /// Points that a target needs: what is set, and enough that something is taken.
    #[must_use]
    pub fn minimum(&self) -> i64 {
        self.least_target.max((100 + self.percent - 1) / self.percent)
    }
}

/// A robber, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Robber {
    /// Who.
    pub id: Uuid,
    /// Whether the feature is on for this user.
    pub enabled: bool,
    /// Heist Tokens.
    pub tokens: i64,
    /// When the last heist succeeded.
    pub last_success: Option<Timestamp>,
    /// The UTC day on which `heists` were counted.
    pub day: i64,
    /// Heists that cost a token on that day.
    pub heists: i64,
}

/// A target, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who.
    pub id: Uuid,
    /// Whether the account exists, is not deleted, and takes part: whoever does not see heists yet is not robbed either.
    pub active: bool,
    /// Points of the current season.
    pub points: i64,
    /// When somebody last robbed this player.
    pub robbed_at: Option<Timestamp>,
}

/// Why a heist is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum HeistRefusal {
    /// Switched off, or not yet for this user.
    #[error("heists are switched off at the moment; try again later")]
    FeatureDisabled,
    /// No Heist Token.
    #[error("a heist costs 1 Heist Token and you have {available}; invite somebody to earn one")]
    InsufficientTokens {
        /// Tokens there are.
        available: i64,
    },
    /// Robbed somebody too recently.
    #[error("you robbed somebody recently; you can again at {}", ends_at.minute())]
    CooldownActive {
        /// When it is over.
        ends_at: Timestamp,
        /// Seconds until then, when it was refused.
        seconds: u64,
    },
    /// Enough for today.
    #[error("{limit} heists a day are the most; the next day begins at {}", resets_at.minute())]
    DailyLimit {
        /// How many there may be.
        limit: i64,
        /// Midnight UTC.
        resets_at: Timestamp,
        /// Seconds until then, when it was refused.
        seconds: u64,
    },
    /// Robber and target are one.
    #[error("you cannot rob yourself; choose somebody else")]
    Oneself,
    /// Nobody there, not any more, or not taking part yet.
    #[error("there is no such player in the game; choose somebody else from the leaderboard")]
    TargetNotFound,
    /// Not worth it.
    #[error("a target needs {minimum} points this month and this one has {points}; choose somebody with more")]
    TooFewPoints {
        /// Points it takes.
        minimum: i64,
        /// Points there are.
        points: i64,
    },
    /// Robbed too recently.
    #[error("this player was robbed recently and is protected until {}", ends_at.minute())]
    TargetProtected {
        /// When it is over.
        ends_at: Timestamp,
    },
    /// A shield blocked it. The only refusal that costs the token.
    #[error("a shield blocked the heist; it is used up now, and so is your token")]
    TargetShielded,
}

/// A check, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The feature is on.
    FeatureEnabled,
    /// There is a token.
    HasToken,
    /// The robber's cooldown is over.
    CooldownOver,
    /// The day's limit is not reached.
    UnderDailyLimit,
    /// Robber and target are two.
    NotSelf,
    /// The target exists, is active and takes part.
    TargetExists,
    /// The target has enough points.
    TargetHasPoints,
    /// The target is not protected.
    TargetUnprotected,
}

impl Check {
    /// Every one, in order.
    pub const ALL: [Self; 8] = [
        Self::FeatureEnabled,
        Self::HasToken,
        Self::CooldownOver,
        Self::UnderDailyLimit,
        Self::NotSelf,
        Self::TargetExists,
        Self::TargetHasPoints,
        Self::TargetUnprotected,
    ];

    /// Makes it.
    ///
    /// # Errors
    /// The refusal that it stands for.
    pub fn make(self, rules: &Rules, robber: &Robber, target: &Target, now: Timestamp) -> Result<(), HeistRefusal> {
        let refusal = match self {
            Self::FeatureEnabled => (!robber.enabled).then_some(HeistRefusal::FeatureDisabled),
            Self::HasToken => {
                (robber.tokens < 1).then_some(HeistRefusal::InsufficientTokens { available: robber.tokens })
            }
            Self::CooldownOver => cooldown_end(rules, robber.last_success, now)
                .map(|ends_at| HeistRefusal::CooldownActive { ends_at, seconds: seconds_until(ends_at, now) }),
            Self::UnderDailyLimit => (robber.day == now.day() && robber.heists >= rules.per_day).then(|| {
                let resets_at = now.next_midnight();
                HeistRefusal::DailyLimit { limit: rules.per_day, resets_at, seconds: seconds_until(resets_at, now) }
            }),
            Self::NotSelf => (robber.id == target.id).then_some(HeistRefusal::Oneself),
            Self::TargetExists => (!target.active).then_some(HeistRefusal::TargetNotFound),
            Self::TargetHasPoints => (target.points < rules.minimum())
                .then(|| HeistRefusal::TooFewPoints { minimum: rules.minimum(), points: target.points }),
            Self::TargetUnprotected => {
                protection_end(rules, target.robbed_at, now).map(|ends_at| HeistRefusal::TargetProtected { ends_at })
            }
        };
        refusal.map_or(Ok(()), Err)
    }
}

/// Every check in order; the first that fails is the answer. The shield is not among them: it is looked at last, and
/// only when the heist is applied.
///
/// # Errors
/// See [`HeistRefusal`].
pub fn check(rules: &Rules, robber: &Robber, target: &Target, now: Timestamp) -> Result<(), HeistRefusal> {
    Check::ALL.into_iter().try_for_each(|check| check.make(rules, robber, target, now))
}

/// When a cooldown ends that is not over.
#[must_use]
pub fn cooldown_end(rules: &Rules, last_success: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    last_success.map(|at| at + rules.cooldown).filter(|ends_at| now < *ends_at)
}

/// When a protection ends that is not over.
#[must_use]
pub fn protection_end(rules: &Rules, robbed_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    robbed_at.map(|at| at + rules.protection).filter(|ends_at| now < *ends_at)
}

/// Whole seconds until a moment, rounded up.
fn seconds_until(moment: Timestamp, now: Timestamp) -> u64 {
    moment.since(now).as_micros().div_ceil(1_000_000).try_into().unwrap_or(u64::MAX)
}

/// Whether a user is among the share that sees the feature: the same users for a percentage, and all of them again for
/// every larger one.
#[must_use]
pub fn in_rollout(user: Uuid, percent: u32) -> bool {
    let digest = blake3::derive_key("vanikeys heist rollout v1", user.as_bytes());
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]) % 100 < percent
}

/// How an attempt stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
    VariantNames,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = HeistStatus))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Queued.
    Pending,
    /// Points were taken.
    Success,
    /// The robber has to wait: a cooldown, the day's limit, or a feature that was switched off meanwhile.
    FailedCooldown,
    /// The target was protected.
    FailedTargetProtected,
    /// The target had a shield.
    FailedShield,
    /// The target had too few points.
    FailedInsufficientPoints,
    /// No Heist Token.
    FailedInsufficientTokens,
    /// Oneself, or somebody who is gone.
    FailedInvalidTarget,
}

impl Status {
    /// Its name, in the store and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How an attempt stands, with what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Queued.
    Pending,
    /// Points were taken.
    Success(Loot),
    /// It was refused.
    Refused(HeistRefusal),
}

/// What a heist took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loot {
    /// Points taken.
    pub points: i64,
    /// The robber's points.
    pub robber: Moved,
    /// The target's points.
    pub target: Moved,
    /// When the robber's cooldown ends.
    pub cooldown_ends_at: Timestamp,
}

/// A player's points before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Before.
    pub before: i64,
    /// After.
    pub after: i64,
}

impl Outcome {
    /// The same without its particulars.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::Success(_) => Status::Success,
            Self::Refused(refusal) => refusal.status(),
        }
    }

    /// What it took, if it succeeded.
    #[must_use]
    pub const fn loot(&self) -> Option<&Loot> {
        match self {
            Self::Success(loot) => Some(loot),
            Self::Pending | Self::Refused(_) => None,
        }
    }

    /// Why it was refused, if it was.
    #[must_use]
    pub const fn refusal(&self) -> Option<&HeistRefusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Pending | Self::Success(_) => None,
        }
    }
}

impl HeistRefusal {
    /// The code of its answer.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FeatureDisabled => "FEATURE_DISABLED",
            Self::InsufficientTokens { .. } => "INSUFFICIENT_TOKENS",
            Self::CooldownActive { .. } => "COOLDOWN_ACTIVE",
            Self::DailyLimit { .. } => "DAILY_LIMIT",
            Self::Oneself | Self::TooFewPoints { .. } => "INVALID_TARGET",
            Self::TargetNotFound => "TARGET_NOT_FOUND",
            Self::TargetProtected { .. } => "TARGET_PROTECTED",
            Self::TargetShielded => "TARGET_SHIELDED",
        }
    }

    /// How the attempt ends that it refuses.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::FeatureDisabled | Self::CooldownActive { .. } | Self::DailyLimit { .. } => Status::FailedCooldown,
            Self::InsufficientTokens { .. } => Status::FailedInsufficientTokens,
            Self::Oneself | Self::TargetNotFound => Status::FailedInvalidTarget,
            Self::TooFewPoints { .. } => Status::FailedInsufficientPoints,
            Self::TargetProtected { .. } => Status::FailedTargetProtected,
            Self::TargetShielded => Status::FailedShield,
        }
    }

    /// When it is over by itself; none if time does not help.
    #[must_use]
    pub const fn ends_at(&self) -> Option<Timestamp> {
        match self {
            Self::CooldownActive { ends_at, .. } | Self::TargetProtected { ends_at } => Some(*ends_at),
            Self::DailyLimit { resets_at, .. } => Some(*resets_at),
            Self::FeatureDisabled
            | Self::InsufficientTokens { .. }
            | Self::Oneself
            | Self::TargetNotFound
            | Self::TooFewPoints { .. }
            | Self::TargetShielded => None,
        }
    }

    /// Whether it is recorded as an attempt of its own. A feature that is off, or nobody to rob, leaves only an audit
    /// entry.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        !matches!(self, Self::FeatureDisabled | Self::TargetNotFound)
    }
}

#[cfg(test)]
mod tests;
