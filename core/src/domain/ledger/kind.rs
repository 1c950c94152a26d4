//! Why tokens move. A new kind is a case here, with its account of the house, and its words on the page.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::House;
use crate::domain::points::PointKind;

/// Why tokens moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TransferKind))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// Given at registration.
    Welcome,
    /// Given by an admin.
    Grant,
    /// Bought.
    Purchase,
    /// Spent on a pull.
    Pull,
    /// Posted from a job's hold: delivered, or the searched part of a cancelled one.
    Job,
    /// Taken back.
    Clawback,
    /// What was taken back, given to the user again.
    ClawbackReversal,
    /// Held back because of a warning of fraud; nothing is ever posted of it.
    Freeze,
    /// Debt paid from what came in.
    DebtRepayment,
    /// The balance of a deleted account.
    Forfeit,
    /// A shield was bought.
    Shield,
    /// Heist Tokens for a referral.
    Referral,
    /// A Heist Token that a heist cost.
    HeistTry,
    /// Heist Tokens that were not spent in time.
    TokenExpiry,
    /// Points that a heist moved.
    Heist,
    /// Points for signing up.
    #[serde(rename = "SIGNUP")]
    #[strum(serialize = "SIGNUP")]
    Signup,
    /// Points for checking in.
    #[serde(rename = "CHECKIN")]
    #[strum(serialize = "CHECKIN")]
    Checkin,
    /// Points for the first check-in ever.
    #[serde(rename = "FIRST_CHECKIN_DEAL")]
    #[strum(serialize = "FIRST_CHECKIN_DEAL")]
    FirstCheckinDeal,
    /// Points for buying VaniTokens.
    #[serde(rename = "COIN_PURCHASE")]
    #[strum(serialize = "COIN_PURCHASE")]
    CoinPurchase,
    /// Points for a rare pull.
    #[serde(rename = "ACHIEVEMENT_UNLOCK")]
    #[strum(serialize = "ACHIEVEMENT_UNLOCK")]
    AchievementUnlock,
    /// Points for seven days in a row.
    #[serde(rename = "LOYALTY_BONUS")]
    #[strum(serialize = "LOYALTY_BONUS")]
    LoyaltyBonus,
    /// Points for a referral.
    #[serde(rename = "REFERRAL_BONUS")]
    #[strum(serialize = "REFERRAL_BONUS")]
    ReferralBonus,
}

impl Kind {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What a history of points calls it, by whether the points were received.
    #[must_use]
    pub fn event_name(self, received: bool) -> String {
        match (self, received) {
            (Self::Heist, true) => PointKind::HeistGain.name().to_owned(),
            (Self::Heist, false) => PointKind::HeistLoss.name().to_owned(),
            (other, _) => other.name().to_ascii_uppercase(),
        }
    }

    /// The account of the house on the other side; none where tokens move between two users.
    #[must_use]
    pub const fn house(self) -> Option<House> {
        match self {
            Self::Welcome | Self::Grant | Self::Purchase | Self::Referral => Some(House::Issuance),
            Self::Signup | Self::Checkin | Self::FirstCheckinDeal | Self::CoinPurchase => Some(House::Issuance),
            Self::AchievementUnlock | Self::LoyaltyBonus | Self::ReferralBonus => Some(House::Issuance),
            Self::Pull | Self::Job | Self::Shield | Self::HeistTry => Some(House::Revenue),
            Self::Clawback | Self::ClawbackReversal | Self::DebtRepayment | Self::Freeze => Some(House::Clawback),
            Self::Forfeit | Self::TokenExpiry => Some(House::Forfeits),
            Self::Heist => None,
        }
    }
}

impl From<PointKind> for Kind {
    fn from(kind: PointKind) -> Self {
        match kind {
            PointKind::Signup => Self::Signup,
            PointKind::Checkin => Self::Checkin,
            PointKind::FirstCheckinDeal => Self::FirstCheckinDeal,
            PointKind::CoinPurchase => Self::CoinPurchase,
            PointKind::AchievementUnlock => Self::AchievementUnlock,
            PointKind::LoyaltyBonus => Self::LoyaltyBonus,
            PointKind::ReferralBonus => Self::ReferralBonus,
            PointKind::HeistGain | PointKind::HeistLoss => Self::Heist,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_the_same_in_json() {
        for name in Kind::VARIANTS {
            let kind: Kind = name.parse().unwrap();
            assert_eq!((kind.name(), serde_json::to_value(kind).unwrap()), (*name, (*name).into()));
        }
        assert!("gold".parse::<Kind>().is_err());
    }

    #[test]
    fn a_heist_has_two_names_in_a_history_of_points() {
        assert_eq!(Kind::Heist.event_name(true), "HEIST_GAIN");
        assert_eq!(Kind::Heist.event_name(false), "HEIST_LOSS");
        assert_eq!(Kind::Grant.event_name(true), "GRANT");
    }

    #[test]
    fn points_are_stored_under_the_name_of_what_they_are_for() {
        let kinds = PointKind::VARIANTS.iter().map(|name| name.parse::<PointKind>().unwrap());
        for kind in kinds.filter(|kind| kind.is_award()) {
            assert_eq!(Kind::from(kind).name(), kind.name());
        }
    }
}
