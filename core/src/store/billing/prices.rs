//! What is sold, as Stripe's prices said when they were last looked at.

use crate::{
    domain::time::Timestamp,
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

/// An item and its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The item's key.
    pub item: String,
    /// The price at Stripe; none for what is sold without one.
    pub price_id: Option<String>,
    /// What the pages say it costs.
    pub cents: i64,
    /// In this currency.
    pub currency: String,
    /// Why it is not sold.
    pub problem: Option<String>,
    /// When it was looked at.
    pub checked_at: Timestamp,
}

row! { Price from prices: item, price_id, cents, currency, problem, checked_at }

/// Writes what was found; answers with the problem that was known before.
///
/// # Errors
/// The database's.
pub async fn put(tx: &mut Tx, price: &Price) -> StoreResult<Option<String>> {
    let known = find(tx, &price.item).await?;
    execute!(
        tx,
        "INSERT INTO prices (item, price_id, cents, currency, problem, checked_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (item) DO UPDATE SET price_id = excluded.price_id, cents = excluded.cents, \
         currency = excluded.currency, problem = excluded.problem, checked_at = excluded.checked_at",
        &price.item,
        &price.price_id,
        price.cents,
        &price.currency,
        &price.problem,
        price.checked_at
    )?;
    Ok(known.and_then(|known| known.problem))
}

/// Finds an item's price.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, item: &str) -> StoreResult<Option<Price>> {
    let text = format!("SELECT {} FROM prices WHERE item = $1", Price::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(item).fetch_optional(c).await)
}

/// The item that this price at Stripe stands for, also if it is not sold now.
///
/// # Errors
/// The database's.
pub async fn item_of(on: &mut impl Sql, price_id: &str) -> StoreResult<Option<String>> {
    sql!(on, c => sqlx::query_scalar("SELECT item FROM prices WHERE price_id = $1 ORDER BY item LIMIT 1")
        .bind(price_id).fetch_optional(c).await)
}

/// Everything that was looked at.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql) -> StoreResult<Vec<Price>> {
    let text = format!("SELECT {} FROM prices ORDER BY item", Price::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}
