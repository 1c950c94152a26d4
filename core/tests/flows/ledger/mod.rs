//! The ledger itself, over both databases: random programs, keys that come again, debts by cause, and races.

mod debts;
mod keys;
mod programs;
mod races;

use uuid::Uuid;
use vanikeys_core::{
    domain::ledger::{Balance, Cause, Claim, Kind, Movement},
    store::{
        Db, Tx,
        ledger::{self, MovementError, Taken},
    },
};

use crate::world::World;

/// Runs in a transaction of its own, which is rolled back if it fails.
async fn in_tx<T>(db: &Db, work: impl AsyncFnOnce(&mut Tx) -> Result<T, MovementError>) -> Result<T, MovementError> {
    let mut tx = db.begin().await?;
    let value = work(&mut tx).await?;
    tx.commit().await?;
    Ok(value)
}

/// A purchase that gave tokens for cents.
#[derive(Clone, Copy, Debug)]
struct Bought {
    id: Uuid,
    user: Uuid,
    tokens: i64,
    cents: i64,
}

impl Bought {
    fn movement(&self, world: &World, kind: Kind, key: String) -> Movement<'static> {
        Movement { subject: Some(self.id), ..world.movement(self.user, self.tokens, kind, key) }
    }

    /// Pays for it: 399 cents.
    async fn pay(world: &World, user: Uuid, tokens: i64) -> Self {
        let bought = Self { id: Uuid::now_v7(), user, tokens, cents: 399 };
        let movement = bought.movement(world, Kind::Purchase, format!("payment:{}", bought.id));
        in_tx(&world.app.db, async |tx| ledger::credit(tx, &movement).await).await.unwrap();
        bought
    }

    async fn taken(&self, world: &World, cause: Cause, key: &str, cents: i64) -> Result<Taken, MovementError> {
        let movement = self.movement(world, Kind::Clawback, key.to_owned());
        let claim = Claim::Share { cents, of: self.cents };
        in_tx(&world.app.db, async |tx| ledger::claw_back(tx, &movement, cause, claim).await).await
    }

    async fn undone(&self, world: &World, cause: Cause, taking: &str, key: &str) -> Result<Taken, MovementError> {
        let movement = self.movement(world, Kind::ClawbackReversal, key.to_owned());
        in_tx(&world.app.db, async |tx| ledger::give_back(tx, &movement, cause, taking).await).await
    }
}

async fn spend(world: &World, user: Uuid, tokens: i64) -> Result<Balance, MovementError> {
    let movement = world.movement(user, tokens, Kind::Pull, format!("pull:{}", Uuid::now_v7()));
    in_tx(&world.app.db, async |tx| ledger::debit(tx, &movement).await).await
}

async fn state(world: &World, user: Uuid) -> Balance {
    let mut conn = world.app.db.read().await.unwrap();
    ledger::balance(&mut conn, user, &vanikeys_core::domain::ledger::Asset::VaniToken).await.unwrap()
}
