//! Many at once, on real databases: one success where one is allowed, nothing lost, nothing in the red.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::{heist::Status, ledger::Kind},
    flow::{Actor, account, heist, points},
    store::ledger,
};

use super::ground::{ask, attempt, give, has, invariants, player, pushed, work};
use crate::{
    accounts::people::{PASSWORD, actor, password},
    world::{World, over_both},
};

/// Everybody asks at once; the answers name the attempts.
async fn all_ask(world: &World, who: Vec<(Actor, Uuid)>) -> Vec<(Actor, Uuid)> {
    let asking: Vec<_> = who
        .into_iter()
        .map(|(robber, target)| {
            let app = world.app.clone();
            tokio::spawn(async move {
                let asked = heist::ask(&app, &robber, None, target).await.unwrap();
                let heist::Asked::Attempt(id) = asked else { panic!("not recorded: {asked:?}") };
                (robber, id)
            })
        })
        .collect();
    let mut ids = Vec::new();
    for one in asking {
        ids.push(one.await.unwrap());
    }
    ids
}

/// Applies everything by several workers at once, each task by its own.
async fn all_work(world: &World, batch: usize) {
    loop {
        let ids = pushed(world).await;
        if ids.is_empty() {
            return;
        }
        let working: Vec<_> = ids
            .chunks(batch)
            .map(|batch| {
                let (app, batch) = (world.app.clone(), batch.to_vec());
                tokio::spawn(async move { heist::apply(&app, &batch).await.unwrap() })
            })
            .collect();
        for one in working {
            one.await.unwrap();
        }
    }
}

async fn count(world: &World, ids: &[(Actor, Uuid)], status: Status) -> usize {
    let mut found = 0;
    for (robber, id) in ids {
        found += usize::from(attempt(world, robber, *id).await.status == status);
    }
    found
}

over_both! {
    async fn ten_heists_with_one_token_succeed_once(world) {
        for batch in [1, 4, 64] {
            let ann = player(&world, 0, 1).await;
            let mut who = Vec::new();
            for _ in 0..10 {
                who.push((ann.clone(), player(&world, 400, 0).await.user));
            }
            let ids = all_ask(&world, who).await;
            all_work(&world, batch).await;
            assert_eq!(count(&world, &ids, Status::Success).await, 1, "in batches of {batch}");
            assert_eq!(count(&world, &ids, Status::FailedInsufficientTokens).await, 9);
            assert_eq!(has(&world, &ann).await, (20, 0));
        }
        invariants(&world).await;
    }

    async fn fifty_robbers_of_one_victim_succeed_once(world) {
        for batch in [1, 7, 64] {
            let bob = player(&world, 1_000, 0).await;
            let mut who = Vec::new();
            for _ in 0..50 {
                who.push((player(&world, 0, 1).await, bob.user));
            }
            let ids = all_ask(&world, who).await;
            all_work(&world, batch).await;
            assert_eq!(count(&world, &ids, Status::Success).await, 1, "in batches of {batch}");
            assert_eq!(count(&world, &ids, Status::FailedTargetProtected).await, 49);
            assert_eq!(has(&world, &bob).await.0, 950);
        }
        invariants(&world).await;
    }

    async fn two_who_rob_each_other_both_succeed(world) {
        for batch in [1, 64] {
            for _ in 0..8 {
                let (ann, bob) = (player(&world, 400, 1).await, player(&world, 400, 1).await);
                let ids = all_ask(&world, vec![(ann.clone(), bob.user), (bob.clone(), ann.user)]).await;
                all_work(&world, batch).await;
                assert_eq!(count(&world, &ids, Status::Success).await, 2);
                let (one, other) = (has(&world, &ann).await, has(&world, &bob).await);
                assert_eq!((one.0 + other.0, one.1 + other.1), (800, 0));
            }
        }
        invariants(&world).await;
    }

    async fn heists_against_check_ins_shields_and_leaving(world) {
        let mut robbers = Vec::new();
        for round in 0..6 {
            let bob = actor(&world.sign_up(&format!("bobby{round}")).await);
            give(&world, &bob, 975, 0).await;
            let ann = player(&world, 0, 1).await;
            let ids = all_ask(&world, vec![(ann.clone(), bob.user)]).await;
            let app = &world.app;
            let secret = password(PASSWORD);
            let (_, checked, shield, gone) = tokio::join!(
                all_work(&world, 1),
                points::check_in(app, &bob, None),
                heist::buy_shield(app, &bob, None),
                async { if round % 2 == 0 { account::delete::delete(app, &bob, &secret).await } else { Ok(()) } },
            );
            gone.unwrap();
            drop((checked, shield));
            let ended = attempt(&world, &ann, ids[0].1).await.status;
            assert!(matches!(ended, Status::Success | Status::FailedShield | Status::FailedInvalidTarget), "{ended:?}");
            robbers.push(ann);
        }
        world.pass(Duration::from_secs(3_600));
        for ann in robbers {
            assert!(has(&world, &ann).await.0 <= 50);
        }
        invariants(&world).await;
    }

    async fn a_crowd_that_robs_each_other_in_small_batches_conserves_everything(world) {
        let mut crowd = Vec::new();
        for _ in 0..16 {
            crowd.push(player(&world, 200, 3).await);
        }
        let who = (0..48).map(|n| (crowd[n % 16].clone(), crowd[(n * 7 + 3 + n / 16) % 16].user));
        let ids = all_ask(&world, who.collect()).await;
        all_work(&world, 3).await;
        let successes = count(&world, &ids, Status::Success).await;
        let (mut points, mut tokens) = (0, 0);
        for one in &crowd {
            let (own, left) = has(&world, one).await;
            points += own;
            tokens += left;
        }
        assert_eq!(points, 16 * 200);
        assert_eq!(usize::try_from(tokens).unwrap(), 48 - successes);
        assert!(successes >= 1);
        invariants(&world).await;
    }

    async fn a_task_that_breaks_does_not_hold_up_its_batch(world) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        let (cid, dan) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        let broken = ask(&world, &ann, bob.user).await.unwrap();
        let fine = ask(&world, &cid, dan.user).await.unwrap();
        // Somebody used the key of the first one's movement before: writing it breaks the batch.
        let mut tx = world.app.db.begin().await.unwrap();
        let movement = world.movement(ann.user, 1, Kind::Grant, format!("heist:{broken}"));
        ledger::credit(&mut tx, &movement).await.unwrap();
        tx.commit().await.unwrap();
        let ids = pushed(&world).await;
        assert_eq!(heist::apply(&world.app, &ids).await.unwrap(), 1);
        assert_eq!(attempt(&world, &cid, fine).await.status, Status::Success);
        assert_eq!(attempt(&world, &ann, broken).await.status, Status::Pending);
        assert_eq!(has(&world, &ann).await, (0, 1));
        let waits = "SELECT COUNT(*) FROM outbox WHERE queue = 'heists' AND state = 'later' AND last_error IS NOT NULL";
        assert_eq!(world.number(waits).await, 1);
        work(&world).await;
    }
}
