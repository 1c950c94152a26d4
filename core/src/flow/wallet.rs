//! A user's VaniTokens: balance with its held part, free pulls, and every transfer with its reason.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Actor, Failure};
use crate::{
    app::App,
    domain::{
        ledger::{Asset, Balance, Kind},
        time::Timestamp,
    },
    store::{ledger, plans, pulls},
};

/// What a user has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Wallet {
    /// All VaniTokens, held ones too.
    pub balance: i64,
    /// The part that open jobs hold.
    pub held: i64,
    /// What can be spent.
    pub available: i64,
    /// What is owed after a refund of tokens that were spent.
    pub debt: i64,
    /// Free pulls left today; none if they are not limited.
    pub free_pulls_left: Option<i64>,
    /// When free pulls are renewed.
    pub free_pulls_renew_at: Timestamp,
}

/// One movement as its user reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    /// The transfer's id.
    pub id: Uuid,
    /// Why.
    pub kind: Kind,
    /// What came in (positive) or went out (negative).
    pub amount: i64,
    /// The balance before.
    pub before: i64,
    /// The balance after.
    pub after: i64,
    /// The pull, job or grant it belongs to.
    pub subject: Option<Uuid>,
    /// An admin's words.
    pub note: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// A page of movements.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MovementPage {
    /// Newest first.
    pub items: Vec<Movement>,
    /// How many there are in all.
    pub total: i64,
}

/// The user's wallet.
///
/// # Errors
/// The store's.
pub async fn balance(app: &App, actor: &Actor) -> Result<Wallet, Failure<std::convert::Infallible>> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let state @ Balance { balance, held, debt } = ledger::balance(&mut conn, actor.user, &Asset::VaniToken).await?;
    let plan = plans::of(&mut conn, actor.user, now).await?.unwrap_or_default();
    let used = pulls::free_used(&mut conn, actor.user, now.day()).await?;
    let most = plan.free_pulls(i64::from(app.config.free_pulls_per_day));
    Ok(Wallet {
        balance,
        held,
        available: state.available(),
        debt,
        free_pulls_left: most.map(|most| (most - used).max(0)),
        free_pulls_renew_at: now.next_midnight(),
    })
}

/// The balance at the end of each of the last `days` UTC days, today's last.
///
/// # Errors
/// The store's.
pub async fn by_day(app: &App, actor: &Actor, days: u32) -> Result<Vec<i64>, Failure<std::convert::Infallible>> {
    let today = app.clock.now().day();
    let first = today - i64::from(days) + 1;
    let mut conn = app.db.read().await?;
    let (mut balance, known) = ledger::by_day(&mut conn, actor.user, &Asset::VaniToken, first).await?;
    let mut known = known.into_iter().peekable();
    let each = |day: i64| {
        while let Some((_, after)) = known.next_if(|(moved, _)| *moved <= day) {
            balance = after;
        }
        balance
    };
    Ok((first..=today).map(each).collect())
}

/// A page of the user's movements.
///
/// # Errors
/// The store's.
pub async fn transactions(
    app: &App,
    actor: &Actor,
    limit: i64,
    offset: i64,
) -> Result<MovementPage, Failure<std::convert::Infallible>> {
    let mut conn = app.db.read().await?;
    let (page, total, account) = ledger::history(&mut conn, actor.user, &Asset::VaniToken, limit, offset).await?;
    let items = page
        .into_iter()
        .map(|transfer| {
            let incoming = Some(transfer.credit_account) == account;
            let (before, after) = if incoming {
                (transfer.credit_before, transfer.credit_after)
            } else {
                (transfer.debit_before, transfer.debit_after)
            };
            Movement {
                id: transfer.id,
                kind: transfer.kind,
                amount: if incoming { transfer.amount } else { -transfer.amount },
                before: before.unwrap_or(0),
                after: after.unwrap_or(0),
                subject: transfer.subject,
                note: transfer.note,
                created_at: transfer.created_at,
            }
        })
        .collect();
    Ok(MovementPage { items, total })
}
