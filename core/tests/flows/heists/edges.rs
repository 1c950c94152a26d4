//! The rules at their edges, where they meet real accounts: what is taken from how much, and each refusal once more
//! when a heist is applied that was fine when it was asked for.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::{heist::Status, time::Timestamp},
    flow::{Actor, By, account::delete::delete, admin::switches, points},
};

use super::ground::{ask, attempt, give, has, invariants, player, rob, work};
use crate::{
    accounts::people::{PASSWORD, actor, password},
    world::{World, over_both},
};

const HOUR: Duration = Duration::from_secs(3_600);

/// How an attempt ended, and that it spent nothing.
async fn refused(world: &World, robber: &Actor, id: Uuid) -> (Status, String) {
    let ended = attempt(world, robber, id).await;
    assert!(!ended.token_spent && ended.outcome.is_none() && ended.applied_at.is_some(), "{ended:?}");
    assert!(ended.message.is_some_and(|message| message.len() > 10));
    (ended.status, ended.failure_reason.unwrap())
}

over_both! {
    async fn what_is_taken_from_how_much(world) {
        for (points, taken) in [(20, 1), (39, 1), (40, 2), (1_999, 99), (2_000, 100), (2_001, 100), (10_000, 100)] {
            let (ann, bob) = (player(&world, 0, 1).await, player(&world, points, 0).await);
            let seen = vanikeys_core::flow::heist::can_rob(&world.app, &ann, bob.user).await.unwrap();
            assert_eq!((seen.eligible, seen.potential_steal), (true, taken), "{points}");
            assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success, "{points}");
            assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((taken, 0), (points - taken, 0)));
        }
        for points in [0, 1, 19] {
            let (ann, bob) = (player(&world, 0, 1).await, player(&world, points, 0).await);
            let told = (Status::FailedInsufficientPoints, Some("INVALID_TARGET".to_owned()));
            assert_eq!(rob(&world, &ann, &bob).await, told, "{points}");
            assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((0, 1), (points, 0)));
        }
        invariants(&world).await;
    }

    async fn a_token_that_another_heist_spent_meanwhile(world) {
        let (ann, bob, cid) = (player(&world, 0, 1).await, player(&world, 400, 0).await, player(&world, 400, 0).await);
        let first = ask(&world, &ann, bob.user).await.unwrap();
        let second = ask(&world, &ann, cid.user).await.unwrap();
        work(&world).await;
        assert_eq!(attempt(&world, &ann, first).await.status, Status::Success);
        let told = (Status::FailedInsufficientTokens, "INSUFFICIENT_TOKENS".to_owned());
        assert_eq!(refused(&world, &ann, second).await, told);
        assert_eq!((has(&world, &ann).await, has(&world, &cid).await), ((20, 0), (400, 0)));
        invariants(&world).await;
    }

    async fn a_cooldown_that_began_meanwhile(world) {
        let (ann, bob, cid) = (player(&world, 0, 2).await, player(&world, 400, 0).await, player(&world, 400, 0).await);
        let first = ask(&world, &ann, bob.user).await.unwrap();
        let second = ask(&world, &ann, cid.user).await.unwrap();
        work(&world).await;
        assert_eq!(attempt(&world, &ann, first).await.status, Status::Success);
        assert_eq!(refused(&world, &ann, second).await, (Status::FailedCooldown, "COOLDOWN_ACTIVE".to_owned()));
        assert_eq!((has(&world, &ann).await, has(&world, &cid).await), ((20, 1), (400, 0)));
        invariants(&world).await;
    }

    async fn a_day_that_was_used_up_meanwhile(world, |config| {
        config.heist.rules.cooldown = Duration::ZERO;
        config.heist.rules.per_day = 2;
    }) {
        let ann = player(&world, 0, 3).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(ask(&world, &ann, player(&world, 400, 0).await.user).await.unwrap());
        }
        work(&world).await;
        assert_eq!(refused(&world, &ann, ids[2]).await, (Status::FailedCooldown, "DAILY_LIMIT".to_owned()));
        assert_eq!(has(&world, &ann).await, (40, 1));
        invariants(&world).await;
    }

    async fn a_target_that_another_robbed_meanwhile(world) {
        let (ann, bob, cid) = (player(&world, 0, 1).await, player(&world, 400, 0).await, player(&world, 0, 1).await);
        ask(&world, &cid, bob.user).await.unwrap();
        let second = ask(&world, &ann, bob.user).await.unwrap();
        work(&world).await;
        let told = (Status::FailedTargetProtected, "TARGET_PROTECTED".to_owned());
        assert_eq!(refused(&world, &ann, second).await, told);
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((0, 1), (380, 0)));
        invariants(&world).await;
    }

    async fn a_target_that_fell_below_the_minimum_meanwhile(world, |config| config.heist.rules.protection = Duration::ZERO) {
        let (ann, bob, cid) = (player(&world, 0, 1).await, player(&world, 20, 0).await, player(&world, 0, 1).await);
        ask(&world, &cid, bob.user).await.unwrap();
        let second = ask(&world, &ann, bob.user).await.unwrap();
        work(&world).await;
        let told = (Status::FailedInsufficientPoints, "INVALID_TARGET".to_owned());
        assert_eq!(refused(&world, &ann, second).await, told);
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((0, 1), (19, 0)));
        invariants(&world).await;
    }

    async fn a_target_that_left_and_a_switch_that_was_turned_meanwhile(world) {
        let (ann, cid) = (player(&world, 0, 1).await, player(&world, 400, 0).await);
        let bob = actor(&world.sign_up("bobby").await);
        let gone = ask(&world, &ann, bob.user).await.unwrap();
        delete(&world.app, &bob, &password(PASSWORD)).await.unwrap();
        work(&world).await;
        assert_eq!(refused(&world, &ann, gone).await, (Status::FailedInvalidTarget, "TARGET_NOT_FOUND".to_owned()));
        let off = ask(&world, &ann, cid.user).await.unwrap();
        switches::set(&world.app, &By::default(), "heist.enabled", "false").await.unwrap();
        work(&world).await;
        assert_eq!(refused(&world, &ann, off).await, (Status::FailedCooldown, "FEATURE_DISABLED".to_owned()));
        assert_eq!((has(&world, &ann).await, has(&world, &cid).await), ((0, 1), (400, 0)));
        invariants(&world).await;
    }

    async fn a_month_that_turned_meanwhile_moves_points_of_the_new_one(world) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 2_000, 0).await);
        let midnight = Timestamp::parse("2026-12-01T00:00:00Z").unwrap();
        world.pass(midnight.since(world.app.clock.now()) - Duration::from_micros(1));
        let id = ask(&world, &ann, bob.user).await.unwrap();
        world.pass(Duration::from_micros(1));
        give(&world, &bob, 40, 0).await;
        work(&world).await;
        assert_eq!(attempt(&world, &ann, id).await.outcome.unwrap().points_stolen, 2, "of the new month's 40");
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((2, 0), (38, 0)));
        let old = points::board(&world.app, None, Some("2026-11".parse().unwrap()), 10, 0).await.unwrap();
        assert_eq!((old.items[0].user_id, old.items[0].points), (bob.user, 2_000), "the old one is as it was");
        // Cooldown and protection go on over the turn.
        world.pass(HOUR);
        give(&world, &ann, 100, 1).await;
        let cid = player(&world, 100, 1).await;
        assert_eq!(rob(&world, &ann, &cid).await.1.as_deref(), Some("COOLDOWN_ACTIVE"));
        assert_eq!(rob(&world, &cid, &bob).await.1.as_deref(), Some("TARGET_PROTECTED"));
        invariants(&world).await;
    }
}
