//! An admin gives a user VaniTokens, or takes a grant back.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{By, Failure, debts, once::once};
use crate::{
    app::App,
    domain::{
        audit::Action,
        ledger::{Asset, Balance, Cause, Claim, Kind, Movement, Refusal},
    },
    store::{
        Tx,
        audit::{self, Entry, Origin},
        idempotency::Key,
        ledger, transact,
    },
};

/// Why a grant, or its taking back, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum GrantRefusal {
    /// The amount is not a positive number that an account can hold.
    #[error(transparent)]
    Amount(#[from] Refusal),
    /// There is no such grant.
    #[error("there is no grant with this id")]
    Unknown,
}

/// A grant that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Granted {
    /// Its id.
    pub grant_id: Uuid,
    /// The user's balance afterwards.
    pub balance: i64,
}

/// Gives a user tokens in an admin's name, once for a key.
///
/// # Errors
/// [`GrantRefusal::Amount`], or the store's.
pub async fn give(
    app: &App,
    by: &By,
    key: Option<&Key>,
    user: Uuid,
    amount: i64,
    note: Option<&str>,
) -> Result<Granted, Failure<GrantRefusal>> {
    let grant_id = Uuid::now_v7();
    once!(app, key, tx => {
        let after = credit(tx, app, by, grant_id, user, amount, note).await?;
        Ok(Granted { grant_id, balance: after.balance })
    })
}

/// Gives `amount` tokens under the id `grant`; a repeat of the same grant changes nothing.
///
/// # Errors
/// [`GrantRefusal::Amount`], or the store's.
pub async fn grant_tokens(
    app: &App,
    grant: Uuid,
    user: Uuid,
    amount: i64,
    note: Option<&str>,
) -> Result<Balance, Failure<GrantRefusal>> {
    transact!(app.db, tx => credit(tx, app, &By::default(), grant, user, amount, note).await)
}

async fn credit(
    tx: &mut Tx,
    app: &App,
    by: &By,
    grant: Uuid,
    user: Uuid,
    amount: i64,
    note: Option<&str>,
) -> Result<Balance, Failure<GrantRefusal>> {
    let at = app.clock.now();
    let movement = Movement {
        user,
        asset: Asset::VaniToken,
        amount,
        kind: Kind::Grant,
        key: format!("grant:{grant}"),
        subject: Some(grant),
        note,
        at,
    };
    let after = ledger::credit(tx, &movement).await?;
    let detail = serde_json::json!({ "grant": grant, "amount": amount, "note": note });
    let entry = Entry::new(by.id(), Action::TokensGrant, Some(user), detail);
    audit::record(tx, &entry, &by.origin, at).await?;
    Ok(after)
}

/// Takes a grant back, once and never more than it gave: what is available goes at once, the rest becomes debt, and
/// debt cancels the user's running jobs, whose releases pay it first. Answers with the account afterwards.
///
/// # Errors
/// [`GrantRefusal::Unknown`], or the store's.
pub async fn take_back(app: &App, grant: Uuid, note: Option<&str>) -> Result<Balance, Failure<GrantRefusal>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        let granted = ledger::credited(tx, &format!("grant:{grant}")).await?;
        let (user, amount) = granted.ok_or(Failure::Refused(GrantRefusal::Unknown))?;
        let movement = Movement {
            user,
            asset: Asset::VaniToken,
            amount,
            kind: Kind::Clawback,
            key: format!("takeback:{grant}"),
            subject: Some(grant),
            note,
            at,
        };
        let done = ledger::claw_back(tx, &movement, Cause::Grant, Claim::All).await?;
        let detail = serde_json::json!({ "grant": grant, "amount": amount, "taken": done.taking.taken, "note": note });
        let entry = Entry::new(None, Action::TokensTakeBack, Some(user), detail);
        audit::record(tx, &entry, &Origin::default(), at).await?;
        debts::cancel_jobs(tx, app, user, done.balance).await?;
        Ok(ledger::balance(tx, user, &Asset::VaniToken).await?)
    })
}
