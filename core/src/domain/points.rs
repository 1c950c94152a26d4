//! Points: the events that move them, and what a check-in is worth. How many points an event gives is in a table that
//! admins edit; what is here is what the program itself knows of each.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Check-ins in a row that earn the loyalty bonus.
pub const LOYAL_AFTER: i64 = 7;

/// A pull that matches in full earns an achievement from these odds on: one key in so many.
pub const ACHIEVEMENT_ONE_IN: f64 = 10_000.0;

/// What points are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PointKind {
    /// Signing up.
    Signup,
    /// Checking in, once a UTC day.
    Checkin,
    /// The first check-in ever.
    FirstCheckinDeal,
    /// Buying VaniTokens. Inactive unless an admin wants points to be bought.
    CoinPurchase,
    /// A pull of a rare pattern that matched in full.
    AchievementUnlock,
    /// Seven check-ins in a row.
    LoyaltyBonus,
    /// Somebody signed up with one's code.
    ReferralBonus,
    /// Points taken in a heist.
    HeistGain,
    /// Points lost to a heist.
    HeistLoss,
}

impl PointKind {
    /// Its name, in the master table, the ledger and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the table says how many points it gives; those of a heist follow from the target's points.
    #[must_use]
    pub const fn is_award(self) -> bool {
        match self {
            Self::Signup | Self::Checkin | Self::FirstCheckinDeal | Self::CoinPurchase => true,
            Self::AchievementUnlock | Self::LoyaltyBonus | Self::ReferralBonus => true,
            Self::HeistGain | Self::HeistLoss => false,
        }
    }
}

impl std::fmt::Display for PointKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Somebody's check-ins so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checkins {
    /// The UTC day of the last one.
    pub last_day: Option<i64>,
    /// How many there were in a row.
    pub streak: i64,
}

/// What a check-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkin {
    /// Check-ins in a row, with this one.
    pub streak: i64,
    /// Whether it is the first ever.
    pub first: bool,
    /// Whether it earns the loyalty bonus.
    pub loyal: bool,
}

impl Checkins {
    /// A check-in on a UTC day; none if that day had one. A day before the last (a host whose clock is behind) counts
    /// as that last day.
    #[must_use]
    pub fn check_in(self, today: i64) -> Option<Checkin> {
        if self.last_day.is_some_and(|last| last >= today) {
            return None;
        }
        let streak = if self.last_day == Some(today - 1) { self.streak + 1 } else { 1 };
        Some(Checkin { streak, first: self.last_day.is_none(), loyal: streak % LOYAL_AFTER == 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_the_same_in_json() {
        for name in PointKind::VARIANTS {
            let kind: PointKind = name.parse().unwrap();
            assert_eq!((kind.name(), serde_json::to_value(kind).unwrap()), (*name, (*name).into()));
        }
        assert!("GOLD".parse::<PointKind>().is_err());
    }

    #[test]
    fn a_day_counts_once_and_a_gap_starts_over() {
        let so_far = |last_day, streak| Checkins { last_day, streak };
        let want = |streak, first, loyal| Some(Checkin { streak, first, loyal });
        for (before, today, expected) in [
            (so_far(None, 0), 100, want(1, true, false)),
            (so_far(Some(100), 1), 100, None),
            (so_far(Some(101), 1), 100, None),
            (so_far(Some(100), 1), 101, want(2, false, false)),
            (so_far(Some(100), 6), 101, want(7, false, true)),
            (so_far(Some(100), 7), 101, want(8, false, false)),
            (so_far(Some(100), 13), 101, want(14, false, true)),
            (so_far(Some(100), 6), 102, want(1, false, false)),
        ] {
            assert_eq!(before.check_in(today), expected, "{before:?} on {today}");
        }
    }
}
