//! Holds: tokens that are reserved under one key, and settled once under another.

use uuid::Uuid;

use super::{
    MovementError,
    accounts::{lock_account, save},
    exists,
    takings::pay_debt,
    transfers::{Way, content, repeats, write},
};
use crate::{
    domain::ledger::{Balance, Content, Difference, HoldState, Kind, Movement},
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

pub(crate) struct Hold {
    id: Uuid,
    account: Uuid,
    amount: i64,
    kind: Kind,
    subject: Uuid,
    posted: i64,
    state: HoldState,
    settle_key: Option<String>,
}

row! { Hold from holds: id, account, amount, kind, subject, posted, state, settle_key }

impl Hold {
    const fn content(&self) -> Content {
        reserved(self.account, self.amount, self.kind, Some(self.subject))
    }

    fn is_settled(&self) -> bool {
        self.state == HoldState::Settled
    }

    /// Holds that a program before this one settled do not say by which key.
    fn may_be_settled_by(&self, key: &str) -> bool {
        self.is_settled() && self.settle_key.as_deref().is_none_or(|settled| settled == key)
    }
}

/// Tokens that stay where they are.
const fn reserved(account: Uuid, amount: i64, kind: Kind, subject: Option<Uuid>) -> Content {
    Content { debit: account, credit: account, amount, kind, subject }
}

/// A hold by its id.
///
/// # Errors
/// The database's.
pub(crate) async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Hold>> {
    let text = format!("SELECT {} FROM holds WHERE id = $1", Hold::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Reserves the movement's amount for its subject, under its key; answers with the hold's id and the account
/// afterwards. A repeated key answers with the same hold, settled or not.
///
/// # Errors
/// See [`MovementError`].
pub async fn hold(tx: &mut Tx, movement: &Movement<'_>) -> Result<(Uuid, Balance), MovementError> {
    let account = lock_account(tx, movement.user, &movement.asset, movement.at).await?;
    let Movement { amount, kind, subject, .. } = *movement;
    let text = format!("SELECT {} FROM holds WHERE key = $1", Hold::COLUMNS);
    let known: Option<Hold> = sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(&movement.key).fetch_optional(c).await)?;
    if let Some(known) = known {
        let again = reserved(account.id, amount, kind, subject);
        known.content().repeated_by(&again).map_err(exists(&movement.key))?;
        return Ok((known.id, account.state()));
    }
    let after = account.state().hold(amount)?;
    let id = Uuid::now_v7();
    execute!(
        tx,
        "INSERT INTO holds (id, account, amount, kind, subject, key, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        account.id,
        amount,
        kind.name(),
        subject,
        &movement.key,
        movement.at.micros()
    )?;
    save(tx, account.id, after).await?;
    Ok((id, after))
}

/// Ends a hold in one step: the movement's amount is posted (a transfer even when it is zero), the rest is released and
/// pays debt first.
///
/// # Errors
/// [`MovementError::AlreadySettled`] under another key than the first; see [`MovementError`].
pub async fn settle(tx: &mut Tx, hold: Uuid, movement: &Movement<'_>) -> Result<Balance, MovementError> {
    let account = lock_account(tx, movement.user, &movement.asset, movement.at).await?;
    let content = content(movement, account.id, Way::Out)?;
    let known = find(tx, hold).await?.filter(|known| known.account == account.id);
    let settled = known.as_ref().filter(|known| known.may_be_settled_by(&movement.key));
    // The transfer's amount is what was posted, so that other amounts differ in the split, not in the hold.
    let again = Content { amount: settled.map_or(movement.amount, |known| known.posted), ..content };
    if repeats(tx, &movement.key, &again).await? {
        return match settled {
            Some(settled) if settled.posted == movement.amount => Ok(account.state()),
            Some(_) => Err(exists(&movement.key)(Difference::Split)),
            None => Err(exists(&movement.key)(Difference::Hold)),
        };
    }
    let known = known.ok_or(MovementError::NoSuchHold)?;
    if known.is_settled() {
        return Err(MovementError::AlreadySettled);
    }
    let done = account.state().settle(known.amount, movement.amount)?;
    execute!(
        tx,
        "UPDATE holds SET state = 'settled', posted = $1, released = amount - $1, settle_key = $2, settled_at = $3 \
         WHERE id = $4",
        movement.amount,
        &movement.key,
        movement.at.micros(),
        hold
    )?;
    write(tx, movement, &content, &account, (account.state(), done.credited)).await?;
    pay_debt(tx, movement, &account, &done).await?;
    save(tx, account.id, done.after).await?;
    Ok(done.after)
}
