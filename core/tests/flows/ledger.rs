//! Random programs of movements on a real ledger, over both databases, against a model of a few lines; and movements
//! that race.

use std::collections::HashMap;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;
use vanikeys_core::{
    domain::ledger::{Asset, Balance, House, Kind},
    store::{
        Db, Tx,
        ledger::{self, Entry, MovementError},
    },
};

use crate::world::{World, over_both};

#[derive(Clone, Debug)]
enum Move {
    Credit(i64),
    Debit(i64),
    Hold(i64),
    Settle {
        which: usize,
        percent: i64,
    },
    ClawBack(i64),
    /// The movement before, again, under the same key.
    Again,
}

fn programs() -> impl Strategy<Value = Vec<Move>> {
    let amount = 0i64..500;
    let one = prop_oneof![
        3 => amount.clone().prop_map(Move::Credit),
        3 => amount.clone().prop_map(Move::Debit),
        2 => amount.clone().prop_map(Move::Hold),
        2 => (any::<usize>(), 0i64..=100).prop_map(|(which, percent)| Move::Settle { which, percent }),
        1 => amount.prop_map(Move::ClawBack),
        1 => Just(Move::Again),
    ];
    proptest::collection::vec(one, 1..25)
}

fn entry(world: &World, kind: Kind, key: String) -> Entry<'static> {
    Entry { kind, key, subject: None, note: None, at: world.app.clock.now() }
}

/// One movement in a transaction of its own; rolled back if it is refused.
async fn apply(
    world: &World,
    user: Uuid,
    step: &Move,
    key: &str,
    holds: &mut Vec<(Uuid, i64)>,
) -> Result<(), MovementError> {
    let asset = Asset::VaniToken;
    let mut tx = world.app.db.begin().await?;
    match step {
        Move::Credit(n) => {
            let entry = entry(world, Kind::Purchase, key.to_owned());
            ledger::credit(&mut tx, user, &asset, House::Issuance, *n, &entry).await?;
        }
        Move::Debit(n) => {
            let entry = entry(world, Kind::Pull, key.to_owned());
            ledger::debit(&mut tx, user, &asset, House::Revenue, *n, &entry).await?;
        }
        Move::Hold(n) => {
            let at = world.app.clock.now();
            let (id, _) = ledger::hold(&mut tx, user, &asset, *n, Uuid::now_v7(), key, at).await?;
            holds.push((id, *n));
        }
        Move::Settle { which, percent } => {
            if holds.is_empty() {
                return Ok(());
            }
            let (id, amount) = holds.remove(which % holds.len());
            let entry = entry(world, Kind::Job, key.to_owned());
            ledger::settle(&mut tx, user, &asset, id, amount * percent / 100, &entry).await?;
        }
        Move::ClawBack(n) => {
            let entry = entry(world, Kind::Clawback, key.to_owned());
            ledger::claw_back(&mut tx, user, &asset, *n, &entry).await?;
        }
        Move::Again => {}
    }
    Ok(tx.commit().await?)
}

/// The same in the model.
fn model(account: Balance, step: &Move, holds: &mut Vec<i64>) -> Balance {
    match step {
        Move::Credit(n) => account.credit(*n).map_or(account, |done| done.after),
        Move::Debit(n) => account.debit(*n).unwrap_or(account),
        Move::Hold(n) => account.hold(*n).inspect(|_| holds.push(*n)).unwrap_or(account),
        Move::Settle { which, percent } => {
            if holds.is_empty() {
                return account;
            }
            let amount = holds.remove(which % holds.len());
            account.settle(amount, amount * percent / 100).unwrap().after
        }
        Move::ClawBack(n) => account.claw_back(*n).map_or(account, |(after, _)| after),
        Move::Again => account,
    }
}

async fn run(world: &World, program: Vec<Move>) {
    let user = world.user(0).await.user;
    let (mut expected, mut holds, mut held) = (Balance::default(), Vec::new(), Vec::new());
    let mut last: Option<(Move, String)> = None;
    for step in program {
        if let (Move::Again, Some((before @ (Move::Credit(_) | Move::Debit(_) | Move::ClawBack(_)), key))) =
            (&step, &last)
        {
            apply(world, user, before, key, &mut Vec::new()).await.ok();
        } else {
            let key = Uuid::now_v7().to_string();
            match apply(world, user, &step, &key, &mut holds).await {
                Ok(()) => {
                    expected = model(expected, &step, &mut held);
                    last = Some((step, key));
                }
                Err(MovementError::Refused(_)) => {
                    assert_eq!(model(expected, &step, &mut held), expected, "the model allows what was refused");
                }
                Err(other) => panic!("{other}"),
            }
        }
        let mut conn = world.app.db.read().await.unwrap();
        let stored = ledger::balance(&mut conn, user, &Asset::VaniToken).await.unwrap();
        assert_eq!(stored, expected);
    }
}

async fn in_tx<T>(db: &Db, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = db.begin().await.unwrap();
    let value = work(&mut tx).await;
    tx.commit().await.unwrap();
    value
}

over_both! {
    async fn any_program_of_movements_equals_the_model(world) {
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            runner
                .run(&programs(), |program| {
                    handle.block_on(run(&world, program));
                    Ok(())
                })
                .unwrap();
        });
        world.ledger_holds().await;
    }

    async fn a_key_with_other_content_is_an_error(world) {
        let user = world.user(0).await.user;
        let asset = Asset::VaniToken;
        in_tx(&world.app.db, async |tx| {
            let first = entry(&world, Kind::Purchase, "k".to_owned());
            ledger::credit(tx, user, &asset, House::Issuance, 5, &first).await.unwrap();
            let same = ledger::credit(tx, user, &asset, House::Issuance, 5, &first).await.unwrap();
            assert_eq!(same.balance, 5);
            let other = ledger::credit(tx, user, &asset, House::Issuance, 6, &first).await.unwrap_err();
            assert!(matches!(other, MovementError::ExistsWithDifferentContent(_)));
            let other = ledger::debit(tx, user, &asset, House::Revenue, 5, &first).await.unwrap_err();
            assert!(matches!(other, MovementError::ExistsWithDifferentContent(_)));
        }).await;
    }

    /// The database itself refuses what code must never try.
    async fn available_below_zero_is_refused_by_the_database(world) {
        let user = world.user(10).await.user;
        let mut tx = world.app.db.begin().await.unwrap();
        let broken = world.execute(&mut tx, "UPDATE ledger_accounts SET held = 11 WHERE owner = $1", user).await;
        assert!(broken.is_err());
        tx.rollback().await.unwrap();
        let mut tx = world.app.db.begin().await.unwrap();
        let broken = world.execute(&mut tx, "UPDATE ledger_accounts SET debt = 1 WHERE owner = $1", user).await;
        assert!(broken.is_err());
    }

    /// Movements in all directions at once: nothing lost, nothing made.
    async fn racing_movements_conserve_tokens(world) {
        let mut users = Vec::new();
        for _ in 0..4 { users.push(world.user(1_000).await.user); }
        let mut racing = Vec::new();
        for n in 0..120usize {
            let (db, user, at) = (world.app.db.clone(), users[n % users.len()], world.app.clock.now());
            racing.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let entry = |kind| Entry { kind, key: format!("race:{n}"), subject: None, note: None, at };
                let moved = match n % 3 {
                    0 => ledger::credit(&mut tx, user, &Asset::VaniToken, House::Issuance, 7, &entry(Kind::Grant)).await.map(|_| 7),
                    1 => ledger::debit(&mut tx, user, &Asset::VaniToken, House::Revenue, 5, &entry(Kind::Pull)).await.map(|_| -5),
                    _ => ledger::claw_back(&mut tx, user, &Asset::VaniToken, 3, &entry(Kind::Clawback)).await.map(|(_, taken)| -taken),
                };
                tx.commit().await.unwrap();
                (user, moved.unwrap())
            }));
        }
        let mut expected: HashMap<Uuid, i64> = users.iter().map(|user| (*user, 1_000)).collect();
        for one in racing {
            let (user, moved) = one.await.unwrap();
            *expected.get_mut(&user).unwrap() += moved;
        }
        let mut conn = world.app.db.read().await.unwrap();
        for (user, balance) in expected {
            assert_eq!(ledger::balance(&mut conn, user, &Asset::VaniToken).await.unwrap().balance, balance);
        }
        world.ledger_holds().await;
    }
}
