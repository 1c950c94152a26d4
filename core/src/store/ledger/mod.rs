//! Accounts, transfers and holds. These functions write what `domain::ledger` decided: they lock the account, let
//! the rule answer, and record both sides. A repeated key answers as before; with other content it is an error.

mod batch;

pub use batch::{Batch, Change, Party};

use uuid::Uuid;

use super::{Sql, StoreError, StoreResult, Tx, dialect, execute, sql};
use crate::domain::{
    ledger::{Asset, Balance, House, Kind, Refusal},
    time::Timestamp,
};

/// A user account as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// All tokens on it.
    pub balance: i64,
    /// The part that is held.
    pub held: i64,
    /// What its owner owes.
    pub debt: i64,
}

impl Account {
    /// As the rules see it.
    #[must_use]
    pub const fn state(&self) -> Balance {
        Balance { balance: self.balance, held: self.held, debt: self.debt }
    }
}

/// What a movement is about: its kind, key and subject.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Why the tokens move.
    pub kind: Kind,
    /// The idempotency key, like `pull:<id>`.
    pub key: String,
    /// The pull, job, grant ... it belongs to.
    pub subject: Option<Uuid>,
    /// Words of the admin who made it.
    pub note: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// A transfer as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Transfer {
    /// Its id.
    pub id: Uuid,
    /// The account that pays.
    pub debit_account: Uuid,
    /// The account that receives.
    pub credit_account: Uuid,
    /// Tokens, never negative.
    pub amount: i64,
    /// Why, as [`Kind::name`].
    pub kind: String,
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
    /// When, in microseconds.
    pub created_at: i64,
}

/// Why a movement did not happen.
#[derive(Debug, thiserror::Error)]
pub enum MovementError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was used for a movement of other content.
    #[error("the key {0} exists with different content")]
    ExistsWithDifferentContent(String),
    /// The hold was settled before.
    #[error("the hold is settled already")]
    AlreadySettled,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl super::Lost for MovementError {
    fn lost_a_race(&self) -> bool {
        matches!(self, Self::Store(error) if error.lost_a_race())
    }
}

/// The user's account, made if there is none, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock_account(tx: &mut Tx, owner: Uuid, asset: &Asset, at: Timestamp) -> StoreResult<Account> {
    let text = format!(
        "SELECT id, balance, held, debt FROM ledger_accounts WHERE owner = $1 AND asset = $2{}",
        dialect::lock_rows(tx)
    );
    let asset = asset.to_string();
    for _ in 0..2 {
        let found: Option<Account> = sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(owner).bind(&asset).fetch_optional(c).await)?;
        if let Some(account) = found {
            return Ok(account);
        }
        execute!(
            tx,
            "INSERT INTO ledger_accounts (id, owner, asset, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            Uuid::now_v7(),
            owner,
            &asset,
            at.micros()
        )?;
    }
    Err(StoreError::Serialization)
}

/// The user's account without a lock; all zero if there is none yet.
///
/// # Errors
/// The database's.
pub async fn balance(on: &mut impl Sql, owner: Uuid, asset: &Asset) -> StoreResult<Balance> {
    let found: Option<Account> = sql!(on, c => sqlx::query_as(
        "SELECT id, balance, held, debt FROM ledger_accounts WHERE owner = $1 AND asset = $2")
        .bind(owner).bind(asset.to_string()).fetch_optional(c).await)?;
    Ok(found.map_or_else(Balance::default, |account| account.state()))
}

/// Moves `amount` from the house to the user; debt is paid from it at once by a second transfer.
/// Answers with the account afterwards, and unchanged if the key was used for the same before.
///
/// # Errors
/// See [`MovementError`].
pub async fn credit(
    tx: &mut Tx,
    owner: Uuid,
    asset: &Asset,
    from: House,
    amount: i64,
    entry: &Entry<'_>,
) -> Result<Balance, MovementError> {
    let account = lock_account(tx, owner, asset, entry.at).await?;
    if let Some(done) = by_key(tx, &entry.key).await? {
        return same(&done, from.account(asset), account.id, amount, entry).map(|()| account.state());
    }
    let done = account.state().credit(amount)?;
    write(tx, asset, entry, amount, Side::House(from), Side::User(&account, account.state(), done.credited)).await?;
    repay(tx, asset, entry, &account, done.credited, done.after, done.repaid).await?;
    save(tx, account.id, done.after).await?;
    Ok(done.after)
}

/// Moves `amount` from the user to the house (zero is recorded too). Answers with the account afterwards.
///
/// # Errors
/// See [`MovementError`].
pub async fn debit(
    tx: &mut Tx,
    owner: Uuid,
    asset: &Asset,
    to: House,
    amount: i64,
    entry: &Entry<'_>,
) -> Result<Balance, MovementError> {
    let account = lock_account(tx, owner, asset, entry.at).await?;
    debit_locked(tx, account, asset, to, amount, entry).await
}

/// Like [`debit`], for an account that [`lock_account`] gave.
///
/// # Errors
/// See [`MovementError`].
pub async fn debit_locked(
    tx: &mut Tx,
    account: Account,
    asset: &Asset,
    to: House,
    amount: i64,
    entry: &Entry<'_>,
) -> Result<Balance, MovementError> {
    if let Some(done) = by_key(tx, &entry.key).await? {
        return same(&done, account.id, to.account(asset), amount, entry).map(|()| account.state());
    }
    let after = account.state().debit(amount)?;
    write(tx, asset, entry, amount, Side::User(&account, account.state(), after), Side::House(to)).await?;
    save(tx, account.id, after).await?;
    Ok(after)
}

/// Takes `amount` back from the user: what is available goes to `clawback` at once, the rest becomes debt.
/// Answers with the account afterwards and what was taken.
///
/// # Errors
/// See [`MovementError`].
pub async fn claw_back(
    tx: &mut Tx,
    owner: Uuid,
    asset: &Asset,
    amount: i64,
    entry: &Entry<'_>,
) -> Result<(Balance, i64), MovementError> {
    let account = lock_account(tx, owner, asset, entry.at).await?;
    if let Some(done) = by_key(tx, &entry.key).await? {
        // What was taken may be less than what was asked for, but never more.
        let asked = done.amount.min(amount);
        same(&done, account.id, House::Clawback.account(asset), asked, entry)?;
        return Ok((account.state(), done.amount));
    }
    let (after, taken) = account.state().claw_back(amount)?;
    let paid = Balance { debt: account.debt, ..after };
    write(tx, asset, entry, taken, Side::User(&account, account.state(), paid), Side::House(House::Clawback)).await?;
    save(tx, account.id, after).await?;
    Ok((after, taken))
}

/// Reserves `amount` under `key`; answers with the hold's id and the account afterwards.
///
/// # Errors
/// See [`MovementError`].
pub async fn hold(
    tx: &mut Tx,
    owner: Uuid,
    asset: &Asset,
    amount: i64,
    subject: Uuid,
    key: &str,
    at: Timestamp,
) -> Result<(Uuid, Balance), MovementError> {
    let account = lock_account(tx, owner, asset, at).await?;
    let after = account.state().hold(amount)?;
    let id = Uuid::now_v7();
    execute!(
        tx,
        "INSERT INTO holds (id, account, amount, subject, key, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        account.id,
        amount,
        subject,
        key,
        at.micros()
    )?;
    save(tx, account.id, after).await?;
    Ok((id, after))
}

/// Ends a hold in one step: `posted` goes to `revenue` (a transfer even when it is zero), the rest is released and
/// pays debt first.
///
/// # Errors
/// [`MovementError::AlreadySettled`] the second time; see [`MovementError`].
pub async fn settle(
    tx: &mut Tx,
    owner: Uuid,
    asset: &Asset,
    hold: Uuid,
    posted: i64,
    entry: &Entry<'_>,
) -> Result<Balance, MovementError> {
    let account = lock_account(tx, owner, asset, entry.at).await?;
    let amount: Option<i64> = sql!(tx, c => sqlx::query_scalar(
        "SELECT amount FROM holds WHERE id = $1 AND account = $2 AND state = 'pending'")
        .bind(hold).bind(account.id).fetch_optional(c).await)?;
    let amount = amount.ok_or(MovementError::AlreadySettled)?;
    let done = account.state().settle(amount, posted)?;
    execute!(
        tx,
        "UPDATE holds SET state = 'settled', posted = $1, released = amount - $1, settled_at = $2 WHERE id = $3",
        posted,
        entry.at.micros(),
        hold
    )?;
    write(tx, asset, entry, posted, Side::User(&account, account.state(), done.credited), Side::House(House::Revenue))
        .await?;
    repay(tx, asset, entry, &account, done.credited, done.after, done.repaid).await?;
    save(tx, account.id, done.after).await?;
    Ok(done.after)
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
    let page = sql!(on, c => sqlx::query_as(
        "SELECT id, debit_account, credit_account, amount, kind, subject, key, debit_before, debit_after, \
         credit_before, credit_after, note, created_at FROM transfers \
         WHERE debit_account = $1 OR credit_account = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3")
        .bind(account).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total, Some(account)))
}

enum Side<'a> {
    House(House),
    User(&'a Account, Balance, Balance),
}

impl Side<'_> {
    fn columns(&self, asset: &Asset) -> (Uuid, Option<i64>, Option<i64>) {
        match self {
            Self::House(house) => (house.account(asset), None, None),
            Self::User(account, before, after) => (account.id, Some(before.balance), Some(after.balance)),
        }
    }
}

async fn write(
    tx: &mut Tx,
    asset: &Asset,
    entry: &Entry<'_>,
    amount: i64,
    debit: Side<'_>,
    credit: Side<'_>,
) -> StoreResult<()> {
    let (debit_account, debit_before, debit_after) = debit.columns(asset);
    let (credit_account, credit_before, credit_after) = credit.columns(asset);
    execute!(
        tx,
        "INSERT INTO transfers (id, debit_account, credit_account, asset, amount, kind, subject, key, debit_before, \
         debit_after, credit_before, credit_after, note, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        Uuid::now_v7(),
        debit_account,
        credit_account,
        asset.to_string(),
        amount,
        entry.kind.name(),
        entry.subject,
        &entry.key,
        debit_before,
        debit_after,
        credit_before,
        credit_after,
        entry.note,
        entry.at.micros()
    )?;
    Ok(())
}

async fn repay(
    tx: &mut Tx,
    asset: &Asset,
    cause: &Entry<'_>,
    account: &Account,
    before: Balance,
    after: Balance,
    amount: i64,
) -> StoreResult<()> {
    if amount == 0 {
        return Ok(());
    }
    let entry = Entry { kind: Kind::DebtRepayment, key: format!("debt:{}", cause.key), note: None, ..cause.clone() };
    write(tx, asset, &entry, amount, Side::User(account, before, after), Side::House(House::Clawback)).await
}

async fn save(tx: &mut Tx, account: Uuid, after: Balance) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE ledger_accounts SET balance = $1, held = $2, debt = $3 WHERE id = $4",
        after.balance,
        after.held,
        after.debt,
        account
    )?;
    Ok(())
}

async fn by_key(tx: &mut Tx, key: &str) -> StoreResult<Option<Transfer>> {
    sql!(tx, c => sqlx::query_as(
        "SELECT id, debit_account, credit_account, amount, kind, subject, key, debit_before, debit_after, \
         credit_before, credit_after, note, created_at FROM transfers WHERE key = $1")
        .bind(key).fetch_optional(c).await)
}

fn same(done: &Transfer, debit: Uuid, credit: Uuid, amount: i64, entry: &Entry<'_>) -> Result<(), MovementError> {
    let alike = done.debit_account == debit
        && done.credit_account == credit
        && done.amount == amount
        && done.kind == entry.kind.name()
        && done.subject == entry.subject;
    if alike { Ok(()) } else { Err(MovementError::ExistsWithDifferentContent(entry.key.clone())) }
}
