//! Purchases of packs.

use uuid::Uuid;

use super::Part;
use crate::{
    domain::{
        billing::{
            Mode,
            limits::Bought,
            purchase::{State, Way},
        },
        time::Timestamp,
    },
    store::{Sql, StoreResult, Tx, dialect, execute, row, sql},
};

/// A purchase as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its id.
    pub id: Uuid,
    /// Who buys.
    pub user_id: Uuid,
    /// Whether money moves.
    pub mode: Mode,
    /// How it is paid.
    pub way: Way,
    /// The pack's key.
    pub pack: String,
    /// The tokens that it gives.
    pub tokens: i64,
    /// What the page said it costs.
    pub cents: i64,
    /// In this currency.
    pub currency: String,
    /// How it stands.
    pub state: State,
    /// Its Checkout Session.
    pub session_id: Option<String>,
    /// Its payment intent.
    pub intent_id: Option<String>,
    /// The charge that paid it.
    pub charge_id: Option<String>,
    /// Where it can be paid.
    pub checkout_url: Option<String>,
    /// When that page closes.
    pub expires_at: Option<Timestamp>,
    /// What Stripe received.
    pub paid_cents: Option<i64>,
    /// What was refunded of it.
    pub refunded_cents: i64,
    /// Why the last attempt to pay failed, in Stripe's words.
    pub failure: Option<String>,
    /// Stripe's receipt.
    pub receipt_url: Option<String>,
    /// The issuer's warning of fraud.
    pub warning_id: Option<String>,
    /// The tokens that are held back since.
    pub hold_id: Option<Uuid>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When its payment was seen.
    pub paid_at: Option<Timestamp>,
    /// When it ended without a payment.
    pub ended_at: Option<Timestamp>,
}

row! { Purchase from purchases:
    id, user_id, mode, way, pack, tokens, cents, currency, state, session_id, intent_id, charge_id, checkout_url,
    expires_at, paid_cents, refunded_cents, failure, receipt_url, warning_id, hold_id, created_at, paid_at, ended_at
}

/// Stores a purchase that Stripe is about to be asked for.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Purchase) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO purchases (id, user_id, mode, way, pack, tokens, cents, currency, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.user_id,
        new.mode,
        new.way,
        &new.pack,
        new.tokens,
        new.cents,
        &new.currency,
        new.state,
        new.created_at
    )?;
    Ok(())
}

/// Writes everything of a purchase that changes; its row is locked.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, changed: &Purchase) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE purchases SET state = $2, session_id = $3, intent_id = $4, charge_id = $5, checkout_url = $6, \
         expires_at = $7, paid_cents = $8, refunded_cents = $9, failure = $10, receipt_url = $11, warning_id = $12, \
         hold_id = $13, paid_at = $14, ended_at = $15 WHERE id = $1",
        changed.id,
        changed.state,
        &changed.session_id,
        &changed.intent_id,
        &changed.charge_id,
        &changed.checkout_url,
        changed.expires_at,
        changed.paid_cents,
        changed.refunded_cents,
        &changed.failure,
        &changed.receipt_url,
        &changed.warning_id,
        changed.hold_id,
        changed.paid_at,
        changed.ended_at
    )?;
    Ok(())
}

/// Finds a purchase and locks its row until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, id: Uuid) -> StoreResult<Option<Purchase>> {
    let text = format!("SELECT {} FROM purchases WHERE id = $1{}", Purchase::COLUMNS, dialect::lock_rows(tx));
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Finds a purchase.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Purchase>> {
    let text = format!("SELECT {} FROM purchases WHERE id = $1", Purchase::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// A user's purchases whose tokens are held back, locked.
///
/// # Errors
/// The database's.
pub async fn frozen(tx: &mut Tx, user: Uuid) -> StoreResult<Vec<Purchase>> {
    let text = format!(
        "SELECT {} FROM purchases WHERE user_id = $1 AND hold_id IS NOT NULL ORDER BY id{}",
        Purchase::COLUMNS,
        dialect::lock_rows(tx)
    );
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(user).fetch_all(c).await)
}

/// The purchase that this payment intent, Checkout Session or charge pays.
///
/// # Errors
/// The database's.
pub async fn by_stripe(on: &mut impl Sql, stripe_id: &str) -> StoreResult<Option<Purchase>> {
    let columns = Purchase::COLUMNS;
    let text = format!("SELECT {columns} FROM purchases WHERE intent_id = $1 OR session_id = $1 OR charge_id = $1");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(stripe_id).fetch_optional(c).await)
}

/// A page of Checkout that a user opened for a pack at this price and that stays open beyond a moment.
///
/// # Errors
/// The database's.
pub async fn open_page(
    on: &mut impl Sql,
    (user, mode): (Uuid, Mode),
    (pack, cents): (&str, i64),
    beyond: Timestamp,
) -> StoreResult<Option<Purchase>> {
    let text = format!(
        "SELECT {} FROM purchases WHERE user_id = $1 AND mode = $2 AND pack = $3 AND cents = $4 AND way = 'checkout' \
         AND state = 'open' AND checkout_url IS NOT NULL AND expires_at > $5 ORDER BY created_at DESC LIMIT 1",
        Purchase::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(mode).bind(pack).bind(cents).bind(beyond).fetch_optional(c).await)
}

/// What a user has bought since a moment, or may still pay.
///
/// # Errors
/// The database's.
pub async fn bought(on: &mut impl Sql, user: Uuid, signed_up: Timestamp, since: Timestamp) -> StoreResult<Bought> {
    let (purchases, tokens): (i64, i64) = sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*), COALESCE(CAST(SUM(tokens) AS BIGINT), 0) FROM purchases \
         WHERE user_id = $1 AND created_at > $2 AND state IN ('wanted', 'open', 'processing', 'paid')")
        .bind(user).bind(since).fetch_one(c).await)?;
    Ok(Bought { signed_up, purchases, tokens })
}

/// Purchases of a mode that are not over, made before a moment, from an id on.
///
/// # Errors
/// The database's.
pub async fn unfinished(
    on: &mut impl Sql,
    mode: Mode,
    before: Timestamp,
    (after, limit): (Uuid, i64),
) -> StoreResult<Vec<Purchase>> {
    let text = format!(
        "SELECT {} FROM purchases WHERE state IN ('wanted', 'open', 'processing') AND mode = $1 AND created_at < $2 \
         AND id > $3 ORDER BY id LIMIT $4",
        Purchase::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(mode).bind(before).bind(after).bind(limit).fetch_all(c).await)
}

/// Purchases of a mode that were paid, from an id on.
///
/// # Errors
/// The database's.
pub async fn paid(on: &mut impl Sql, mode: Mode, (after, limit): (Uuid, i64)) -> StoreResult<Vec<Purchase>> {
    let text = format!(
        "SELECT {} FROM purchases WHERE paid_at IS NOT NULL AND mode = $1 AND id > $2 ORDER BY id LIMIT $3",
        Purchase::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(mode).bind(after).bind(limit)
        .fetch_all(c).await)
}

/// A user's purchases, the newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn of_user(on: &mut impl Sql, user: Uuid, part: Part) -> StoreResult<(Vec<Purchase>, i64)> {
    let text = format!(
        "SELECT {} FROM purchases WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3",
        Purchase::COLUMNS
    );
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let total = sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM purchases WHERE user_id = $1")
        .bind(user).fetch_one(c).await)?;
    Ok((rows, total))
}

/// All purchases in a state, or in any, the newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, state: Option<State>, part: Part) -> StoreResult<(Vec<Purchase>, i64)> {
    let filter = "($1 IS NULL OR state = $1)";
    let text = format!(
        "SELECT {} FROM purchases WHERE {filter} ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3",
        Purchase::COLUMNS
    );
    let state = state.map(State::name);
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(state).bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM purchases WHERE {filter}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(state).fetch_one(c).await)?;
    Ok((rows, total))
}

/// Purchases by state, with how many there are of each.
///
/// # Errors
/// The database's.
pub async fn counts(on: &mut impl Sql) -> StoreResult<Vec<(String, i64)>> {
    sql!(on, c => sqlx::query_as("SELECT state, COUNT(*) FROM purchases GROUP BY state ORDER BY state")
        .fetch_all(c).await)
}

/// How many were opened and how many paid since a moment.
///
/// # Errors
/// The database's.
pub async fn opened_and_paid(on: &mut impl Sql, since: Timestamp) -> StoreResult<(i64, i64)> {
    sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*), COUNT(paid_at) FROM purchases WHERE created_at >= $1 AND state <> 'wanted'")
        .bind(since).fetch_one(c).await)
}
