//! Subscriptions: which status entitles to what is paid for, and until when.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::domain::time::Timestamp;

/// What is subscribed to. An owner has one live subscription of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SubscriptionKind))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// A personal plan.
    Plan,
}

impl Kind {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How a subscription stands: before Stripe has one, and then as Stripe says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SubscriptionStatus))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Stripe is being asked for a page to pay it on.
    Wanted,
    /// The page is open.
    Open,
    /// Nobody paid in time.
    Expired,
    /// The first payment is not there yet.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    /// Not paid for yet, by agreement.
    Trialing,
    /// Paid.
    Active,
    /// A renewal was not paid, and is tried again.
    PastDue,
    /// A renewal was not paid, and is not tried any more.
    Unpaid,
    /// A trial ended without a way to pay.
    Paused,
    /// It is over.
    Canceled,
}

impl Status {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it keeps its owner from taking another of its kind: Stripe collects for it, or will.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self {
            Self::Trialing | Self::Active | Self::PastDue | Self::Unpaid | Self::Paused => true,
            Self::Wanted | Self::Open | Self::Expired | Self::Incomplete | Self::IncompleteExpired | Self::Canceled => {
                false
            }
        }
    }

    /// Whether nothing can come of it any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Self::Expired | Self::IncompleteExpired | Self::Canceled => true,
            Self::Wanted
            | Self::Open
            | Self::Incomplete
            | Self::Trialing
            | Self::Active
            | Self::PastDue
            | Self::Unpaid
            | Self::Paused => false,
        }
    }
}

/// What decides whether a subscription entitles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its status.
    pub status: Status,
    /// When it ends for good, if that is decided.
    pub cancel_at: Option<Timestamp>,
    /// When the invoice of the renewal that nobody paid was finalized.
    pub grace_from: Option<Timestamp>,
    /// Whether its money went or goes back: paid beside another, refunded, lost to a dispute.
    pub void: bool,
}

/// Whether a subscription entitles to what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entitled {
    /// Until something is heard of it.
    Yes,
    /// Until then, whatever is heard.
    Until(Timestamp),
    /// Not at all.
    No,
}

impl Entitled {
    /// Whether it does at a moment.
    #[must_use]
    pub fn at(self, now: Timestamp) -> bool {
        match self {
            Self::Yes => true,
            Self::Until(end) => now < end,
            Self::No => false,
        }
    }
}

impl Standing {
    /// Paid or on trial entitles until it ends; a renewal that is not paid entitles for the time of grace, counted from
    /// its invoice, so that every order of events comes to the same end.
    #[must_use]
    pub fn entitled(&self, grace: Duration) -> Entitled {
        let end = match self.status {
            _ if self.void => return Entitled::No,
            Status::Trialing | Status::Active => self.cancel_at,
            Status::PastDue => match self.grace_from {
                Some(from) => Some(self.cancel_at.map_or(from + grace, |end| end.min(from + grace))),
                None => return Entitled::No,
            },
            Status::Wanted
            | Status::Open
            | Status::Expired
            | Status::Incomplete
            | Status::IncompleteExpired
            | Status::Unpaid
            | Status::Paused
            | Status::Canceled => return Entitled::No,
        };
        end.map_or(Entitled::Yes, Entitled::Until)
    }
}

/// When a subscription ends for good: at a moment that was chosen, or with its period, whichever is first.
#[must_use]
pub fn ends(cancel_at: Option<Timestamp>, at_period_end: bool, period_end: Option<Timestamp>) -> Option<Timestamp> {
    let by_period = period_end.filter(|_| at_period_end);
    match (cancel_at, by_period) {
        (Some(at), Some(end)) => Some(at.min(end)),
        (one, other) => one.or(other),
    }
}

/// When the grace of a renewal began: the first finalized of the invoices that are open, by `(reason, finalized)`. Only
/// renewals have any; a first invoice or an upgrade that nobody paid grants nothing.
#[must_use]
pub fn grace_from<'a>(open: impl IntoIterator<Item = (&'a str, Option<Timestamp>)>) -> Option<Timestamp> {
    open.into_iter().filter(|(reason, _)| *reason == RENEWAL).filter_map(|(_, finalized)| finalized).min()
}

/// What Stripe calls the reason of a renewal's invoice.
pub const RENEWAL: &str = "subscription_cycle";

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(24 * 3600);
    const DAY: i64 = 86_400_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn standing(status: Status, cancel_at: Option<i64>, grace_from: Option<i64>) -> Standing {
        Standing { status, cancel_at: cancel_at.map(at), grace_from: grace_from.map(at), void: false }
    }

    #[test]
    fn what_is_paid_entitles_and_what_is_not_does_in_grace() {
        for (status, cancel_at, grace_from, expected) in [
            (Status::Active, None, None, Entitled::Yes),
            (Status::Active, None, Some(5), Entitled::Yes),
            (Status::Active, Some(50), None, Entitled::Until(at(50))),
            (Status::Trialing, None, None, Entitled::Yes),
            (Status::Trialing, Some(50), None, Entitled::Until(at(50))),
            (Status::PastDue, None, Some(10), Entitled::Until(at(10 + DAY))),
            (Status::PastDue, Some(50), Some(10), Entitled::Until(at(50))),
            (Status::PastDue, Some(2 * DAY), Some(10), Entitled::Until(at(10 + DAY))),
            (Status::PastDue, None, None, Entitled::No),
            (Status::Incomplete, None, Some(10), Entitled::No),
            (Status::IncompleteExpired, None, None, Entitled::No),
            (Status::Unpaid, None, Some(10), Entitled::No),
            (Status::Paused, None, None, Entitled::No),
            (Status::Canceled, Some(50), None, Entitled::No),
            (Status::Wanted, None, None, Entitled::No),
            (Status::Open, None, None, Entitled::No),
            (Status::Expired, None, None, Entitled::No),
        ] {
            let standing = standing(status, cancel_at, grace_from);
            assert_eq!(standing.entitled(GRACE), expected, "{standing:?}");
            assert_eq!(Standing { void: true, ..standing }.entitled(GRACE), Entitled::No);
        }
    }

    #[test]
    fn grace_ends_to_the_microsecond() {
        let late = standing(Status::PastDue, None, Some(10)).entitled(GRACE);
        assert!(late.at(at(9 + DAY)));
        assert!(!late.at(at(10 + DAY)));
        assert!(Entitled::Yes.at(at(i64::MAX)));
        assert!(!Entitled::No.at(at(0)));
    }

    #[test]
    fn the_end_is_the_first_of_what_was_decided() {
        assert_eq!(ends(None, false, Some(at(9))), None);
        assert_eq!(ends(None, true, Some(at(9))), Some(at(9)));
        assert_eq!(ends(Some(at(5)), false, Some(at(9))), Some(at(5)));
        assert_eq!(ends(Some(at(5)), true, Some(at(9))), Some(at(5)));
        assert_eq!(ends(Some(at(12)), true, Some(at(9))), Some(at(9)));
        assert_eq!(ends(None, true, None), None);
    }

    #[test]
    fn grace_begins_with_the_first_renewal_that_nobody_paid() {
        assert_eq!(grace_from([("subscription_create", Some(at(1)))]), None);
        assert_eq!(grace_from([("subscription_update", Some(at(1)))]), None);
        assert_eq!(grace_from([(RENEWAL, None)]), None);
        assert_eq!(grace_from([(RENEWAL, Some(at(8))), (RENEWAL, Some(at(3))), ("manual", Some(at(1)))]), Some(at(3)));
    }

    #[test]
    fn live_is_what_stripe_collects_for() {
        let live: Vec<_> = Status::VARIANTS.iter().filter(|name| name.parse::<Status>().unwrap().is_live()).collect();
        assert_eq!(live, [&"trialing", &"active", &"past_due", &"unpaid", &"paused"]);
        let over: Vec<_> = Status::VARIANTS.iter().filter(|name| name.parse::<Status>().unwrap().is_over()).collect();
        assert_eq!(over, [&"expired", &"incomplete_expired", &"canceled"]);
    }
}
