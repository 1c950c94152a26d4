//! What a deleted account still has goes to the house: its balance once no job holds any of it, and whatever comes in
//! later, at once.

use uuid::Uuid;

use crate::{
    app::App,
    domain::ledger::{Asset, Kind, Movement},
    store::{
        StoreError, StoreResult, Tx, erasure,
        ledger::{self, MovementError},
        users,
    },
};

/// Why an account's tokens are forfeited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    /// It was deleted, and what it had at that time is due: when it is deleted, and when the last of its jobs ends.
    Deletion,
    /// It was deleted before, and this payment (or what else is named) came in.
    Late(&'a str),
}

impl Cause<'_> {
    fn key(self, user: Uuid) -> String {
        match self {
            Self::Deletion => format!("forfeit:{user}"),
            Self::Late(what) => format!("forfeit:{user}:{what}"),
        }
    }
}

/// Forfeits what is due, if the account is deleted; answers how much that was.
///
/// # Errors
/// The store's.
pub async fn forfeit(tx: &mut Tx, app: &App, user: Uuid, cause: Cause<'_>) -> StoreResult<i64> {
    let at = app.clock.now();
    if users::find(tx, user).await?.is_none_or(|user| user.is_active()) {
        return Ok(0);
    }
    let account = ledger::lock_account(tx, user, &Asset::VaniToken, at).await?;
    if cause == Cause::Deletion {
        if account.held > 0 {
            return Ok(0);
        }
        erasure::erase_jobs(tx, user).await?;
    }
    let amount = account.state().available();
    if amount == 0 {
        return Ok(0);
    }
    let movement = Movement {
        user,
        asset: Asset::VaniToken,
        amount,
        kind: Kind::Forfeit,
        key: cause.key(user),
        subject: Some(user),
        note: None,
        at,
    };
    match ledger::debit(tx, &movement).await {
        Ok(_) => Ok(amount),
        // The payment was told of before; what is there now is due to another cause.
        Err(MovementError::Exists { .. }) if cause != Cause::Deletion => Ok(0),
        Err(MovementError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Corrupt(format!("the balance of a deleted account: {error}"))),
    }
}
