//! Accounts of users: found, made, locked, saved.

use uuid::Uuid;

use crate::{
    domain::{
        ledger::{Asset, Balance},
        time::Timestamp,
    },
    store::{Sql, StoreError, StoreResult, Tx, dialect, execute, sql},
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

pub(super) async fn save(tx: &mut Tx, account: Uuid, after: Balance) -> StoreResult<()> {
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
