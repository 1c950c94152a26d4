//! Disputes of purchases and of invoices.

use uuid::Uuid;

use super::Part;
use crate::{
    domain::{billing::refund::DisputeStatus, time::Timestamp},
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

/// A dispute as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id at Stripe.
    pub stripe_id: String,
    /// The purchase that is disputed.
    pub purchase_id: Option<Uuid>,
    /// Or the invoice.
    pub invoice_id: Option<String>,
    /// How much of it.
    pub cents: i64,
    /// How it stands.
    pub status: DisputeStatus,
    /// Stripe's word for why.
    pub reason: String,
    /// Until when the bank takes an answer.
    pub due_at: Option<Timestamp>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When its status was last written.
    pub changed_at: Timestamp,
}

row! { Dispute from disputes:
    stripe_id, purchase_id, invoice_id, cents, status, reason, due_at, created_at, changed_at
}

/// Writes a dispute as Stripe says it is; answers with the status that was known before.
///
/// # Errors
/// The database's.
pub async fn put(tx: &mut Tx, dispute: &Dispute) -> StoreResult<Option<DisputeStatus>> {
    let known = find(tx, &dispute.stripe_id).await?;
    execute!(
        tx,
        "INSERT INTO disputes (stripe_id, purchase_id, invoice_id, cents, status, reason, due_at, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (stripe_id) DO UPDATE SET status = excluded.status, due_at = excluded.due_at, \
         changed_at = excluded.changed_at",
        &dispute.stripe_id,
        dispute.purchase_id,
        &dispute.invoice_id,
        dispute.cents,
        dispute.status,
        &dispute.reason,
        dispute.due_at,
        dispute.created_at,
        dispute.changed_at
    )?;
    Ok(known.map(|known| known.status))
}

/// Finds a dispute.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, stripe_id: &str) -> StoreResult<Option<Dispute>> {
    let text = format!("SELECT {} FROM disputes WHERE stripe_id = $1", Dispute::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(stripe_id).fetch_optional(c).await)
}

/// Those of a purchase, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_purchase(on: &mut impl Sql, purchase: Uuid) -> StoreResult<Vec<Dispute>> {
    let text =
        format!("SELECT {} FROM disputes WHERE purchase_id = $1 ORDER BY created_at, stripe_id", Dispute::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(purchase).fetch_all(c).await)
}

/// Those of an invoice, the oldest first.
///
/// # Errors
/// The database's.
pub async fn of_invoice(on: &mut impl Sql, invoice: &str) -> StoreResult<Vec<Dispute>> {
    let text =
        format!("SELECT {} FROM disputes WHERE invoice_id = $1 ORDER BY created_at, stripe_id", Dispute::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(invoice).fetch_all(c).await)
}

/// All disputes, the newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, part: Part) -> StoreResult<(Vec<Dispute>, i64)> {
    let text = format!(
        "SELECT {} FROM disputes ORDER BY created_at DESC, stripe_id DESC LIMIT $1 OFFSET $2",
        Dispute::COLUMNS
    );
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let total = sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM disputes").fetch_one(c).await)?;
    Ok((rows, total))
}
