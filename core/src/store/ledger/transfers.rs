//! Rows of `transfers`: written once, read for histories and for keys that come again.

use uuid::Uuid;

use super::{Account, MovementError, exists};
use crate::{
    domain::{
        ledger::{Asset, Balance, Content, House, Kind, Movement},
        time::Timestamp,
    },
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

/// A transfer as stored.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Its id.
    pub id: Uuid,
    /// The account that pays.
    pub debit_account: Uuid,
    /// The account that receives.
    pub credit_account: Uuid,
    /// Tokens, never negative.
    pub amount: i64,
    /// Why.
    pub kind: Kind,
    /// What it belongs to.
    pub subject: Option<Uuid>,
    /// Its idempotency key.
    pub key: String,
    /// Balance of the paying user before.
    pub debit_before: Option<i64>,
    /// Balance of the paying user after.
    pub debit_after: Option<i64>,
    /// Balance of the receiving user before.
    pub credit_before: Option<i64>,
    /// Balance of the receiving user after.
    pub credit_after: Option<i64>,
    /// Words of an admin.
    pub note: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

row! {
    Transfer from transfers: id, debit_account, credit_account, amount, kind, subject, key, debit_before, debit_after,
        credit_before, credit_after, note, created_at
}

impl Transfer {
    const fn content(&self) -> Content {
        let Self { debit_account: debit, credit_account: credit, amount, kind, subject, .. } = *self;
        Content { debit, credit, amount, kind, subject }
    }
}

/// Which way a movement goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From the house to the user.
    In,
    /// From the user to the house.
    Out,
}

/// What a movement of an account writes.
///
/// # Errors
/// [`MovementError::BetweenUsers`].
pub(super) fn content(movement: &Movement<'_>, account: Uuid, way: Way) -> Result<Content, MovementError> {
    let house = movement.kind.house().ok_or(MovementError::BetweenUsers(movement.kind))?.account(&movement.asset);
    let (debit, credit) = match way {
        Way::In => (house, account),
        Way::Out => (account, house),
    };
    let Movement { amount, kind, subject, .. } = *movement;
    Ok(Content { debit, credit, amount, kind, subject })
}

/// Whether the key was used for the same before; an error if it was used for something else.
pub(super) async fn repeats(tx: &mut Tx, key: &str, content: &Content) -> Result<bool, MovementError> {
    let Some(done) = by_key(tx, key).await? else { return Ok(false) };
    done.content().repeated_by(content).map_err(exists(key))?;
    Ok(true)
}

/// Writes a transfer between the house and a user whose account goes from one balance to the other.
pub(super) async fn write(
    tx: &mut Tx,
    movement: &Movement<'_>,
    content: &Content,
    account: &Account,
    (before, after): (Balance, Balance),
) -> StoreResult<()> {
    let steps = (Some(before.balance), Some(after.balance));
    let none = (None, None);
    let (debit, credit) = if content.debit == account.id { (steps, none) } else { (none, steps) };
    execute!(
        tx,
        "INSERT INTO transfers (id, debit_account, credit_account, asset, amount, kind, subject, key, debit_before, \
         debit_after, credit_before, credit_after, note, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        Uuid::now_v7(),
        content.debit,
        content.credit,
        movement.asset.to_string(),
        content.amount,
        content.kind.name(),
        content.subject,
        &movement.key,
        debit.0,
        debit.1,
        credit.0,
        credit.1,
        movement.note,
        movement.at.micros()
    )?;
    Ok(())
}

/// Writes the transfer by which a movement's tokens pay debt, if they pay any.
pub(super) async fn write_repayment(
    tx: &mut Tx,
    cause: &Movement<'_>,
    account: &Account,
    steps: (Balance, Balance),
    amount: i64,
) -> StoreResult<()> {
    if amount == 0 {
        return Ok(());
    }
    let key = format!("debt:{}", cause.key);
    let movement = Movement { kind: Kind::DebtRepayment, key, amount, note: None, ..cause.clone() };
    let content = Content {
        debit: account.id,
        credit: House::Clawback.account(&cause.asset),
        amount,
        kind: movement.kind,
        subject: movement.subject,
    };
    write(tx, &movement, &content, account, steps).await
}

/// The user that a transfer credited and how much, by the transfer's key.
///
/// # Errors
/// The database's.
pub async fn credited(on: &mut impl Sql, key: &str) -> StoreResult<Option<(Uuid, i64)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT a.owner, t.amount FROM transfers t JOIN ledger_accounts a ON a.id = t.credit_account WHERE t.key = $1")
        .bind(key).fetch_optional(c).await)
}

/// A page of the user's transfers, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn history(
    on: &mut impl Sql,
    owner: Uuid,
    asset: &Asset,
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Transfer>, i64, Option<Uuid>)> {
    let account: Option<Uuid> = sql!(on, c => sqlx::query_scalar(
        "SELECT id FROM ledger_accounts WHERE owner = $1 AND asset = $2")
        .bind(owner).bind(asset.to_string()).fetch_optional(c).await)?;
    let Some(account) = account else { return Ok((Vec::new(), 0, None)) };
    let total = sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM transfers WHERE debit_account = $1 OR credit_account = $1")
        .bind(account).fetch_one(c).await)?;
    let text = format!(
        "SELECT {} FROM transfers \
         WHERE debit_account = $1 OR credit_account = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3",
        Transfer::COLUMNS
    );
    let page = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(account).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total, Some(account)))
}

/// The balance with which an owner came into a UTC day, and the balance at the end of that day and each later one on which
/// tokens moved. Days are counted from 1970-01-01.
///
/// # Errors
/// The database's.
pub async fn by_day(on: &mut impl Sql, owner: Uuid, asset: &Asset, first: i64) -> StoreResult<(i64, Vec<(i64, i64)>)> {
    const DAY: i64 = 86_400_000_000;
    let account: Option<Uuid> = sql!(on, c => sqlx::query_scalar(
        "SELECT id FROM ledger_accounts WHERE owner = $1 AND asset = $2")
        .bind(owner).bind(asset.to_string()).fetch_optional(c).await)?;
    let Some(account) = account else { return Ok((0, Vec::new())) };
    let after = "CASE WHEN credit_account = $1 THEN credit_after ELSE debit_after END";
    let own = "FROM transfers WHERE (debit_account = $1 OR credit_account = $1)";
    let before = format!("SELECT {after} {own} AND created_at < $2 ORDER BY created_at DESC, id DESC LIMIT 1");
    let before: Option<Option<i64>> = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(before.as_str()))
        .bind(account).bind(first * DAY).fetch_optional(c).await)?;
    let days = format!(
        "SELECT day, balance FROM (SELECT created_at / {DAY} AS day, {after} AS balance, ROW_NUMBER() OVER ( \
         PARTITION BY created_at / {DAY} ORDER BY created_at DESC, id DESC) AS place {own} AND created_at >= $2 \
         ) AS moved WHERE place = 1 AND balance IS NOT NULL ORDER BY day"
    );
    let days = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(days.as_str()))
        .bind(account).bind(first * DAY).fetch_all(c).await)?;
    Ok((before.flatten().unwrap_or(0), days))
}

async fn by_key(tx: &mut Tx, key: &str) -> StoreResult<Option<Transfer>> {
    let text = format!("SELECT {} FROM transfers WHERE key = $1", Transfer::COLUMNS);
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(key).fetch_optional(c).await)
}
