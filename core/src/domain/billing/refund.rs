//! Refunds and disputes by status: what they claim of a purchase.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RefundStatus {
    /// Stripe is being asked for it.
    Wanted,
    /// Stripe refused it.
    Refused,
    /// On its way.
    Pending,
    /// The customer has to do something for it.
    RequiresAction,
    /// It arrived.
    Succeeded,
    /// It came back.
    Failed,
    /// It was called off.
    Canceled,
}

/// What an event about a purchase means for its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Its share is taken.
    Takes,
    /// What it took goes back, and nothing more is taken for it.
    GivesBack,
    /// Nothing.
    None,
}

impl RefundStatus {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Refunds take from the moment that Stripe has them, unless they fail.
    #[must_use]
    pub const fn claim(self) -> Claim {
        match self {
            Self::Pending | Self::RequiresAction | Self::Succeeded => Claim::Takes,
            Self::Failed | Self::Canceled => Claim::GivesBack,
            Self::Wanted | Self::Refused => Claim::None,
        }
    }
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DisputeStatus {
    /// The bank only asks.
    WarningNeedsResponse,
    /// The bank looks at what it was answered.
    WarningUnderReview,
    /// The bank asked, and that was all.
    WarningClosed,
    /// The money is gone until the answer convinces the bank.
    NeedsResponse,
    /// The bank looks at what it was answered.
    UnderReview,
    /// The money came back.
    Won,
    /// The money is gone.
    Lost,
    /// It was settled before it became one.
    Prevented,
}

impl DisputeStatus {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Inquiries take nothing, disputes take until they are won.
    #[must_use]
    pub const fn claim(self) -> Claim {
        match self {
            Self::NeedsResponse | Self::UnderReview | Self::Lost => Claim::Takes,
            Self::Won | Self::Prevented => Claim::GivesBack,
            Self::WarningNeedsResponse | Self::WarningUnderReview | Self::WarningClosed => Claim::None,
        }
    }

    /// Whether somebody has to answer the bank.
    #[must_use]
    pub const fn needs_answer(self) -> bool {
        match self {
            Self::WarningNeedsResponse | Self::NeedsResponse => true,
            Self::WarningUnderReview
            | Self::WarningClosed
            | Self::UnderReview
            | Self::Won
            | Self::Lost
            | Self::Prevented => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_a_refund_claims_or_gives_back() {
        let claims: Vec<_> =
            RefundStatus::VARIANTS.iter().map(|name| (*name, name.parse::<RefundStatus>().unwrap().claim())).collect();
        assert_eq!(
            claims,
            [
                ("wanted", Claim::None),
                ("refused", Claim::None),
                ("pending", Claim::Takes),
                ("requires_action", Claim::Takes),
                ("succeeded", Claim::Takes),
                ("failed", Claim::GivesBack),
                ("canceled", Claim::GivesBack),
            ]
        );
    }

    #[test]
    fn inquiries_take_nothing_and_disputes_do_until_they_are_won() {
        let claims: Vec<_> = DisputeStatus::VARIANTS
            .iter()
            .map(|name| (*name, name.parse::<DisputeStatus>().unwrap().claim()))
            .collect();
        assert_eq!(
            claims,
            [
                ("warning_needs_response", Claim::None),
                ("warning_under_review", Claim::None),
                ("warning_closed", Claim::None),
                ("needs_response", Claim::Takes),
                ("under_review", Claim::Takes),
                ("won", Claim::GivesBack),
                ("lost", Claim::Takes),
                ("prevented", Claim::GivesBack),
            ]
        );
    }
}
