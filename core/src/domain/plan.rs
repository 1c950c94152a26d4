//! Personal plans and the free pulls that come with them.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// A personal plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// The plan as stored, unless it ran out by `now`.
    #[must_use]
    pub fn in_force(name: &str, expires_at: Option<i64>, now: Timestamp) -> Self {
        if expires_at.is_some_and(|at| at <= now.micros()) {
            return Self::Free;
        }
        match name {
            "pro" => Self::Pro,
            "unlimited" => Self::Unlimited,
            _ => Self::Free,
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
        let now = Timestamp::from_micros(10);
        assert_eq!(Plan::in_force("pro", Some(10), now), Plan::Free);
        assert_eq!(Plan::in_force("pro", Some(11), now), Plan::Pro);
        assert_eq!(Plan::in_force("unlimited", None, now), Plan::Unlimited);
        assert_eq!(Plan::Pro.free_pulls(3), Some(50));
    }
}
