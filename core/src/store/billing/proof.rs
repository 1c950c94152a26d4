//! That tokens issued by purchases are what was paid, less refunds and disputes. Each function answers with what is not
//! so; empty is good.

use uuid::Uuid;

use crate::store::{Sql, StoreResult, sql};

/// What was sold in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Sold {
    /// Purchases that were paid.
    pub purchases: i64,
    /// Their VaniTokens.
    pub tokens: i64,
    /// What was paid for them, in cents.
    pub cents: i64,
    /// What was refunded of that.
    pub refunded: i64,
}

/// What was sold in all.
///
/// # Errors
/// The database's.
pub async fn sold(on: &mut impl Sql) -> StoreResult<Sold> {
    sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*) AS purchases, CAST(COALESCE(SUM(tokens), 0) AS BIGINT) AS tokens, \
         CAST(COALESCE(SUM(paid_cents), 0) AS BIGINT) AS cents, \
         CAST(COALESCE(SUM(refunded_cents), 0) AS BIGINT) AS refunded FROM purchases WHERE paid_at IS NOT NULL")
        .fetch_one(c).await)
}

/// Purchases that were paid and not credited once and whole, or credited and not paid.
///
/// # Errors
/// The database's.
pub async fn not_as_paid(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    let rows: Vec<(Option<Uuid>,)> = sql!(on, c => sqlx::query_as(
        "SELECT p.id FROM purchases p LEFT JOIN transfers t ON t.subject = p.id AND t.kind = 'purchase' \
         WHERE p.paid_at IS NOT NULL GROUP BY p.id, p.tokens HAVING COUNT(t.id) <> 1 OR SUM(t.amount) <> p.tokens \
         UNION SELECT t.subject FROM transfers t WHERE t.kind = 'purchase' AND NOT EXISTS \
         (SELECT 1 FROM purchases p WHERE p.id = t.subject AND p.paid_at IS NOT NULL)").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id.unwrap_or_default()).collect())
}

/// Refunds and disputes that claim tokens and took none, or took some and do not claim any, by their keys in the ledger.
///
/// # Errors
/// The database's.
pub async fn not_as_claimed(on: &mut impl Sql) -> StoreResult<Vec<String>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT k.key FROM takings k WHERE k.cause IN ('refund', 'dispute') AND k.undo_key IS NULL \
         AND NOT EXISTS (SELECT 1 FROM refunds r WHERE 'refund:' || r.stripe_id = k.key AND r.purchase_id = k.subject \
           AND r.cents = k.cents AND r.status IN ('pending', 'requires_action', 'succeeded')) \
         AND NOT EXISTS (SELECT 1 FROM disputes d WHERE 'dispute:' || d.stripe_id = k.key AND d.purchase_id = k.subject \
           AND d.cents = k.cents AND d.status IN ('needs_response', 'under_review', 'lost')) \
         UNION SELECT 'refund:' || r.stripe_id FROM refunds r WHERE r.purchase_id IS NOT NULL \
         AND r.status IN ('pending', 'requires_action', 'succeeded') \
         AND NOT EXISTS (SELECT 1 FROM takings k WHERE k.key = 'refund:' || r.stripe_id AND k.undo_key IS NULL) \
         UNION SELECT 'dispute:' || d.stripe_id FROM disputes d WHERE d.purchase_id IS NOT NULL \
         AND d.status IN ('needs_response', 'under_review', 'lost') \
         AND NOT EXISTS (SELECT 1 FROM takings k WHERE k.key = 'dispute:' || d.stripe_id AND k.undo_key IS NULL)")
        .fetch_all(c).await)
}
