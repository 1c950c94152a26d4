//! The end of a deleted account, once none of its balance is held by a job any more: the balance goes to the house,
//! and the jobs forget whom they were for.

use uuid::Uuid;

use crate::{
    app::App,
    domain::ledger::{Asset, House, Kind},
    store::{
        StoreError, StoreResult, Tx, erasure,
        ledger::{self, Entry, MovementError},
        users,
    },
};

/// Forfeits the balance if the account is deleted and nothing of it is held. To be called when an account is deleted
/// and when the job of a deleted account ends; at other times it does nothing.
///
/// # Errors
/// The store's.
pub async fn forfeit_if_due(tx: &mut Tx, app: &App, user: Uuid) -> StoreResult<()> {
    let at = app.clock.now();
    if users::find(tx, user).await?.is_none_or(|user| user.is_active()) {
        return Ok(());
    }
    let account = ledger::lock_account(tx, user, &Asset::VaniToken, at).await?;
    if account.held > 0 {
        return Ok(());
    }
    erasure::erase_jobs(tx, user).await?;
    if account.balance == 0 {
        return Ok(());
    }
    let entry = Entry { kind: Kind::Forfeit, key: format!("forfeit:{user}"), subject: Some(user), note: None, at };
    match ledger::debit(tx, user, &Asset::VaniToken, House::Forfeits, account.balance, &entry).await {
        Ok(_) => Ok(()),
        Err(MovementError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Corrupt(format!("the balance of a deleted account: {error}"))),
    }
}
