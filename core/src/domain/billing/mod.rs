//! Rules of what is bought at Stripe: which packs and plans are sold, who may buy how much, what a purchase or a
//! subscription is by what Stripe says of it, and what a refund or a dispute claims.

pub mod event;
pub mod limits;
pub mod pack;
pub mod purchase;
pub mod refund;
pub mod shop;
pub mod subscription;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Whether money moves. Objects of one mode are unknown in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = BillingMode))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Mode {
    /// No money moves.
    Test,
    /// Real payments.
    Live,
}

impl Mode {
    /// The mode of an object that says whether it is live.
    #[must_use]
    pub const fn of(livemode: bool) -> Self {
        if livemode { Self::Live } else { Self::Test }
    }

    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The only currency that things are sold for.
pub const CURRENCY: &str = "usd";

/// An amount as people read it: `$3.99`, or `399 EUR` (in the smallest unit) for what is not in dollars.
#[must_use]
pub fn money(cents: i64, currency: &str) -> String {
    if currency.eq_ignore_ascii_case(CURRENCY) {
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        return format!("{sign}${}.{:02}", cents / 100, cents % 100);
    }
    format!("{cents} {}", currency.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(money(399, "usd"), "$3.99");
        assert_eq!(money(5, "USD"), "$0.05");
        assert_eq!(money(-120, "usd"), "-$1.20");
        assert_eq!(money(500, "jpy"), "500 JPY");
    }
}
