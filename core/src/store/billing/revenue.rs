//! What was paid and what went back, by day, and what the books should say of it.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{billing::Mode, time::Timestamp},
    store::{Sql, StoreResult, sql},
};

/// A day's money, in cents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RevenueDay))]
#[serde(rename_all = "camelCase")]
pub struct Takings {
    /// The UTC day, counted from 1970-01-01.
    pub day: i64,
    /// Paid for packs.
    pub packs: i64,
    /// Paid for subscriptions.
    pub subscriptions: i64,
    /// Refunded, on the day of the refund.
    pub refunded: i64,
}

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// What was paid since a moment, by day, the oldest first.
///
/// # Errors
/// The database's.
pub async fn by_day(on: &mut impl Sql, mode: Mode, since: Timestamp) -> StoreResult<Vec<Takings>> {
    let text = format!(
        "SELECT day, CAST(SUM(packs) AS BIGINT), CAST(SUM(subscriptions) AS BIGINT), CAST(SUM(refunded) AS BIGINT) FROM ( \
         SELECT paid_at / {DAY} AS day, paid_cents AS packs, 0 AS subscriptions, 0 AS refunded \
         FROM purchases WHERE mode = $1 AND paid_at >= $2 \
         UNION ALL SELECT i.paid_at / {DAY}, 0, i.cents, 0 FROM invoices i JOIN subscriptions s ON s.id = i.subscription_id \
         WHERE s.mode = $1 AND i.paid_at >= $2 \
         UNION ALL SELECT r.created_at / {DAY}, 0, 0, r.cents FROM refunds r \
         LEFT JOIN purchases p ON p.id = r.purchase_id LEFT JOIN invoices i ON i.stripe_id = r.invoice_id \
         LEFT JOIN subscriptions s ON s.id = i.subscription_id \
         WHERE COALESCE(p.mode, s.mode) = $1 AND r.created_at >= $2 \
         AND r.status IN ('pending', 'requires_action', 'succeeded') \
         ) AS days GROUP BY day ORDER BY day"
    );
    let rows: Vec<(i64, i64, i64, i64)> = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(mode).bind(since).fetch_all(c).await)?;
    let day = |(day, packs, subscriptions, refunded)| Takings { day, packs, subscriptions, refunded };
    Ok(rows.into_iter().map(day).collect())
}
