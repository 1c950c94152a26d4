//! What is sold: an item is only if its price at Stripe says what the pages say.

use std::fmt;

use super::{CURRENCY, Mode, pack};
use crate::domain::{plan::Plan, price::Pack};

/// Something that has a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A pack of VaniTokens.
    Pack(Pack),
    /// A personal plan, a month.
    Plan(Plan),
}

impl Item {
    /// The key under which its price is kept: `pack:popular`, `plan:pro`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Pack(pack) => format!("pack:{}", pack::key(pack)),
            Self::Plan(plan) => format!("plan:{}", plan.name()),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Pack(one) => format!("{} ({} VaniTokens)", pack::title(one), one.tokens),
            Self::Plan(plan) => format!("VaniKeys {}", plan.name()),
        }
    }

    /// What the pages say it costs, in cents; none for what is never sold.
    #[must_use]
    pub const fn cents(&self) -> Option<i64> {
        match self {
            Self::Pack(pack) => Some(pack.cents),
            Self::Plan(plan) => plan.cents(),
        }
    }

    /// The interval in which it is paid again.
    #[must_use]
    pub const fn interval(&self) -> Option<&'static str> {
        match self {
            Self::Pack(_) => None,
            Self::Plan(_) => Some("month"),
        }
    }
}

/// A price at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Whether it can be bought at all.
    pub active: bool,
    /// In the smallest unit of its currency; none if it is not a plain amount.
    pub cents: Option<i64>,
    /// Its currency.
    pub currency: String,
    /// How often it is paid, as a unit and how many of those; none for once.
    pub interval: Option<(String, i64)>,
    /// Whether money moves.
    pub mode: Mode,
}

/// Why an item is not sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Its price was archived.
    Inactive,
    /// Another amount.
    Cents(Option<i64>),
    /// Another currency.
    Currency(String),
    /// Paid more or less often.
    Interval(Option<(String, i64)>),
    /// A price of the other mode.
    Mode(Mode),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inactive => f.write_str("its price is archived at Stripe"),
            Self::Cents(Some(cents)) => write!(f, "its price at Stripe is {cents} cents"),
            Self::Cents(None) => f.write_str("its price at Stripe is no plain amount"),
            Self::Currency(currency) => write!(f, "its price at Stripe is in {currency}"),
            Self::Interval(Some((unit, count))) => write!(f, "its price at Stripe is paid every {count} {unit}"),
            Self::Interval(None) => f.write_str("its price at Stripe is paid once"),
            Self::Mode(mode) => write!(f, "its price is one of {} mode", mode.name()),
        }
    }
}

/// Compares a price with what the pages say of an item.
///
/// # Errors
/// The first thing that differs.
pub fn fits(item: &Item, price: &Price, mode: Mode) -> Result<(), Misfit> {
    if price.mode != mode {
        return Err(Misfit::Mode(price.mode));
    }
    if !price.active {
        return Err(Misfit::Inactive);
    }
    if !price.currency.eq_ignore_ascii_case(CURRENCY) {
        return Err(Misfit::Currency(price.currency.clone()));
    }
    if price.cents.is_none() || price.cents != item.cents() {
        return Err(Misfit::Cents(price.cents));
    }
    let interval = price.interval.as_ref().map(|(unit, count)| (unit.as_str(), *count));
    if interval != item.interval().map(|unit| (unit, 1)) {
        return Err(Misfit::Interval(price.interval.clone()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(cents: i64, interval: Option<(&str, i64)>) -> Price {
        let interval = interval.map(|(unit, count)| (unit.to_owned(), count));
        Price { active: true, cents: Some(cents), currency: "usd".to_owned(), interval, mode: Mode::Test }
    }

    #[test]
    fn an_item_is_sold_for_exactly_what_the_pages_say() {
        let (pack, pro) = (Item::Pack(Pack { tokens: 500, cents: 399 }), Item::Plan(Plan::Pro));
        let month = Some(("month", 1));
        assert_eq!(fits(&pack, &price(399, None), Mode::Test), Ok(()));
        assert_eq!(fits(&pro, &price(999, month), Mode::Test), Ok(()));
        assert_eq!(fits(&pack, &price(400, None), Mode::Test), Err(Misfit::Cents(Some(400))));
        assert_eq!(fits(&pack, &Price { cents: None, ..price(0, None) }, Mode::Test), Err(Misfit::Cents(None)));
        assert_eq!(fits(&pack, &price(399, month), Mode::Test), Err(Misfit::Interval(Some(("month".to_owned(), 1)))));
        assert_eq!(fits(&pro, &price(999, None), Mode::Test), Err(Misfit::Interval(None)));
        assert_eq!(
            fits(&pro, &price(999, Some(("month", 3))), Mode::Test),
            Err(Misfit::Interval(Some(("month".to_owned(), 3))))
        );
        assert_eq!(fits(&pro, &price(999, month), Mode::Live), Err(Misfit::Mode(Mode::Test)));
        assert_eq!(fits(&pro, &Price { active: false, ..price(999, month) }, Mode::Test), Err(Misfit::Inactive));
        let euro = Price { currency: "eur".to_owned(), ..price(999, month) };
        assert_eq!(fits(&pro, &euro, Mode::Test), Err(Misfit::Currency("eur".to_owned())));
        assert_eq!(fits(&Item::Plan(Plan::Free), &price(0, month), Mode::Test), Err(Misfit::Cents(Some(0))));
    }

    #[test]
    fn keys_name_what_is_sold() {
        assert_eq!(Item::Pack(Pack { tokens: 500, cents: 399 }).key(), "pack:popular");
        assert_eq!(Item::Plan(Plan::Unlimited).key(), "plan:unlimited");
    }
}
