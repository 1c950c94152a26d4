//! What the game owes itself on a schedule: shields whose time is over, Heist Tokens that were not spent in time,
//! attempts that are too old to keep.

use std::time::Duration;

use crate::{
    app::App,
    domain::ledger::{Asset, Kind, Movement},
    flow::nudge,
    store::{
        StoreError, heists,
        ledger::{self, MovementError},
        players, shields, tokens, transact,
    },
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Attempts and the audit entries about them are kept so long.
const ATTEMPTS_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Rows of one pass.
const PASS: i64 = 500;

/// Ends shields whose time is over, and tells their owners.
///
/// # Errors
/// The store's.
pub async fn expire_shields(app: &App) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let over = shields::expired(&mut app.db.read().await?, app.clock.now(), PASS).await?;
        for old in &over {
            let ended = transact!(app.db, tx => {
                players::lock(tx, [old.user_id]).await?;
                super::shield::expire(tx, app, old).await
            })?;
            if ended {
                all += 1;
                nudge::told(app, old.user_id);
            }
        }
        if over.is_empty() {
            return Ok(all);
        }
    }
}

/// Takes Heist Tokens that were earned too long ago and not spent since, the oldest first.
///
/// # Errors
/// The store's.
pub async fn expire_tokens(app: &App) -> Result<u64, StoreError> {
    let Some(days) = app.config.heist.token_expiry_days else { return Ok(0) };
    let since = app.clock.now() - DAY * days;
    let mut all = 0;
    loop {
        let over = tokens::expired(&mut app.db.read().await?, since, PASS).await?;
        for user in &over {
            all += transact!(app.db, tx => {
                players::lock(tx, [*user]).await?;
                let tokens = tokens::expired_of(tx, *user, since).await?;
                let at = app.clock.now();
                let movement = Movement {
                    user: *user,
                    asset: Asset::HeistToken,
                    amount: tokens,
                    kind: Kind::TokenExpiry,
                    key: format!("token-expiry:{user}:{}", at.micros()),
                    subject: Some(*user),
                    note: None,
                    at,
                };
                if tokens > 0 {
                    ledger::debit(tx, &movement).await.map_err(unexpected)?;
                }
                Ok::<_, StoreError>(tokens.unsigned_abs())
            })?;
        }
        if over.is_empty() {
            return Ok(all);
        }
    }
}

/// Forgets refused attempts, and the audit entries about all, once they are 90 days old. Heists that had an effect
/// stay: they are both sides' history.
///
/// # Errors
/// The store's.
pub async fn prune(app: &App) -> Result<u64, StoreError> {
    let before = app.clock.now() - ATTEMPTS_KEPT;
    let mut all = 0;
    loop {
        let gone = transact!(app.db, tx => heists::prune(tx, before, PASS).await)?;
        all += gone;
        if gone == 0 {
            return Ok(all);
        }
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "passed on as it is")]
fn unexpected(error: MovementError) -> StoreError {
    match error {
        MovementError::Store(error) => error,
        error => StoreError::Corrupt(format!("tokens that expire: {error}")),
    }
}
