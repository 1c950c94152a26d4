//! The welcome tokens: once per account, when its address is confirmed and nothing about the signup is suspicious.

use super::{AccountRefusal, Outcome};
use crate::{
    app::App,
    domain::ledger::{Asset, Kind, Movement, Refusal},
    flow::Failure,
    store::{
        Tx,
        ledger::{self, MovementError},
        users::User,
    },
};

/// Gives them if they are due; a second time changes nothing.
pub(crate) async fn give_if_due(tx: &mut Tx, app: &App, user: &User) -> Outcome<()> {
    let tokens = app.config.welcome_tokens();
    if tokens == 0 || user.email_confirmed_at.is_none() || user.flagged_at.is_some() || !user.is_active() {
        return Ok(());
    }
    let movement = Movement {
        user: user.id,
        asset: Asset::VaniToken,
        amount: tokens,
        kind: Kind::Welcome,
        key: format!("welcome:{}", user.id),
        subject: Some(user.id),
        note: None,
        at: app.clock.now(),
    };
    match ledger::credit(tx, &movement).await {
        Ok(_) => Ok(()),
        // Given before, when WELCOME_TOKENS was another number.
        Err(MovementError::Exists { .. }) => Ok(()),
        Err(MovementError::Store(error)) => Err(error.into()),
        Err(MovementError::Refused(refusal)) => Err(unexpected(refusal)),
        Err(error) => Err(Failure::broken(error)),
    }
}

pub(super) fn unexpected(refusal: Refusal) -> Failure<AccountRefusal> {
    Failure::broken(refusal)
}
