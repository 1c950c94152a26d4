//! A key that comes again: with the same content nothing happens, with other content the error names what differs.

use uuid::Uuid;
use vanikeys_core::{
    domain::ledger::{Balance, Cause, Claim, Difference, Kind, Movement},
    store::ledger::{self, MovementError},
};

use super::{Bought, in_tx, state};
use crate::world::over_both;

fn differs<T: std::fmt::Debug>(result: Result<T, MovementError>, expected: Difference) {
    match result {
        Err(MovementError::Exists { different, .. }) => assert_eq!(different, expected),
        other => panic!("{other:?} instead of another {expected}"),
    }
}

over_both! {
    async fn a_credit_and_a_debit(world) {
        let (user, other) = (world.user(0).await.user, world.user(0).await.user);
        let db = &world.app.db;
        let first = Movement { subject: Some(user), ..world.movement(user, 5, Kind::Purchase, "k") };
        for _ in 0..2 {
            let after = in_tx(db, async |tx| ledger::credit(tx, &first).await).await.unwrap();
            assert_eq!(after.balance, 5);
        }
        for (again, expected) in [
            (Movement { user: other, ..first.clone() }, Difference::Account),
            (Movement { amount: 6, ..first.clone() }, Difference::Amount),
            (Movement { kind: Kind::Grant, ..first.clone() }, Difference::Kind),
            (Movement { subject: None, ..first.clone() }, Difference::Subject),
        ] {
            differs(in_tx(db, async |tx| ledger::credit(tx, &again).await).await, expected);
        }
        differs(in_tx(db, async |tx| ledger::debit(tx, &first).await).await, Difference::Account);
        let between = world.movement(user, 1, Kind::Heist, "h");
        let refused = in_tx(db, async |tx| ledger::credit(tx, &between).await).await;
        assert!(matches!(refused, Err(MovementError::BetweenUsers(Kind::Heist))), "{refused:?}");
        world.ledger_holds().await;
    }

    async fn a_hold(world) {
        let (user, other) = (world.user(100).await.user, world.user(100).await.user);
        let db = &world.app.db;
        let first = Movement { subject: Some(user), ..world.movement(user, 80, Kind::Job, "job:1:hold") };
        let (id, after) = in_tx(db, async |tx| ledger::hold(tx, &first).await).await.unwrap();
        assert_eq!(after, Balance { balance: 100, held: 80, debt: 0 });
        // Twenty are left; the same hold again needs none of them.
        assert_eq!(in_tx(db, async |tx| ledger::hold(tx, &first).await).await.unwrap(), (id, after));
        for (again, expected) in [
            (Movement { amount: 81, ..first.clone() }, Difference::Amount),
            (Movement { amount: 10, ..first.clone() }, Difference::Amount),
            (Movement { user: other, ..first.clone() }, Difference::Account),
            (Movement { kind: Kind::Pull, ..first.clone() }, Difference::Kind),
            (Movement { subject: Some(other), ..first.clone() }, Difference::Subject),
        ] {
            differs(in_tx(db, async |tx| ledger::hold(tx, &again).await).await, expected);
        }
        let settle = Movement { amount: 30, key: "job:1:settle".into(), ..first.clone() };
        in_tx(db, async |tx| ledger::settle(tx, id, &settle).await).await.unwrap();
        let (again, _) = in_tx(db, async |tx| ledger::hold(tx, &first).await).await.unwrap();
        assert_eq!((again, state(&world, user).await), (id, Balance { balance: 70, held: 0, debt: 0 }));
        world.ledger_holds().await;
    }

    async fn a_settlement(world) {
        let (user, other) = (world.user(100).await.user, world.user(100).await.user);
        let db = &world.app.db;
        let first = Movement { subject: Some(user), ..world.movement(user, 40, Kind::Job, "job:1:hold") };
        let second = Movement { key: "job:2:hold".into(), ..first.clone() };
        let (id, _) = in_tx(db, async |tx| ledger::hold(tx, &first).await).await.unwrap();
        let (spare, _) = in_tx(db, async |tx| ledger::hold(tx, &second).await).await.unwrap();
        let settle = Movement { amount: 30, key: "job:1:settle".into(), ..first.clone() };
        for _ in 0..2 {
            let after = in_tx(db, async |tx| ledger::settle(tx, id, &settle).await).await.unwrap();
            assert_eq!(after, Balance { balance: 70, held: 40, debt: 0 });
        }
        for (hold, again, expected) in [
            (id, Movement { amount: 31, ..settle.clone() }, Difference::Split),
            (id, Movement { amount: 0, ..settle.clone() }, Difference::Split),
            (id, Movement { kind: Kind::Pull, ..settle.clone() }, Difference::Kind),
            (id, Movement { subject: None, ..settle.clone() }, Difference::Subject),
            (id, Movement { user: other, ..settle.clone() }, Difference::Account),
            (spare, settle.clone(), Difference::Hold),
        ] {
            differs(in_tx(db, async |tx| ledger::settle(tx, hold, &again).await).await, expected);
        }
        let key = Movement { key: "job:1:again".into(), ..settle.clone() };
        let refused = in_tx(db, async |tx| ledger::settle(tx, id, &key).await).await;
        assert!(matches!(refused, Err(MovementError::AlreadySettled)), "{refused:?}");
        for (hold, user) in [(Uuid::now_v7(), user), (spare, other)] {
            let key = Movement { key: "job:2:settle".into(), user, ..settle.clone() };
            let refused = in_tx(db, async |tx| ledger::settle(tx, hold, &key).await).await;
            assert!(matches!(refused, Err(MovementError::NoSuchHold)), "{refused:?}");
        }
        assert_eq!(state(&world, user).await, Balance { balance: 70, held: 40, debt: 0 });
        world.ledger_holds().await;
    }

    async fn a_taking_back(world) {
        let (user, other) = (world.user(100).await.user, world.user(100).await.user);
        let db = &world.app.db;
        let first = Movement { subject: Some(user), ..world.movement(user, 150, Kind::Clawback, "takeback:1") };
        for _ in 0..2 {
            let all = Claim::All;
            let done = in_tx(db, async |tx| ledger::claw_back(tx, &first, Cause::Grant, all).await).await.unwrap();
            assert_eq!((done.taking.taken, done.taking.open), (100, 50));
            assert_eq!(done.balance, Balance { balance: 0, held: 0, debt: 50 });
        }
        for (again, cause, expected) in [
            (Movement { amount: 151, ..first.clone() }, Cause::Grant, Difference::Amount),
            (Movement { amount: 99, ..first.clone() }, Cause::Grant, Difference::Amount),
            (Movement { user: other, ..first.clone() }, Cause::Grant, Difference::Account),
            (Movement { subject: None, ..first.clone() }, Cause::Grant, Difference::Subject),
            (first.clone(), Cause::Refund, Difference::Cause),
        ] {
            let result = in_tx(db, async |tx| ledger::claw_back(tx, &again, cause, Claim::All).await).await;
            differs(result, expected);
        }
        let taken = world.movement(user, 7, Kind::Grant, "k");
        in_tx(db, async |tx| ledger::credit(tx, &taken).await).await.unwrap();
        let key = Movement { key: "k".into(), ..first.clone() };
        let result = in_tx(db, async |tx| ledger::claw_back(tx, &key, Cause::Grant, Claim::All).await).await;
        assert!(matches!(result, Err(MovementError::Exists { .. })), "{result:?}");
        world.ledger_holds().await;
    }

    async fn a_refund_and_its_end(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        for _ in 0..2 {
            let done = bought.taken(&world, Cause::Refund, "refund:1", 200).await.unwrap();
            assert_eq!((done.taking.taken, done.balance.balance), (251, 249));
        }
        differs(bought.taken(&world, Cause::Refund, "refund:1", 201).await, Difference::Share);
        differs(bought.taken(&world, Cause::Dispute, "refund:1", 200).await, Difference::Cause);
        for _ in 0..2 {
            let done = bought.undone(&world, Cause::Refund, "refund:1", "refund:1:failed").await.unwrap();
            assert_eq!(done.balance.balance, 500);
        }
        let other = bought.undone(&world, Cause::Refund, "refund:1", "refund:1:canceled").await;
        assert!(matches!(other, Err(MovementError::AlreadyGivenBack)), "{other:?}");
        // What was given back stays so, however often the refund is told again.
        assert_eq!(bought.taken(&world, Cause::Refund, "refund:1", 200).await.unwrap().balance.balance, 500);
        bought.taken(&world, Cause::Refund, "refund:2", 10).await.unwrap();
        differs(bought.undone(&world, Cause::Refund, "refund:2", "refund:1:failed").await, Difference::Amount);
        world.ledger_holds().await;
    }
}
