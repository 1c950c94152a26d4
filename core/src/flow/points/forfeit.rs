//! The end of a deleted account in the game: its Heist Tokens and this season's points go to the house, and its shield
//! is over. Old seasons stay as they were, without the name.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        ledger::{Asset, House, Kind},
        season::Season,
    },
    store::{
        StoreError, StoreResult, Tx,
        ledger::{self, Entry, MovementError},
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
        let entry = Entry { kind: Kind::Forfeit, key, subject: Some(user), note: None, at };
        match ledger::debit(tx, user, &asset, House::Forfeits, balance, &entry).await {
            Ok(_) => {}
            Err(MovementError::Store(error)) => return Err(error),
            Err(error) => return Err(StoreError::Corrupt(format!("{asset} of a deleted account: {error}"))),
        }
    }
    if let Some(shield) = shields::open(tx, [user]).await?.remove(&user) {
        shields::end(tx, shield.id, None, at).await?;
    }
    Ok(())
}
