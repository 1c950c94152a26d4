//! Customers at Stripe: one for each owner and mode.

use uuid::Uuid;

use crate::{
    domain::{billing::Mode, owner::Owner, time::Timestamp},
    store::{
        Sql, StoreResult, Tx, Unreadable, dialect, execute,
        owned::{self, column},
        row, sql,
    },
};

/// A customer as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id here.
    pub id: Uuid,
    /// Who pays.
    pub owner: Owner,
    /// Whether money moves.
    pub mode: Mode,
    /// Its id at Stripe, once Stripe has answered.
    pub stripe_id: Option<String>,
    /// How often one was made anew.
    pub made: i64,
    /// When the first was asked for.
    pub created_at: Timestamp,
}

row! { Customer from billing_customers: id, mode, stripe_id, made, created_at; owner of Owned: user_id, community_id }

struct Owned {
    id: Uuid,
    user_id: Option<Uuid>,
    community_id: Option<Uuid>,
}

row! { Owned from billing_customers: id, user_id, community_id }

impl TryFrom<Owned> for Owner {
    type Error = Unreadable;

    fn try_from(row: Owned) -> Result<Self, Unreadable> {
        owned::read("billing_customers", row.id, row.user_id, row.community_id)
    }
}

/// The owner's customer, made if there is none. Whoever races for it gets the same one.
///
/// # Errors
/// The database's.
pub async fn ensure(tx: &mut Tx, owner: Owner, mode: Mode, at: Timestamp) -> StoreResult<Customer> {
    execute!(
        tx,
        "INSERT INTO billing_customers (id, user_id, community_id, mode, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        Uuid::now_v7(),
        owner.user(),
        owner.community(),
        mode,
        at
    )?;
    let (columns, owned_by, lock) = (Customer::COLUMNS, column(owner), dialect::lock_rows(tx));
    let text = format!("SELECT {columns} FROM billing_customers WHERE {owned_by} = $1 AND mode = $2{lock}");
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(owner.id()).bind(mode).fetch_one(c).await)
}

/// The owner's customer.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, owner: Owner, mode: Mode) -> StoreResult<Option<Customer>> {
    let (columns, owned_by) = (Customer::COLUMNS, column(owner));
    let text = format!("SELECT {columns} FROM billing_customers WHERE {owned_by} = $1 AND mode = $2");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(owner.id()).bind(mode).fetch_optional(c).await)
}

/// The customer with this id at Stripe.
///
/// # Errors
/// The database's.
pub async fn by_stripe(on: &mut impl Sql, stripe_id: &str) -> StoreResult<Option<Customer>> {
    let text = format!("SELECT {} FROM billing_customers WHERE stripe_id = $1", Customer::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(stripe_id).fetch_optional(c).await)
}

/// Stripe has made it. Nothing happens if it has an id already.
///
/// # Errors
/// The database's.
pub async fn made(tx: &mut Tx, id: Uuid, stripe_id: &str) -> StoreResult<()> {
    execute!(tx, "UPDATE billing_customers SET stripe_id = $2 WHERE id = $1 AND stripe_id IS NULL", id, stripe_id)?;
    Ok(())
}

/// Stripe no longer has the customer of this id: the next one is made under a new number.
///
/// # Errors
/// The database's.
pub async fn gone(tx: &mut Tx, stripe_id: &str) -> StoreResult<bool> {
    let text = "UPDATE billing_customers SET stripe_id = NULL, made = made + 1 WHERE stripe_id = $1";
    Ok(execute!(tx, text, stripe_id)? == 1)
}

/// The customers of an owner, one a mode.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, owner: Owner) -> StoreResult<Vec<Customer>> {
    let (columns, owned_by) = (Customer::COLUMNS, column(owner));
    let text = format!("SELECT {columns} FROM billing_customers WHERE {owned_by} = $1 ORDER BY mode");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(owner.id()).fetch_all(c).await)
}
