//! Refunds of purchases and of invoices: those that were asked for here, and those that Stripe tells of.

use uuid::Uuid;

use super::Part;
use crate::{
    domain::{billing::refund::RefundStatus, time::Timestamp},
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

/// A refund as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id here.
    pub id: Uuid,
    /// Its id at Stripe, once Stripe has answered.
    pub stripe_id: Option<String>,
    /// The purchase that it gives money back for.
    pub purchase_id: Option<Uuid>,
    /// Or the invoice.
    pub invoice_id: Option<String>,
    /// How much.
    pub cents: i64,
    /// How it stands.
    pub status: RefundStatus,
    /// Why, in the words of whoever asked for it.
    pub note: Option<String>,
    /// The admin who asked for it.
    pub asked_by: Option<Uuid>,
    /// When it was asked for or made.
    pub created_at: Timestamp,
    /// When its status was last written.
    pub changed_at: Timestamp,
}

row! { Refund from refunds:
    id, stripe_id, purchase_id, invoice_id, cents, status, note, asked_by, created_at, changed_at
}

/// Stores a refund.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Refund) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO refunds (id, stripe_id, purchase_id, invoice_id, cents, status, note, asked_by, created_at, \
         changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        &new.stripe_id,
        new.purchase_id,
        &new.invoice_id,
        new.cents,
        new.status,
        &new.note,
        new.asked_by,
        new.created_at,
        new.changed_at
    )?;
    Ok(())
}

/// Writes what Stripe says of a refund; one that was asked for here gets its id by that.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, changed: &Refund) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE refunds SET stripe_id = $2, cents = $3, status = $4, changed_at = $5 WHERE id = $1",
        changed.id,
        &changed.stripe_id,
        changed.cents,
        changed.status,
        changed.changed_at
    )?;
    Ok(())
}

/// Stripe has made the refund that a row wants; how it stands is written with everything else that Stripe says. A row that
/// has its id already stays as it is: whoever wrote that knew more.
///
/// # Errors
/// The database's.
pub async fn made(tx: &mut Tx, id: Uuid, stripe_id: &str) -> StoreResult<()> {
    execute!(tx, "UPDATE refunds SET stripe_id = $2 WHERE id = $1 AND stripe_id IS NULL", id, stripe_id)?;
    Ok(())
}

/// There is no refund for a row that wants one, and won't be; false if there is one after all.
///
/// # Errors
/// The database's.
pub async fn refused(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<bool> {
    let text = "UPDATE refunds SET status = 'refused', changed_at = $2 \
                WHERE id = $1 AND status = 'wanted' AND stripe_id IS NULL";
    Ok(execute!(tx, text, id, at)? == 1)
}

/// Finds a refund by its id here.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Refund>> {
    let text = format!("SELECT {} FROM refunds WHERE id = $1", Refund::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Finds a refund by its id at Stripe.
///
/// # Errors
/// The database's.
pub async fn by_stripe(on: &mut impl Sql, stripe_id: &str) -> StoreResult<Option<Refund>> {
    let text = format!("SELECT {} FROM refunds WHERE stripe_id = $1", Refund::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(stripe_id).fetch_optional(c).await)
}

/// Those of a purchase, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_purchase(on: &mut impl Sql, purchase: Uuid) -> StoreResult<Vec<Refund>> {
    let text = format!("SELECT {} FROM refunds WHERE purchase_id = $1 ORDER BY created_at, id", Refund::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(purchase).fetch_all(c).await)
}

/// Those of an invoice, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_invoice(on: &mut impl Sql, invoice: &str) -> StoreResult<Vec<Refund>> {
    let text = format!("SELECT {} FROM refunds WHERE invoice_id = $1 ORDER BY created_at, id", Refund::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(invoice).fetch_all(c).await)
}

/// Those that Stripe was asked for before a moment and has not answered about.
///
/// # Errors
/// The database's.
pub async fn unanswered(on: &mut impl Sql, before: Timestamp) -> StoreResult<Vec<Refund>> {
    let text = format!(
        "SELECT {} FROM refunds WHERE status = 'wanted' AND created_at < $1 ORDER BY created_at, id LIMIT 1000",
        Refund::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(before).fetch_all(c).await)
}

/// All refunds, the newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, part: Part) -> StoreResult<(Vec<Refund>, i64)> {
    let text = format!("SELECT {} FROM refunds ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2", Refund::COLUMNS);
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let total = sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM refunds").fetch_one(c).await)?;
    Ok((rows, total))
}
