//! Tasks of the outbox that act outside.

use uuid::Uuid;
use vanikeys_core::{
    clients::acting::Acting,
    domain::{
        task::{Queue, TaskState},
        time::Timestamp,
    },
    flow::{
        outside::tasks::{Effect, perform},
        tasks::{self, Claimed, Taken},
    },
    queue::{Owed, Stop, webhooks::Webhook},
    store::{StoreResult, Tx},
};

use super::{Mood, Shop, trace, traces};
use crate::{
    tasks::{all, claim},
    world::{World, over_both},
};

struct Order<'a> {
    shop: &'a Shop,
    user: Uuid,
}

impl Effect for Order<'_> {
    type Outcome = Mood;

    async fn act(&self, acting: &Acting) -> Mood {
        self.shop.call(acting).await
    }

    async fn settle(&self, tx: &mut Tx, mood: &Mood, at: Timestamp) -> StoreResult<Result<(), Stop>> {
        trace(tx, self.user, at).await?;
        Ok(match mood {
            Mood::Sells => Ok(()),
            Mood::Declines => Err(Stop::Fail(String::from("declined"))),
            Mood::Away | Mood::Mute => Err(Stop::Retry(String::from("away"))),
        })
    }
}

/// Owes a task and claims it.
async fn claimed(world: &World, user: Uuid) -> Claimed {
    let mut tx = world.app.db.begin().await.unwrap();
    let owed = Webhook::Deliver { delivery_id: Uuid::now_v7() };
    Owed::new(&owed, world.app.clock.now()).of(user).enqueue(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    claim(world, Queue::Webhooks).await.remove(0)
}

async fn claim_again(world: &World, task: &Claimed) -> Option<Claimed> {
    tasks::claim(&world.app, task.fence.id, task.queue.lease()).await.unwrap()
}

async fn lease_ends(world: &World, task: &Claimed) {
    let mut tx = world.app.db.begin().await.unwrap();
    world.execute(&mut tx, "UPDATE outbox SET lease_until = 0 WHERE id = $1", task.fence.id).await.unwrap();
    tx.commit().await.unwrap();
}

async fn state(world: &World) -> TaskState {
    all(world, Queue::Webhooks).await.remove(0).state
}

over_both! {
    async fn whoever_dies_before_the_act_has_done_nothing(world) {
        let (shop, user) = (Shop::new(Mood::Sells), world.user(0).await.user);
        let first = claimed(&world, user).await;
        assert!(claim_again(&world, &first).await.is_none(), "its lease runs");
        lease_ends(&world, &first).await;
        let second = claim_again(&world, &first).await.unwrap();
        assert_eq!(perform(&world.app, &second, &Order { shop: &shop, user }).await, Ok(()));
        let called = shop.calls().clone();
        assert_eq!((called.as_slice(), traces(&world).await), ([first.fence.id].as_slice(), 1));
        assert_eq!(state(&world).await, TaskState::Done);
    }

    async fn whoever_dies_between_act_and_settlement_is_followed_under_the_same_id(world) {
        let (shop, user) = (Shop::new(Mood::Mute), world.user(0).await.user);
        let first = claimed(&world, user).await;
        shop.dies_when_called(perform(&world.app, &first, &Order { shop: &shop, user })).await;
        assert_eq!((traces(&world).await, state(&world).await), (0, TaskState::Running));
        lease_ends(&world, &first).await;
        shop.becomes(Mood::Sells);
        let second = claim_again(&world, &first).await.unwrap();
        assert_eq!(perform(&world.app, &second, &Order { shop: &shop, user }).await, Ok(()));
        let called = shop.calls().clone();
        assert_eq!((called.as_slice(), traces(&world).await), ([first.fence.id; 2].as_slice(), 1));
    }

    async fn whoever_dies_after_the_settlement_leaves_nothing_to_do(world) {
        let (shop, user) = (Shop::new(Mood::Sells), world.user(0).await.user);
        let first = claimed(&world, user).await;
        assert_eq!(perform(&world.app, &first, &Order { shop: &shop, user }).await, Ok(()));
        // The item comes from the queue again, since nobody acknowledged it.
        lease_ends(&world, &first).await;
        assert!(claim_again(&world, &first).await.is_none());
        assert_eq!(perform(&world.app, &first, &Order { shop: &shop, user }).await, Err(Stop::Stale), "not even so");
        assert_eq!(traces(&world).await, 1);
    }

    async fn whoever_comes_after_the_lease_writes_nothing(world) {
        let (shop, user) = (Shop::new(Mood::Sells), world.user(0).await.user);
        let slow = claimed(&world, user).await;
        lease_ends(&world, &slow).await;
        let quick = claim_again(&world, &slow).await.unwrap();
        assert_eq!(perform(&world.app, &slow, &Order { shop: &shop, user }).await, Err(Stop::Stale));
        assert_eq!((traces(&world).await, state(&world).await), (0, TaskState::Running));
        assert_eq!(perform(&world.app, &quick, &Order { shop: &shop, user }).await, Ok(()));
        let called = shop.calls().clone();
        assert_eq!((called.as_slice(), traces(&world).await), ([slow.fence.id; 2].as_slice(), 1));
    }

    async fn what_fails_is_written_and_tried_again_or_dead(world) {
        let (shop, user) = (Shop::new(Mood::Away), world.user(0).await.user);
        let first = claimed(&world, user).await;
        let ended = perform(&world.app, &first, &Order { shop: &shop, user }).await;
        assert_eq!(ended, Err(Stop::Retry(String::from("away"))));
        assert_eq!(tasks::settle(&world.app, &first, ended).await.unwrap(), Taken::Again);
        world.pass(Queue::Webhooks.wait_after(1, 1.0).unwrap());
        shop.becomes(Mood::Declines);
        let second = claim(&world, Queue::Webhooks).await.remove(0);
        let ended = perform(&world.app, &second, &Order { shop: &shop, user }).await;
        assert_eq!(tasks::settle(&world.app, &second, ended).await.unwrap(), Taken::Dead);
        let called = shop.calls().len();
        assert_eq!((called, traces(&world).await), (2, 2));
    }
}
