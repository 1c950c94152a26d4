//! Invoices of subscriptions: what was paid for them, and what was not.

use uuid::Uuid;

use super::Part;
use crate::{
    domain::{owner::Owner, time::Timestamp},
    store::{Sql, StoreResult, Tx, execute, owned::column, row, sql},
};

/// An invoice as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its id at Stripe.
    pub stripe_id: String,
    /// The subscription that it is for.
    pub subscription_id: Uuid,
    /// Stripe's word: `draft`, `open`, `paid`, `void`, `uncollectible`.
    pub status: String,
    /// Stripe's word for why there is one.
    pub reason: String,
    /// What was paid, or is to be.
    pub cents: i64,
    /// In this currency.
    pub currency: String,
    /// The payment intent that pays it.
    pub intent_id: Option<String>,
    /// Where its owner can look at it.
    pub url: Option<String>,
    /// What was refunded of it.
    pub refunded_cents: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was finalized.
    pub finalized_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

row! { Invoice from invoices:
    stripe_id, subscription_id, status, reason, cents, currency, intent_id, url, refunded_cents, created_at, finalized_at,
    paid_at
}

/// Writes an invoice as Stripe says it is; what was refunded of it is left alone. Answers with what was known before.
///
/// # Errors
/// The database's.
pub async fn put(tx: &mut Tx, invoice: &Invoice) -> StoreResult<Option<Invoice>> {
    let known = find(tx, &invoice.stripe_id).await?;
    execute!(
        tx,
        "INSERT INTO invoices (stripe_id, subscription_id, status, reason, cents, currency, intent_id, url, created_at, \
         finalized_at, paid_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (stripe_id) DO UPDATE SET status = excluded.status, cents = excluded.cents, \
         intent_id = COALESCE(excluded.intent_id, invoices.intent_id), url = excluded.url, \
         finalized_at = excluded.finalized_at, paid_at = excluded.paid_at",
        &invoice.stripe_id,
        invoice.subscription_id,
        &invoice.status,
        &invoice.reason,
        invoice.cents,
        &invoice.currency,
        &invoice.intent_id,
        &invoice.url,
        invoice.created_at,
        invoice.finalized_at,
        invoice.paid_at
    )?;
    Ok(known)
}

/// Finds an invoice.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, stripe_id: &str) -> StoreResult<Option<Invoice>> {
    let text = format!("SELECT {} FROM invoices WHERE stripe_id = $1", Invoice::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(stripe_id).fetch_optional(c).await)
}

/// The invoice that this payment intent pays.
///
/// # Errors
/// The database's.
pub async fn by_intent(on: &mut impl Sql, intent_id: &str) -> StoreResult<Option<Invoice>> {
    let text = format!("SELECT {} FROM invoices WHERE intent_id = $1", Invoice::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(intent_id).fetch_optional(c).await)
}

/// Notes what was refunded of an invoice in all.
///
/// # Errors
/// The database's.
pub async fn refunded(tx: &mut Tx, stripe_id: &str, cents: i64) -> StoreResult<()> {
    execute!(tx, "UPDATE invoices SET refunded_cents = $2 WHERE stripe_id = $1", stripe_id, cents)?;
    Ok(())
}

/// Those of a subscription, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, subscription: Uuid) -> StoreResult<Vec<Invoice>> {
    let text = format!(
        "SELECT {} FROM invoices WHERE subscription_id = $1 ORDER BY created_at DESC, stripe_id DESC",
        Invoice::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(subscription).fetch_all(c).await)
}

/// Those of all subscriptions of an owner, the newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn of_owner(on: &mut impl Sql, owner: Owner, part: Part) -> StoreResult<(Vec<Invoice>, i64)> {
    let whose = format!("subscription_id IN (SELECT id FROM subscriptions WHERE {} = $1)", column(owner));
    let text = format!(
        "SELECT {} FROM invoices WHERE {whose} ORDER BY created_at DESC, stripe_id DESC LIMIT $2 OFFSET $3",
        Invoice::COLUMNS
    );
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(owner.id()).bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM invoices WHERE {whose}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(owner.id()).fetch_one(c).await)?;
    Ok((rows, total))
}
