//! The end of a deleted account in the game: its Heist Tokens and this season's points go to the house, and its shield
//! is over. Old seasons stay as they were, without the name.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        ledger::{Asset, Kind, Movement},
        season::Season,
    },
    store::{
        StoreError, StoreResult, Tx,
        ledger::{self, MovementError},
        shields,
    },
};

/// Forfeits what a player has. The row in `users` is locked.
pub(crate) async fn forfeit(tx: &mut Tx, app: &App, user: Uuid) -> StoreResult<()> {
    let at = app.clock.now();
    for asset in [Asset::HeistToken, Season::of(at).asset()] {
        let balance = ledger::balance(tx, user, &asset).await?.balance;
        if balance == 0 {
            continue;
        }
        let key = format!("forfeit-{asset}:{user}");
        let movement =
            Movement { user, asset, amount: balance, kind: Kind::Forfeit, key, subject: Some(user), note: None, at };
        match ledger::debit(tx, &movement).await {
            Ok(_) => {}
            Err(MovementError::Store(error)) => return Err(error),
            Err(error) => {
                return Err(StoreError::Corrupt(format!("{} of a deleted account: {error}", movement.asset)));
            }
        }
    }
    if let Some(shield) = shields::open(tx, [user]).await?.remove(&user) {
        shields::end(tx, shield.id, None, at).await?;
    }
    Ok(())
}
