//! The books: everything that must hold over the whole ledger, asked of the database in one go. Nothing is changed
//! here. Each function answers with what does not hold; empty is good.

use uuid::Uuid;

use super::{Sql, StoreResult, sql};
use crate::domain::ledger::{Asset, House};

/// Most faults of one kind that are listed.
const MOST: i64 = 20;

/// What an account should have and has.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mismatch {
    /// The account.
    pub account: Uuid,
    /// What it says.
    pub stated: i64,
    /// What follows from transfers or holds.
    pub found: i64,
}

/// How much of everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Size {
    /// Accounts of users.
    pub accounts: i64,
    /// Transfers.
    pub transfers: i64,
    /// Holds that are pending.
    pub holds: i64,
}

/// How much there is to check.
///
/// # Errors
/// The database's.
pub async fn size(on: &mut impl Sql) -> StoreResult<Size> {
    sql!(on, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM ledger_accounts) AS accounts, (SELECT COUNT(*) FROM transfers) AS transfers, \
         (SELECT COUNT(*) FROM holds WHERE state = 'pending') AS holds").fetch_one(c).await)
}

/// The sum over all accounts of each asset, of users as they state it and of the house by its transfers: all zero.
///
/// # Errors
/// The database's.
pub async fn sums(on: &mut impl Sql) -> StoreResult<Vec<(String, i64)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT asset, CAST(SUM(amount) AS BIGINT) FROM ( \
           SELECT asset, balance AS amount FROM ledger_accounts \
           UNION ALL SELECT t.asset, t.amount FROM transfers t \
             WHERE NOT EXISTS (SELECT 1 FROM ledger_accounts a WHERE a.id = t.credit_account) \
           UNION ALL SELECT t.asset, -t.amount FROM transfers t \
             WHERE NOT EXISTS (SELECT 1 FROM ledger_accounts a WHERE a.id = t.debit_account) \
         ) AS sides GROUP BY asset ORDER BY asset").fetch_all(c).await)
}

/// Accounts that transfers name and that are neither a user's nor the house's.
///
/// # Errors
/// The database's.
pub async fn strangers(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    let named: Vec<(Uuid, String)> = sql!(on, c => sqlx::query_as(
        "SELECT DISTINCT account, asset FROM ( \
           SELECT debit_account AS account, asset FROM transfers UNION ALL SELECT credit_account, asset FROM transfers \
         ) AS named WHERE NOT EXISTS (SELECT 1 FROM ledger_accounts a WHERE a.id = named.account)")
        .fetch_all(c).await)?;
    let ours = |account: &Uuid, asset: &str| {
        let asset: Option<Asset> = asset.parse().ok();
        asset.is_some_and(|asset| House::ALL.iter().any(|house| house.account(&asset) == *account))
    };
    Ok(named.into_iter().filter(|(account, asset)| !ours(account, asset)).map(|(account, _)| account).collect())
}

/// User accounts whose balance is not what their transfers make.
///
/// # Errors
/// The database's.
pub async fn balances(on: &mut impl Sql) -> StoreResult<Vec<Mismatch>> {
    sql!(on, c => sqlx::query_as(
        "SELECT a.id AS account, a.balance AS stated, CAST(COALESCE(m.moved, 0) AS BIGINT) AS found \
         FROM ledger_accounts a LEFT JOIN ( \
           SELECT account, SUM(amount) AS moved FROM ( \
             SELECT credit_account AS account, amount FROM transfers \
             UNION ALL SELECT debit_account, -amount FROM transfers) AS sides GROUP BY account \
         ) AS m ON m.account = a.id WHERE a.balance <> COALESCE(m.moved, 0) ORDER BY a.id LIMIT $1")
        .bind(MOST).fetch_all(c).await)
}

/// User accounts whose held part is not the sum of their pending holds.
///
/// # Errors
/// The database's.
pub async fn held(on: &mut impl Sql) -> StoreResult<Vec<Mismatch>> {
    sql!(on, c => sqlx::query_as(
        "SELECT a.id AS account, a.held AS stated, CAST(COALESCE(h.held, 0) AS BIGINT) AS found \
         FROM ledger_accounts a LEFT JOIN ( \
           SELECT account, SUM(amount) AS held FROM holds WHERE state = 'pending' GROUP BY account \
         ) AS h ON h.account = a.id WHERE a.held <> COALESCE(h.held, 0) ORDER BY a.id LIMIT $1")
        .bind(MOST).fetch_all(c).await)
}

/// User accounts whose debt is not the sum of what is open.
///
/// # Errors
/// The database's.
pub async fn debts(on: &mut impl Sql) -> StoreResult<Vec<Mismatch>> {
    sql!(on, c => sqlx::query_as(
        "SELECT a.id AS account, a.debt AS stated, CAST(COALESCE(k.open, 0) AS BIGINT) AS found \
         FROM ledger_accounts a LEFT JOIN ( \
           SELECT account, SUM(open) AS open FROM takings GROUP BY account \
         ) AS k ON k.account = a.id WHERE a.debt <> COALESCE(k.open, 0) ORDER BY a.id LIMIT $1")
        .bind(MOST).fetch_all(c).await)
}

/// User accounts whose takings, less those that were undone, are not what their transfers to and from `clawback` make.
///
/// # Errors
/// The database's.
pub async fn takings(on: &mut impl Sql) -> StoreResult<Vec<Mismatch>> {
    sql!(on, c => sqlx::query_as(
        "SELECT account, CAST(SUM(stated) AS BIGINT) AS stated, CAST(SUM(found) AS BIGINT) AS found FROM ( \
           SELECT account, taken + repaid AS stated, 0 AS found FROM takings WHERE undo_key IS NULL \
           UNION ALL SELECT debit_account, 0, amount FROM transfers WHERE kind IN ('clawback', 'debt_repayment') \
           UNION ALL SELECT credit_account, 0, -amount FROM transfers WHERE kind = 'clawback_reversal' \
         ) AS sides GROUP BY account HAVING SUM(stated) <> SUM(found) ORDER BY account LIMIT $1")
        .bind(MOST).fetch_all(c).await)
}

/// Takings that were undone and whose transfer gave back something else than they had taken and been repaid.
///
/// # Errors
/// The database's.
pub async fn undone_takings(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT k.id FROM takings k LEFT JOIN transfers t ON t.key = k.undo_key AND t.credit_account = k.account \
         WHERE k.undo_key IS NOT NULL AND k.taken + k.repaid <> COALESCE(t.amount, 0) ORDER BY k.id LIMIT $1")
        .bind(MOST).fetch_all(c).await)
}

/// Purchases and grants of which more was taken back than they gave.
///
/// # Errors
/// The database's.
pub async fn taken_twice(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT subject FROM takings WHERE subject IS NOT NULL AND undo_key IS NULL GROUP BY subject \
         HAVING SUM(asked - covered) > MAX(gave) ORDER BY subject LIMIT $1").bind(MOST).fetch_all(c).await)
}

/// Transfers whose before and after do not differ by the amount, or that miss them on a user's side, or have them on
/// the house's.
///
/// # Errors
/// The database's.
pub async fn steps(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT t.id FROM transfers t \
         LEFT JOIN ledger_accounts d ON d.id = t.debit_account LEFT JOIN ledger_accounts k ON k.id = t.credit_account \
         WHERE COALESCE(t.debit_before - t.amount <> t.debit_after, d.id IS NOT NULL) \
         OR COALESCE(t.credit_before + t.amount <> t.credit_after, k.id IS NOT NULL) \
         OR (d.id IS NULL AND (t.debit_before IS NOT NULL OR t.debit_after IS NOT NULL)) \
         OR (k.id IS NULL AND (t.credit_before IS NOT NULL OR t.credit_after IS NOT NULL)) \
         ORDER BY t.id LIMIT $1").bind(MOST).fetch_all(c).await)
}

/// User accounts whose steps from before to after are no chain from zero to the balance. Order in time is not asked,
/// since clocks of hosts differ: at every value as many steps must begin as end, but for the chain's own two ends.
///
/// # Errors
/// The database's.
pub async fn chains(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT DISTINCT account FROM ( \
           SELECT account, worth FROM ( \
             SELECT debit_account AS account, debit_before AS worth, 1 AS n FROM transfers WHERE debit_before IS NOT NULL \
             UNION ALL SELECT debit_account, debit_after, -1 FROM transfers WHERE debit_after IS NOT NULL \
             UNION ALL SELECT credit_account, credit_before, 1 FROM transfers WHERE credit_before IS NOT NULL \
             UNION ALL SELECT credit_account, credit_after, -1 FROM transfers WHERE credit_after IS NOT NULL \
             UNION ALL SELECT id, 0, -1 FROM ledger_accounts \
             UNION ALL SELECT id, balance, 1 FROM ledger_accounts \
           ) AS ends GROUP BY account, worth HAVING SUM(n) <> 0 \
         ) AS broken ORDER BY account LIMIT $1").bind(MOST).fetch_all(c).await)
}

/// Jobs that have ended and still hold tokens.
///
/// # Errors
/// The database's.
pub async fn forgotten_holds(on: &mut impl Sql) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT j.id FROM jobs j JOIN holds h ON h.id = j.hold_id WHERE h.state = 'pending' \
         AND j.status NOT IN ('queued', 'running') ORDER BY j.id LIMIT $1").bind(MOST).fetch_all(c).await)
}

/// Key files under the service's custody, the newest first: public key and sealed file.
///
/// # Errors
/// The database's.
pub async fn key_files(on: &mut impl Sql, most: i64) -> StoreResult<Vec<(Vec<u8>, Vec<u8>)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT public_key, key_file FROM ( \
           SELECT public_key, key_file, created_at FROM pulls WHERE custody = 'service' AND key_file IS NOT NULL \
           UNION ALL SELECT public_key, key_file, created_at FROM jobs \
             WHERE custody = 'service' AND key_file IS NOT NULL AND public_key IS NOT NULL \
         ) AS kept ORDER BY created_at DESC LIMIT $1").bind(most).fetch_all(c).await)
}
