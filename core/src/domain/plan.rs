//! Personal plans and the free pulls that come with them.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::time::Timestamp;

/// A personal plan.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Plan {
    /// What everyone has.
    #[default]
    Free,
    /// Fifty free pulls a day.
    Pro,
    /// Free pulls without a limit, under the fair-use rate limit.
    Unlimited,
}

/// Free pulls a day of the plan `pro`.
const PRO_PULLS: i64 = 50;

impl Plan {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The plan, unless it ran out by `now`.
    #[must_use]
    pub fn in_force(self, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        if expires_at.is_some_and(|at| at <= now) { Self::Free } else { self }
    }

    /// What it costs a month, in cents; none for the one that everyone has.
    #[must_use]
    pub const fn cents(self) -> Option<i64> {
        match self {
            Self::Free => None,
            Self::Pro => Some(999),
            Self::Unlimited => Some(9_900),
        }
    }

    /// Free pulls a UTC day; none means no limit. `free` is what the free plan gives.
    #[must_use]
    pub fn free_pulls(self, free: i64) -> Option<i64> {
        match self {
            Self::Free => Some(free),
            Self::Pro => Some(PRO_PULLS.max(free)),
            Self::Unlimited => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_ran_out_is_the_free_one() {
        let at = Timestamp::from_micros;
        assert_eq!(Plan::Pro.in_force(Some(at(10)), at(10)), Plan::Free);
        assert_eq!(Plan::Pro.in_force(Some(at(11)), at(10)), Plan::Pro);
        assert_eq!(Plan::Unlimited.in_force(None, at(10)), Plan::Unlimited);
        assert_eq!(Plan::Pro.free_pulls(3), Some(50));
    }
}
