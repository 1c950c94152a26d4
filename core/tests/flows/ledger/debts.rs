//! Debts by cause: what each event takes, who pays it, what comes back.

use vanikeys_core::{
    domain::ledger::{Balance, Cause, Claim, Kind, Movement},
    store::ledger,
};

use super::{Bought, in_tx, spend, state};
use crate::world::over_both;

const fn owes(balance: i64, debt: i64) -> Balance {
    Balance { balance, held: 0, debt }
}

over_both! {
    /// Purchase 500, spent 450, refund 500: 50 taken, debt 450; the next purchase of 500 leaves 50.
    async fn a_refund_of_spent_tokens_is_paid_by_the_next_purchase(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        spend(&world, user, 450).await.unwrap();
        let done = bought.taken(&world, Cause::Refund, "refund:1", 399).await.unwrap();
        assert_eq!((done.taking.asked, done.taking.taken, done.taking.open, done.balance), (500, 50, 450, owes(0, 450)));
        spend(&world, user, 1).await.unwrap_err();
        Bought::pay(&world, user, 500).await;
        assert_eq!(state(&world, user).await, owes(50, 0));
        let again = bought.taken(&world, Cause::Refund, "refund:1", 399).await.unwrap();
        assert_eq!((again.taking.taken, again.taking.repaid, again.taking.open), (50, 450, 0));
        world.ledger_holds().await;
    }

    async fn the_oldest_debt_is_paid_first(world) {
        let user = world.user(0).await.user;
        let (one, two) = (Bought::pay(&world, user, 100).await, Bought::pay(&world, user, 200).await);
        spend(&world, user, 300).await.unwrap();
        one.taken(&world, Cause::Dispute, "dispute:1", 399).await.unwrap();
        world.pass(std::time::Duration::from_secs(1));
        two.taken(&world, Cause::Refund, "refund:2", 399).await.unwrap();
        assert_eq!(state(&world, user).await, owes(0, 300));
        Bought::pay(&world, user, 150).await;
        let open = "SELECT key || ' ' || open || ' ' || repaid FROM takings ORDER BY key";
        assert_eq!(world.texts(open).await, ["dispute:1 0 100", "refund:2 150 50"]);
        world.ledger_holds().await;
    }

    async fn a_won_dispute_gives_back_what_it_took_and_was_repaid_and_forgives_the_rest(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        spend(&world, user, 400).await.unwrap();
        bought.taken(&world, Cause::Dispute, "dispute:1", 399).await.unwrap();
        Bought::pay(&world, user, 150).await;
        assert_eq!(state(&world, user).await, owes(0, 250));
        let won = bought.undone(&world, Cause::Dispute, "dispute:1", "dispute:1:won").await.unwrap();
        assert_eq!((won.taking.taken, won.taking.repaid, won.taking.forgiven), (100, 150, 250));
        assert_eq!(won.balance, owes(250, 0));
        world.ledger_holds().await;
    }

    /// Won and opened come in the other order: nothing is ever taken.
    async fn a_dispute_that_is_won_before_it_is_known_takes_nothing(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        for _ in 0..2 {
            let won = bought.undone(&world, Cause::Dispute, "dispute:1", "dispute:1:won").await.unwrap();
            assert_eq!(won.balance, owes(500, 0));
        }
        for _ in 0..2 {
            let done = bought.taken(&world, Cause::Dispute, "dispute:1", 399).await.unwrap();
            assert_eq!((done.taking.asked, done.taking.forgiven, done.balance), (500, 500, owes(500, 0)));
        }
        let won = bought.undone(&world, Cause::Dispute, "dispute:1", "dispute:1:won").await.unwrap();
        assert_eq!(won.balance, owes(500, 0));
        // It never stood, so a refund takes everything.
        assert_eq!(bought.taken(&world, Cause::Refund, "refund:1", 399).await.unwrap().balance, owes(0, 0));
        world.ledger_holds().await;
    }

    async fn what_comes_back_pays_other_debt_first(world) {
        let user = world.user(0).await.user;
        let (one, two) = (Bought::pay(&world, user, 100).await, Bought::pay(&world, user, 200).await);
        one.taken(&world, Cause::Dispute, "dispute:1", 399).await.unwrap();
        spend(&world, user, 200).await.unwrap();
        two.taken(&world, Cause::Refund, "refund:2", 399).await.unwrap();
        let won = one.undone(&world, Cause::Dispute, "dispute:1", "dispute:1:won").await.unwrap();
        assert_eq!(won.balance, owes(0, 100));
        world.ledger_holds().await;
    }

    async fn refund_and_dispute_together_never_take_more_than_the_purchase_gave(world) {
        let user = world.user(1_000).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        bought.taken(&world, Cause::Refund, "refund:1", 200).await.unwrap();
        let dispute = bought.taken(&world, Cause::Dispute, "dispute:1", 399).await.unwrap();
        assert_eq!((dispute.taking.asked, dispute.taking.taken, dispute.balance.balance), (500, 249, 1_000));
        let second = bought.taken(&world, Cause::Refund, "refund:2", 199).await.unwrap();
        assert_eq!((second.taking.asked, second.taking.covered, second.taking.taken), (249, 249, 0));
        // The dispute is won, so what the second refund asked for stays taken, and is the refund's.
        let won = bought.undone(&world, Cause::Dispute, "dispute:1", "dispute:1:won").await.unwrap();
        assert_eq!((won.taking.taken, won.balance.balance), (0, 1_000));
        let failed = bought.undone(&world, Cause::Refund, "refund:2", "refund:2:failed").await.unwrap();
        assert_eq!(failed.balance.balance, 1_249);
        world.ledger_holds().await;
    }

    async fn a_refund_that_failed_gives_back_what_it_took(world) {
        let user = world.user(0).await.user;
        let bought = Bought::pay(&world, user, 500).await;
        for (key, cents) in [("refund:1", 133), ("refund:2", 133), ("refund:3", 133)] {
            bought.taken(&world, Cause::Refund, key, cents).await.unwrap();
        }
        assert_eq!(state(&world, user).await, owes(0, 0));
        let failed = bought.undone(&world, Cause::Refund, "refund:2", "refund:2:failed").await.unwrap();
        assert_eq!(failed.balance, owes(167, 0));
        bought.taken(&world, Cause::Refund, "refund:4", 133).await.unwrap();
        assert_eq!(state(&world, user).await, owes(0, 0));
        world.ledger_holds().await;
    }

    /// What a program of the release before took back has no row yet; it is paid and written down all the same.
    async fn debt_without_a_cause_is_paid_too(world) {
        let user = world.user(0).await.user;
        let movement = Movement { subject: Some(user), ..world.movement(user, 80, Kind::Clawback, "takeback:1") };
        in_tx(&world.app.db, async |tx| ledger::claw_back(tx, &movement, Cause::Grant, Claim::All).await).await.unwrap();
        let mut tx = world.app.db.begin().await.unwrap();
        world.execute(&mut tx, "UPDATE ledger_accounts SET debt = debt + 20 WHERE owner = $1", user).await.unwrap();
        tx.commit().await.unwrap();
        Bought::pay(&world, user, 150).await;
        assert_eq!(state(&world, user).await, owes(50, 0));
        let rows = "SELECT cause || ' ' || repaid FROM takings ORDER BY cause";
        assert_eq!(world.texts(rows).await, ["grant 80", "unknown 20"]);
        world.ledger_holds().await;
    }
}
