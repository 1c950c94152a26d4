//! Movements between a user and the house. Each locks the account and answers with what it is afterwards; a repeated
//! key changes nothing and answers with what it is now.

use super::{
    Account, MovementError,
    accounts::{lock_account, save},
    takings::pay_debt,
    transfers::{Way, content, repeats, write},
};
use crate::{
    domain::ledger::{Balance, Movement},
    store::Tx,
};

/// Moves tokens from the house to the user; debt is paid from them at once by a second transfer.
///
/// # Errors
/// See [`MovementError`].
pub async fn credit(tx: &mut Tx, movement: &Movement<'_>) -> Result<Balance, MovementError> {
    let account = lock_account(tx, movement.user, &movement.asset, movement.at).await?;
    let content = content(movement, account.id, Way::In)?;
    if repeats(tx, &movement.key, &content).await? {
        return Ok(account.state());
    }
    let done = account.state().credit(movement.amount)?;
    write(tx, movement, &content, &account, (account.state(), done.credited)).await?;
    pay_debt(tx, movement, &account, &done).await?;
    save(tx, account.id, done.after).await?;
    Ok(done.after)
}

/// Moves tokens from the user to the house (zero is recorded too).
///
/// # Errors
/// See [`MovementError`].
pub async fn debit(tx: &mut Tx, movement: &Movement<'_>) -> Result<Balance, MovementError> {
    let account = lock_account(tx, movement.user, &movement.asset, movement.at).await?;
    debit_locked(tx, &account, movement).await
}

/// Like [`debit`], for the account of the movement, which [`lock_account`] gave.
///
/// # Errors
/// See [`MovementError`].
pub async fn debit_locked(tx: &mut Tx, account: &Account, movement: &Movement<'_>) -> Result<Balance, MovementError> {
    let content = content(movement, account.id, Way::Out)?;
    if repeats(tx, &movement.key, &content).await? {
        return Ok(account.state());
    }
    let after = account.state().debit(movement.amount)?;
    write(tx, movement, &content, account, (account.state(), after)).await?;
    save(tx, account.id, after).await?;
    Ok(after)
}
