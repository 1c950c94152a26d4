//! Settings of the game: points, Heist Tokens, heists, shields, referrals.

use super::{
    reader::{Reader, number},
    values::{self, hours},
};
use crate::domain::heist::Rules;

/// The game's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// False switches heists off, whatever the switch in the database says.
    pub enabled: bool,
    /// Percent of users who see heists.
    pub rollout_percent: u32,
    /// What a heist may do, and when.
    pub rules: Rules,
    /// Heists that a player may ask for a minute.
    pub per_minute: u32,
    /// Whether letters about heists are sent.
    pub letters: bool,
    /// VaniTokens that a shield costs.
    pub shield_price: i64,
    /// Heist Tokens for a referral.
    pub tokens_per_referral: i64,
    /// Most Heist Tokens that a player may have.
    pub token_cap: Option<i64>,
    /// Days after which an unspent Heist Token is gone.
    pub token_expiry_days: Option<u32>,
    /// When a referral is rewarded.
    pub referral_award: ReferralAward,
}

/// When a referral is rewarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferralAward {
    /// In the signup's own transaction.
    Signup,
    /// Once the e-mail address is confirmed.
    Confirmed,
}

const BOOLEAN: &[(&str, bool)] = &[("true", true), ("false", false)];

const AWARDS: &[(&str, ReferralAward)] = &[("signup", ReferralAward::Signup), ("confirmed", ReferralAward::Confirmed)];

pub(super) fn game(r: &mut Reader) -> Game {
    Game {
        enabled: r.get("HEIST_ENABLED", "true", values::one_of(BOOLEAN)),
        rollout_percent: r.get("HEIST_ROLLOUT_PERCENT", "100", number(0, 100)),
        rules: Rules {
            cooldown: hours(r.get("HEIST_COOLDOWN_HOURS", "24", number(0, 8_760))),
            protection: hours(r.get("HEIST_TARGET_COOLDOWN_HOURS", "48", number(0, 8_760))),
            percent: r.get("HEIST_STEAL_PERCENTAGE", "5", number(1, 100)),
            most: r.get("HEIST_MAX_STEAL_POINTS", "100", number(1, 1_000_000_000)),
            least_target: r.get("HEIST_MIN_TARGET_POINTS", "20", number(0, 1_000_000_000)),
            per_day: r.get("HEIST_MAX_PER_DAY", "10", number(1, 100_000)),
        },
        per_minute: r.get("HEIST_RATE_LIMIT_PER_MINUTE", "10", number(1, 100_000)),
        letters: r.get("HEIST_EMAIL_ENABLED", "false", values::one_of(BOOLEAN)),
        shield_price: r.get("HEIST_SHIELD_TOKENS", "50", number(1, 1_000_000_000)),
        tokens_per_referral: r.get("HEIST_TOKENS_PER_REFERRAL", "1", number(0, 1_000)),
        token_cap: r.optional("HEIST_TOKEN_CAP", number(1, 1_000_000_000)),
        token_expiry_days: r.optional("HEIST_TOKEN_EXPIRY_DAYS", number(1, 36_500)),
        referral_award: r.get("REFERRAL_AWARD", "signup", values::one_of(AWARDS)),
    }
}
