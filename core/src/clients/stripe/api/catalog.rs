//! Products and prices: what is sold, and for how much.

use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Searchable,
};

/// A product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// What Stripe's pages call it.
    pub name: Option<String>,
    /// Whether it is sold.
    pub active: bool,
    /// Entries of our own.
    pub metadata: Metadata,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for Product {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            name: object.text("name"),
            active: object.flag("active") == Some(true),
            metadata: object.metadata("metadata"),
            livemode: object.flag("livemode"),
        })
    }
}

impl Searchable for Product {
    const PATH: &'static str = "/v1/products";
}

/// Makes a product.
#[derive(Clone, Debug, Serialize)]
pub struct CreateProduct {
    /// What Stripe's pages call it.
    pub name: String,
    /// A line below that.
    pub description: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Change for CreateProduct {
    type Answer = Product;

    fn path(&self) -> String {
        Product::PATH.to_owned()
    }
}

/// Reads a product.
#[derive(Clone, Debug, Serialize)]
pub struct GetProduct {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetProduct {
    type Answer = Product;

    fn path(&self) -> String {
        format!("{}/{}", Product::PATH, self.id)
    }
}

/// Reads products.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ListProducts {
    /// Only those that are sold, or aren't.
    pub active: Option<bool>,
}

impl List for ListProducts {
    type Item = Product;
    const PATH: &'static str = Product::PATH;
}

/// A price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Its id.
    pub id: String,
    /// Whether it can be bought at.
    pub active: bool,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// In cents; none where it has tiers.
    pub unit_amount: Option<i64>,
    /// How often it is paid; none for once.
    pub recurring: Option<Recurring>,
    /// What it is the price of.
    pub product: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

/// How often a price is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recurring {
    /// `day`, `week`, `month` or `year`.
    pub interval: String,
    /// Every so many of them.
    pub interval_count: i64,
}

impl Recurring {
    /// Once a month.
    #[must_use]
    pub fn monthly() -> Self {
        Self { interval: "month".to_owned(), interval_count: 1 }
    }
}

impl Price {
    /// Whether it is what a page says: so many US cents, once or every month.
    #[must_use]
    pub fn fits(&self, cents: i64, monthly: bool) -> bool {
        let recurring = monthly.then(Recurring::monthly);
        self.active
            && self.currency.as_deref() == Some("usd")
            && self.unit_amount == Some(cents)
            && self.recurring == recurring
    }
}

impl Read for Price {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        let interval = object.text("recurring.interval");
        let interval_count = object.int("recurring.interval_count").unwrap_or(1);
        Ok(Self {
            id: object.id()?,
            active: object.flag("active") == Some(true),
            currency: object.text("currency"),
            unit_amount: object.int("unit_amount"),
            recurring: interval.map(|interval| Recurring { interval, interval_count }),
            product: object.reference("product"),
            metadata: object.metadata("metadata"),
            livemode: object.flag("livemode"),
        })
    }
}

impl Searchable for Price {
    const PATH: &'static str = "/v1/prices";
}

/// Makes a price.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePrice {
    /// What it is the price of.
    pub product: String,
    /// In small letters, like `usd`.
    pub currency: String,
    /// In cents.
    pub unit_amount: i64,
    /// How often it is paid; none for once.
    pub recurring: Option<Recurring>,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Change for CreatePrice {
    type Answer = Price;

    fn path(&self) -> String {
        Price::PATH.to_owned()
    }
}

/// Reads a price.
#[derive(Clone, Debug, Serialize)]
pub struct GetPrice {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetPrice {
    type Answer = Price;

    fn path(&self) -> String {
        format!("{}/{}", Price::PATH, self.id)
    }
}

/// Reads prices.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListPrices {
    /// Of this product.
    pub product: Option<String>,
    /// Only those that can be bought at, or can't.
    pub active: Option<bool>,
}

impl List for ListPrices {
    type Item = Price;
    const PATH: &'static str = Price::PATH;
}
