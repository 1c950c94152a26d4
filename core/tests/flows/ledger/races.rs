//! Movements that race, on real databases.

use std::collections::HashMap;

use uuid::Uuid;
use vanikeys_core::{
    domain::ledger::{Asset, Balance, Cause, Claim, Kind, Movement},
    store::ledger::{self, MovementError},
};

use super::{Bought, spend, state};
use crate::world::over_both;

over_both! {
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
            let (db, user) = (world.app.db.clone(), users[n % users.len()]);
            let of = |amount, kind| world.movement(user, amount, kind, format!("race:{n}"));
            let movements = [of(7, Kind::Grant), of(5, Kind::Pull), of(3, Kind::Clawback)];
            racing.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let [credit, debit, taking] = movements;
                let moved = match n % 3 {
                    0 => ledger::credit(&mut tx, &credit).await.map(|_| 7),
                    1 => ledger::debit(&mut tx, &debit).await.map(|_| -5),
                    _ => ledger::claw_back(&mut tx, &taking, Cause::Grant, Claim::All).await.map(|done| -done.taking.taken),
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

    /// The same hold, settlement and refund by many at once: each happens once, and everybody gets the same answer.
    async fn the_same_key_by_many_at_once_counts_once(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        let subject = Some(bought.id);
        let hold = Movement { subject, ..world.movement(user, 400, Kind::Job, "job:1:hold") };
        let mut racing = Vec::new();
        for _ in 0..12 {
            let (db, hold) = (world.app.db.clone(), hold.clone());
            racing.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let (id, _) = ledger::hold(&mut tx, &hold).await.unwrap();
                tx.commit().await.unwrap();
                id
            }));
        }
        let mut ids = Vec::new();
        for one in racing { ids.push(one.await.unwrap()); }
        ids.dedup();
        assert_eq!((ids.len(), state(&world, user).await), (1, Balance { balance: 500, held: 400, debt: 0 }));
        let settle = Movement { subject, ..world.movement(user, 150, Kind::Job, "job:1:settle") };
        let back = Movement { subject, ..world.movement(user, 500, Kind::Clawback, "refund:1") };
        let mut racing = Vec::new();
        for n in 0..24 {
            let (db, id, settle, back) = (world.app.db.clone(), ids[0], settle.clone(), back.clone());
            racing.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let claim = Claim::Share { cents: 399, of: 399 };
                let done = if n % 2 == 0 {
                    ledger::settle(&mut tx, id, &settle).await
                } else {
                    ledger::claw_back(&mut tx, &back, Cause::Refund, claim).await.map(|done| done.balance)
                };
                done.unwrap();
                tx.commit().await.unwrap();
            }));
        }
        for one in racing { one.await.unwrap(); }
        // 150 posted; all that was left went, and 150 are owed.
        assert_eq!(state(&world, user).await, Balance { balance: 0, held: 0, debt: 150 });
        world.ledger_holds().await;
    }

    /// Refunds, a dispute, its end, purchases and spending of one user at once: the purchase is taken once.
    async fn events_of_one_purchase_race(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        spend(&world, user, 200).await.unwrap();
        let world = std::sync::Arc::new(world);
        let handle = tokio::runtime::Handle::current();
        let mut racing = Vec::new();
        for n in 0..30 {
            let (world, handle) = (world.clone(), handle.clone());
            racing.push(tokio::task::spawn_blocking(move || handle.block_on(async move {
                let done: Result<(), MovementError> = match n % 5 {
                    0 => bought.taken(&world, Cause::Refund, &format!("refund:{}", n % 3), 133).await.map(drop),
                    1 => bought.taken(&world, Cause::Dispute, "dispute:1", 399).await.map(drop),
                    2 => bought.undone(&world, Cause::Dispute, "dispute:1", "dispute:1:won").await.map(drop),
                    3 => { Bought::pay(&world, user, 40).await; Ok(()) }
                    _ => match spend(&world, user, 10).await {
                        Err(MovementError::Refused(_)) | Ok(_) => Ok(()),
                        Err(error) => Err(error),
                    },
                };
                done.unwrap();
            })));
        }
        for one in racing { one.await.unwrap(); }
        let standing = "SELECT CAST(SUM(asked - covered) AS BIGINT) FROM takings WHERE undo_key IS NULL";
        assert_eq!(world.number(standing).await, 500);
        world.ledger_holds().await;
    }
}
