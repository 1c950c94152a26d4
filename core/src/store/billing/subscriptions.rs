//! Subscriptions, of users and communities.

use uuid::Uuid;

use super::Part;
use crate::{
    domain::{
        billing::{
            Mode,
            subscription::{Kind, Standing, Status},
        },
        owner::Owner,
        time::Timestamp,
    },
    store::{
        Sql, StoreResult, Tx, Unreadable, dialect, execute,
        owned::{self, column},
        row, sql,
    },
};

/// A subscription as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Owner,
    /// What is subscribed to.
    pub kind: Kind,
    /// What its price stands for, like the plan's name.
    pub item: String,
    /// Whether money moves.
    pub mode: Mode,
    /// How it stands.
    pub status: Status,
    /// Whether it keeps its owner from taking another of its kind.
    pub live: bool,
    /// The Checkout Session that it was or is to be made on.
    pub session_id: Option<String>,
    /// Where that is.
    pub checkout_url: Option<String>,
    /// When that page closes.
    pub expires_at: Option<Timestamp>,
    /// Its id at Stripe.
    pub stripe_id: Option<String>,
    /// Its price at Stripe.
    pub price_id: Option<String>,
    /// When what is paid for ends or is renewed.
    pub period_end: Option<Timestamp>,
    /// When it ends for good, if that is decided.
    pub cancel_at: Option<Timestamp>,
    /// When the invoice of the renewal that nobody paid was finalized.
    pub grace_from: Option<Timestamp>,
    /// The invoice whose failure its owner was told of.
    pub told_of: Option<String>,
    /// Paid beside one that was live.
    pub surplus: bool,
    /// When what was paid for it went back.
    pub revoked_at: Option<Timestamp>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

row! { Subscription from subscriptions:
    id, kind, item, mode, status, live, session_id, checkout_url, expires_at, stripe_id, price_id, period_end, cancel_at,
    grace_from, told_of, surplus, revoked_at, created_at, ended_at;
    owner of Owned: user_id, community_id
}

struct Owned {
    id: Uuid,
    user_id: Option<Uuid>,
    community_id: Option<Uuid>,
}

row! { Owned from subscriptions: id, user_id, community_id }

impl TryFrom<Owned> for Owner {
    type Error = Unreadable;

    fn try_from(row: Owned) -> Result<Self, Unreadable> {
        owned::read("subscriptions", row.id, row.user_id, row.community_id)
    }
}

impl Subscription {
    /// What decides whether it entitles.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        Standing {
            status: self.status,
            cancel_at: self.cancel_at,
            grace_from: self.grace_from,
            void: self.surplus || self.revoked_at.is_some(),
        }
    }
}

/// Stores a subscription that Stripe is about to be asked for.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Subscription) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO subscriptions (id, user_id, community_id, kind, item, mode, status, live, surplus, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.owner.user(),
        new.owner.community(),
        new.kind,
        &new.item,
        new.mode,
        new.status,
        new.live,
        new.surplus,
        new.created_at
    )?;
    Ok(())
}

/// Writes everything of a subscription that changes; its row is locked.
///
/// # Errors
/// The database's, among them that another of its kind is live.
pub async fn save(tx: &mut Tx, changed: &Subscription) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE subscriptions SET item = $2, status = $3, live = $4, session_id = $5, checkout_url = $6, \
         expires_at = $7, stripe_id = $8, price_id = $9, period_end = $10, cancel_at = $11, grace_from = $12, \
         told_of = $13, surplus = $14, revoked_at = $15, ended_at = $16 WHERE id = $1",
        changed.id,
        &changed.item,
        changed.status,
        changed.live,
        &changed.session_id,
        &changed.checkout_url,
        changed.expires_at,
        &changed.stripe_id,
        &changed.price_id,
        changed.period_end,
        changed.cancel_at,
        changed.grace_from,
        &changed.told_of,
        changed.surplus,
        changed.revoked_at,
        changed.ended_at
    )?;
    Ok(())
}

/// Locks all subscriptions of an owner of a kind, in the order in which they were ordered.
///
/// # Errors
/// The database's.
pub async fn lock_all(tx: &mut Tx, owner: Owner, kind: Kind) -> StoreResult<Vec<Subscription>> {
    let (columns, owned_by, lock) = (Subscription::COLUMNS, column(owner), dialect::lock_rows(tx));
    let text = format!("SELECT {columns} FROM subscriptions WHERE {owned_by} = $1 AND kind = $2 ORDER BY id{lock}");
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(owner.id()).bind(kind).fetch_all(c).await)
}

/// Finds a subscription.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Subscription>> {
    let text = format!("SELECT {} FROM subscriptions WHERE id = $1", Subscription::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// The subscription of this id at Stripe, or of this Checkout Session.
///
/// # Errors
/// The database's.
pub async fn by_stripe(on: &mut impl Sql, stripe_id: &str) -> StoreResult<Option<Subscription>> {
    let columns = Subscription::COLUMNS;
    let text = format!("SELECT {columns} FROM subscriptions WHERE stripe_id = $1 OR session_id = $1");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(stripe_id).fetch_optional(c).await)
}

/// The live one of an owner and kind.
///
/// # Errors
/// The database's.
pub async fn live(on: &mut impl Sql, owner: Owner, kind: Kind, mode: Mode) -> StoreResult<Option<Subscription>> {
    let (columns, owned_by) = (Subscription::COLUMNS, column(owner));
    let text =
        format!("SELECT {columns} FROM subscriptions WHERE {owned_by} = $1 AND kind = $2 AND mode = $3 AND live");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(owner.id()).bind(kind).bind(mode).fetch_optional(c).await)
}

/// All of an owner, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, owner: Owner) -> StoreResult<Vec<Subscription>> {
    let (columns, owned_by) = (Subscription::COLUMNS, column(owner));
    let text = format!("SELECT {columns} FROM subscriptions WHERE {owned_by} = $1 ORDER BY id DESC");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(owner.id()).fetch_all(c).await)
}

/// Those of an owner that Stripe may still collect for, the oldest first.
///
/// # Errors
/// The database's.
pub async fn not_over(on: &mut impl Sql, owner: Owner) -> StoreResult<Vec<Subscription>> {
    let (columns, owned_by) = (Subscription::COLUMNS, column(owner));
    let text = format!("SELECT {columns} FROM subscriptions WHERE {owned_by} = $1 AND ended_at IS NULL ORDER BY id");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(owner.id()).fetch_all(c).await)
}

/// Those of a mode that are not over, ordered before a moment, from an id on.
///
/// # Errors
/// The database's.
pub async fn unfinished(
    on: &mut impl Sql,
    mode: Mode,
    before: Timestamp,
    (after, limit): (Uuid, i64),
) -> StoreResult<Vec<Subscription>> {
    let text = format!(
        "SELECT {} FROM subscriptions WHERE ended_at IS NULL AND mode = $1 AND created_at < $2 AND id > $3 \
         ORDER BY id LIMIT $4",
        Subscription::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(mode).bind(before).bind(after).bind(limit).fetch_all(c).await)
}

/// All subscriptions that Stripe knows, the newest first, and how many there are; those with a status, or any.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, status: Option<Status>, part: Part) -> StoreResult<(Vec<Subscription>, i64)> {
    let filter = "stripe_id IS NOT NULL AND ($1 IS NULL OR status = $1)";
    let text = format!(
        "SELECT {} FROM subscriptions WHERE {filter} ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3",
        Subscription::COLUMNS
    );
    let status = status.map(Status::name);
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(status).bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM subscriptions WHERE {filter}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(status).fetch_one(c).await)?;
    Ok((rows, total))
}
