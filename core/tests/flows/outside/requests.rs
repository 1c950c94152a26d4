//! Requests under an `Idempotency-Key` that act outside.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_core::{
    clients::acting::Acting,
    domain::time::Timestamp,
    flow::{
        Failure, Unavailable,
        outside::requests::{Request, run},
    },
    store::{Tx, idempotency::Key},
};

use super::{Mood, Shop, trace, traces};
use crate::world::{World, key, over_both};

struct Purchase<'a> {
    shop: &'a Shop,
    user: Uuid,
    amount: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
enum Refusal {
    #[error("nothing is ordered")]
    Nothing,
    #[error("the shop declined")]
    Declined,
}

impl Request for Purchase<'_> {
    type Plan = i64;
    type Outcome = Mood;
    type Answer = (Uuid, i64);
    type Refusal = Refusal;

    async fn prepare(&self, _: &mut Tx, _: Timestamp) -> Result<i64, Failure<Refusal>> {
        if self.amount > 0 { Ok(self.amount) } else { Err(Failure::Refused(Refusal::Nothing)) }
    }

    async fn act(&self, acting: &Acting, _: &i64) -> Result<Mood, Unavailable> {
        match self.shop.call(acting).await {
            Mood::Away => Err(Unavailable::new("the shop", "it is closed")),
            mood => Ok(mood),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        amount: &i64,
        mood: &Mood,
        at: Timestamp,
    ) -> Result<Result<(Uuid, i64), Refusal>, Failure<Refusal>> {
        trace(tx, self.user, at).await?;
        Ok(if *mood == Mood::Sells { Ok((Uuid::now_v7(), *amount)) } else { Err(Refusal::Declined) })
    }
}

async fn lease_ends(world: &World, user: Uuid) {
    let mut tx = world.app.db.begin().await.unwrap();
    let text = format!("UPDATE idempotency_keys SET lease_until = 0 WHERE scope = '{user}' AND act_id <> $1");
    world.execute(&mut tx, &text, Uuid::nil()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn setup(world: &World) -> (Shop, Uuid, Key) {
    let actor = world.user(0).await;
    (Shop::new(Mood::Sells), actor.user, key(&actor, "one", 1))
}

fn refused(ended: Result<(Uuid, i64), Failure<Refusal>>) -> Refusal {
    match ended.unwrap_err() {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

over_both! {
    async fn a_repeat_is_answered_as_the_first_time(world) {
        let (shop, user, key) = setup(&world).await;
        let purchase = Purchase { shop: &shop, user, amount: 5 };
        let first = run(&world.app, &key, &purchase).await.unwrap();
        assert_eq!(run(&world.app, &key, &purchase).await.unwrap(), first);
        let called = shop.calls().len();
        assert_eq!((called, traces(&world).await), (1, 1));
        let other = Key { content_hash: [2; 32], ..key };
        assert!(matches!(run(&world.app, &other, &purchase).await, Err(Failure::KeyReused)));
    }

    async fn refusals_are_kept_wherever_they_come_from(world) {
        let (shop, user, key) = setup(&world).await;
        let nothing = Purchase { shop: &shop, user, amount: 0 };
        assert_eq!(refused(run(&world.app, &key, &nothing).await), Refusal::Nothing);
        let purchase = Purchase { amount: 5, ..nothing };
        assert_eq!(refused(run(&world.app, &key, &purchase).await), Refusal::Nothing, "the first answer");
        assert!(shop.calls().is_empty());
        shop.becomes(Mood::Declines);
        let second = Key { key: String::from("two"), ..key };
        assert_eq!(refused(run(&world.app, &second, &purchase).await), Refusal::Declined);
        shop.becomes(Mood::Sells);
        assert_eq!(refused(run(&world.app, &second, &purchase).await), Refusal::Declined);
        let called = shop.calls().len();
        assert_eq!((called, traces(&world).await), (1, 1), "what was written with the refusal stays");
    }

    async fn an_outside_that_is_away_can_be_tried_again_at_once_under_the_same_id(world) {
        let (shop, user, key) = setup(&world).await;
        let purchase = Purchase { shop: &shop, user, amount: 5 };
        shop.becomes(Mood::Away);
        let away = run(&world.app, &key, &purchase).await.unwrap_err();
        assert!(matches!(&away, Failure::Unavailable(away) if away.what == "the shop"), "{away}");
        shop.becomes(Mood::Sells);
        run(&world.app, &key, &purchase).await.unwrap();
        let calls = shop.calls().clone();
        assert_eq!((calls.len(), calls[0], traces(&world).await), (2, calls[1], 1));
    }

    async fn whoever_takes_over_acts_by_what_was_planned_and_settles_once(world) {
        let (shop, user, key) = setup(&world).await;
        let purchase = Purchase { shop: &shop, user, amount: 5 };
        shop.becomes(Mood::Mute);
        shop.dies_when_called(run(&world.app, &key, &purchase)).await;
        let recorded = "SELECT COUNT(*) FROM idempotency_keys WHERE answer IS NULL AND plan = '5'";
        assert_eq!((world.number(recorded).await, traces(&world).await), (1, 0), "that it is under way is recorded");
        lease_ends(&world, user).await;
        shop.becomes(Mood::Sells);
        let changed_since = Purchase { amount: 9, ..purchase };
        assert_eq!(run(&world.app, &key, &changed_since).await.unwrap().1, 5);
        let calls = shop.calls().clone();
        assert_eq!((calls.len(), calls[0], traces(&world).await), (2, calls[1], 1));
        assert_eq!(world.number(recorded).await, 0);
    }

    async fn a_twin_waits_for_the_answer(world) {
        let (shop, user, key) = setup(&world).await;
        let purchase = Purchase { shop: &shop, user, amount: 5 };
        let (one, two, three) = tokio::join!(
            run(&world.app, &key, &purchase),
            run(&world.app, &key, &purchase),
            run(&world.app, &key, &purchase)
        );
        let one = one.unwrap();
        assert_eq!((two.unwrap(), three.unwrap()), (one, one));
        let called = shop.calls().len();
        assert_eq!((called, traces(&world).await), (1, 1));
    }

    async fn whoever_comes_after_the_lease_writes_nothing_and_gets_the_answer(world) {
        let (shop, user, key) = setup(&world).await;
        let (slow_shop, order) = (Shop::new(Mood::Sells), Purchase { shop: &shop, user, amount: 5 });
        // While the slow one acts, its lease ends and another does it all.
        struct Slow<'a>(Purchase<'a>, &'a World, Key);
        impl Request for Slow<'_> {
            type Plan = i64;
            type Outcome = (Uuid, i64);
            type Answer = (Uuid, i64);
            type Refusal = Refusal;
            async fn prepare(&self, tx: &mut Tx, at: Timestamp) -> Result<i64, Failure<Refusal>> {
                self.0.prepare(tx, at).await
            }
            async fn act(&self, _: &Acting, _: &i64) -> Result<(Uuid, i64), Unavailable> {
                lease_ends(self.1, self.0.user).await;
                Ok(run(&self.1.app, &self.2, &self.0).await.unwrap())
            }
            async fn settle(
                &self,
                _: &mut Tx,
                _: &i64,
                _: &(Uuid, i64),
                _: Timestamp,
            ) -> Result<Result<(Uuid, i64), Refusal>, Failure<Refusal>> {
                panic!("its claim is over")
            }
        }
        let slow = Slow(Purchase { shop: &slow_shop, ..order }, &world, key.clone());
        let answer = run(&world.app, &key, &slow).await.unwrap();
        assert_eq!(answer.1, 5);
        let quick = Purchase { shop: &shop, user, amount: 5 };
        assert_eq!(run(&world.app, &key, &quick).await.unwrap(), answer);
        let called = slow_shop.calls().len();
        assert_eq!((called, traces(&world).await), (1, 1));
    }
}
