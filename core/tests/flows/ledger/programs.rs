//! Random programs of movements on a real ledger: against a model of a few lines, and of purchases with everything
//! that may become of them, against what must always hold.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;
use vanikeys_core::{
    domain::ledger::{Balance, Cause, Claim, Kind, Movement},
    store::ledger::{self, MovementError},
};

use super::{Bought, spend, state};
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

/// One movement in a transaction of its own; rolled back if it is refused.
async fn apply(
    world: &World,
    user: Uuid,
    step: &Move,
    key: &str,
    holds: &mut Vec<(Uuid, i64)>,
) -> Result<(), MovementError> {
    let of = |amount, kind| Movement { subject: Some(user), ..world.movement(user, amount, kind, key) };
    let mut tx = world.app.db.begin().await?;
    match step {
        Move::Credit(n) => {
            ledger::credit(&mut tx, &of(*n, Kind::Purchase)).await?;
        }
        Move::Debit(n) => {
            ledger::debit(&mut tx, &of(*n, Kind::Pull)).await?;
        }
        Move::Hold(n) => holds.push((ledger::hold(&mut tx, &of(*n, Kind::Job)).await?.0, *n)),
        Move::Settle { which, percent } => {
            if holds.is_empty() {
                return Ok(());
            }
            let (id, amount) = holds.remove(which % holds.len());
            ledger::settle(&mut tx, id, &of(amount * percent / 100, Kind::Job)).await?;
        }
        Move::ClawBack(n) => {
            let movement = Movement { subject: None, ..of(*n, Kind::Clawback) };
            ledger::claw_back(&mut tx, &movement, Cause::Grant, Claim::All).await?;
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
        assert_eq!(state(world, user).await, expected);
    }
}

/// What may happen to purchases. Numbers choose among those that there are, and name events, so that they repeat.
#[derive(Clone, Debug)]
enum Event {
    Buy(i64),
    Spend(i64),
    Hold(i64),
    Settle(usize, i64),
    Refund { purchase: usize, number: u8, cents: i64 },
    RefundFailed { purchase: usize, number: u8 },
    Dispute { purchase: usize, cents: i64 },
    DisputeWon { purchase: usize },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let (amount, purchase, number) = (1i64..500, 0usize..3, 0u8..3);
    let one = prop_oneof![
        3 => amount.clone().prop_map(Event::Buy),
        3 => amount.clone().prop_map(Event::Spend),
        2 => amount.clone().prop_map(Event::Hold),
        2 => (any::<usize>(), 0i64..=100).prop_map(|(which, percent)| Event::Settle(which, percent)),
        3 => (purchase.clone(), number.clone(), 1i64..200)
            .prop_map(|(purchase, number, cents)| Event::Refund { purchase, number, cents }),
        1 => (purchase.clone(), number).prop_map(|(purchase, number)| Event::RefundFailed { purchase, number }),
        2 => (purchase.clone(), prop_oneof![Just(399i64), 1i64..399])
            .prop_map(|(purchase, cents)| Event::Dispute { purchase, cents }),
        2 => purchase.prop_map(|purchase| Event::DisputeWon { purchase }),
    ];
    proptest::collection::vec(one, 1..30)
}

/// What a program has made so far.
#[derive(Default)]
struct Made {
    bought: Vec<Bought>,
    holds: Vec<(Uuid, i64)>,
}

impl Made {
    fn purchase(&self, number: usize) -> Option<Bought> {
        self.bought.get(number % self.bought.len().max(1)).copied()
    }

    async fn apply(&mut self, world: &World, user: Uuid, event: &Event) -> Result<(), MovementError> {
        match *event {
            Event::Buy(tokens) => self.bought.push(Bought::pay(world, user, tokens).await),
            Event::Spend(tokens) => {
                spend(world, user, tokens).await?;
            }
            Event::Hold(amount) => {
                let movement = world.movement(user, amount, Kind::Job, Uuid::now_v7().to_string());
                let movement = Movement { subject: Some(user), ..movement };
                let (id, _) = super::in_tx(&world.app.db, async |tx| ledger::hold(tx, &movement).await).await?;
                self.holds.push((id, amount));
            }
            Event::Settle(which, percent) if !self.holds.is_empty() => {
                let (id, amount) = self.holds.remove(which % self.holds.len());
                let movement = world.movement(user, amount * percent / 100, Kind::Job, Uuid::now_v7().to_string());
                super::in_tx(&world.app.db, async |tx| ledger::settle(tx, id, &movement).await).await?;
            }
            Event::Settle(..) => {}
            Event::Refund { purchase, number, cents } => {
                if let Some(bought) = self.purchase(purchase) {
                    bought.taken(world, Cause::Refund, &format!("refund:{}:{number}", bought.id), cents).await?;
                }
            }
            Event::RefundFailed { purchase, number } => {
                if let Some(bought) = self.purchase(purchase) {
                    let key = format!("refund:{}:{number}", bought.id);
                    bought.undone(world, Cause::Refund, &key, &format!("{key}:failed")).await?;
                }
            }
            Event::Dispute { purchase, cents } => {
                if let Some(bought) = self.purchase(purchase) {
                    bought.taken(world, Cause::Dispute, &format!("dispute:{}", bought.id), cents).await?;
                }
            }
            Event::DisputeWon { purchase } => {
                if let Some(bought) = self.purchase(purchase) {
                    let key = format!("dispute:{}", bought.id);
                    bought.undone(world, Cause::Dispute, &key, &format!("{key}:won")).await?;
                }
            }
        }
        Ok(())
    }
}

/// Is it an event that names itself, so that telling it again must change nothing?
const fn has_a_key(event: &Event) -> bool {
    !matches!(event, Event::Buy(_) | Event::Spend(_) | Event::Hold(_) | Event::Settle(..))
}

async fn live(world: &World, program: Vec<Event>) {
    let user = world.user(0).await.user;
    let mut made = Made::default();
    for event in program {
        match made.apply(world, user, &event).await {
            Ok(()) if has_a_key(&event) => {
                let before = state(world, user).await;
                made.apply(world, user, &event).await.unwrap();
                assert_eq!(state(world, user).await, before, "{event:?} again");
            }
            // Too little available, or a repeated key with another share of the purchase.
            Ok(()) | Err(MovementError::Refused(_) | MovementError::Exists { .. }) => {}
            Err(other) => panic!("{event:?}: {other}"),
        }
        let now = state(world, user).await;
        assert!(now.available() >= 0 && (now.debt == 0 || now.available() == 0), "{event:?}: {now:?}");
    }
    let over = "SELECT COUNT(*) FROM (SELECT SUM(asked - covered) AS took, MAX(gave) AS gave FROM takings \
                WHERE undo_key IS NULL GROUP BY subject) AS purchases WHERE took > gave";
    assert_eq!(world.number(over).await, 0, "a purchase was taken twice");
    world.ledger_holds().await;
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

    async fn any_program_of_purchases_and_what_becomes_of_them_keeps_the_books(world) {
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            runner
                .run(&events(), |program| {
                    handle.block_on(live(&world, program));
                    Ok(())
                })
                .unwrap();
        });
        let broken = vanikeys_core::flow::doctor::examine(&world.app).await.unwrap();
        // These purchases are told to the ledger by nobody's payments, so there are no rows to compare it with.
        let broken = broken.iter().filter(|one| one.grade == vanikeys_core::flow::doctor::Grade::Broken);
        let broken: Vec<_> = broken.filter(|one| one.check != "purchases").collect();
        assert!(broken.is_empty(), "{broken:?}");
    }
}
