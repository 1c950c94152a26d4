//! Every refusal: what it says, how it is recorded, and that it costs nothing.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::heist::Status,
    flow::{
        By, Failure, account,
        admin::switches,
        heist::{self, Asked, ShieldRefusal},
    },
};

use super::ground::{ask, attempt, give, has, invariants, player, rob, work};
use crate::{
    accounts::people::{PASSWORD, actor, password},
    world::over_both,
};

over_both! {
    async fn each_refusal_is_recorded_and_spends_nothing(world) {
        let (ann, rich, poor) = (player(&world, 50, 1).await, player(&world, 1_000, 0).await, player(&world, 19, 0).await);
        let cases = [
            (&rich, &ann, Status::FailedInsufficientTokens, "INSUFFICIENT_TOKENS"),
            (&ann, &ann, Status::FailedInvalidTarget, "INVALID_TARGET"),
            (&ann, &poor, Status::FailedInsufficientPoints, "INVALID_TARGET"),
        ];
        for (robber, target, status, code) in cases {
            assert_eq!(rob(&world, robber, target).await, (status, Some(code.to_owned())));
        }
        assert_eq!((has(&world, &ann).await, has(&world, &rich).await, has(&world, &poor).await), ((50, 1), (1_000, 0), (19, 0)));
        assert_eq!(world.number("SELECT COUNT(*) FROM heists WHERE NOT token_spent AND status <> 'PENDING'").await, 3);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE queue = 'heists'").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'heist.attempt'").await, 3);
        give(&world, &poor, 1, 0).await;
        assert_eq!(rob(&world, &ann, &poor).await.0, Status::Success, "20 points are enough");
        assert_eq!(has(&world, &poor).await.0, 19);
        invariants(&world).await;
    }

    async fn nobody_to_rob_leaves_a_line_in_the_audit_alone(world) {
        let ann = player(&world, 0, 1).await;
        assert_eq!(ask(&world, &ann, Uuid::now_v7()).await, Err("TARGET_NOT_FOUND"));
        let seen = heist::can_rob(&world.app, &ann, Uuid::now_v7()).await.unwrap();
        assert_eq!((seen.eligible, seen.error_code.as_deref()), (false, Some("TARGET_NOT_FOUND")));
        assert!(!seen.target_status.exists);
        assert_eq!(world.number("SELECT COUNT(*) FROM heists").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'heist.attempt'").await, 1);
        assert_eq!(has(&world, &ann).await, (0, 1));
    }

    async fn the_switch_turns_heists_off_at_once_and_for_what_is_queued(world) {
        let (ann, bob) = (player(&world, 0, 1).await, world.user(100).await);
        give(&world, &bob, 1_000, 0).await;
        let queued = ask(&world, &ann, bob.user).await.unwrap();
        switches::set(&world.app, &By::default(), "heist.enabled", "false").await.unwrap();
        assert_eq!(ask(&world, &ann, bob.user).await, Err("FEATURE_DISABLED"));
        let refused = heist::buy_shield(&world.app, &bob, None).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(ShieldRefusal::FeatureDisabled)));
        work(&world).await;
        let ended = attempt(&world, &ann, queued).await;
        assert_eq!((ended.status, ended.failure_reason.as_deref()), (Status::FailedCooldown, Some("FEATURE_DISABLED")));
        switches::set(&world.app, &By::default(), "heist.enabled", "true").await.unwrap();
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success);
        invariants(&world).await;
    }

    async fn the_environment_wins_over_the_switch(world, |config| config.heist.enabled = false) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        switches::set(&world.app, &By::default(), "heist.enabled", "true").await.unwrap();
        assert_eq!(ask(&world, &ann, bob.user).await, Err("FEATURE_DISABLED"));
    }

    async fn a_rollout_of_nobody_is_off_for_all(world, |config| config.heist.rollout_percent = 0) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        assert_eq!(ask(&world, &ann, bob.user).await, Err("FEATURE_DISABLED"));
        assert!(!heist::can_rob(&world.app, &ann, bob.user).await.unwrap().eligible);
    }

    async fn a_day_has_a_limit_that_midnight_lifts(world, |config| {
        config.heist.rules.cooldown = Duration::ZERO;
        config.heist.rules.per_day = 2;
    }) {
        let ann = player(&world, 0, 5).await;
        for _ in 0..2 {
            let target = player(&world, 100, 0).await;
            assert_eq!(rob(&world, &ann, &target).await.0, Status::Success);
        }
        let target = player(&world, 100, 0).await;
        assert_eq!(rob(&world, &ann, &target).await, (Status::FailedCooldown, Some("DAILY_LIMIT".to_owned())));
        assert_eq!(has(&world, &ann).await.1, 3);
        world.pass(world.app.clock.now().next_midnight().since(world.app.clock.now()));
        assert_eq!(rob(&world, &ann, &target).await.0, Status::Success);
        invariants(&world).await;
    }

    async fn somebody_who_left_cannot_be_robbed_or_rob(world) {
        let (ann, bob) = (actor(&world.sign_up("annie").await), actor(&world.sign_up("bobby").await));
        give(&world, &ann, 475, 1).await;
        give(&world, &bob, 975, 1).await;
        let queued = ask(&world, &ann, bob.user).await.unwrap();
        leave(&world, &bob).await;
        work(&world).await;
        let ended = attempt(&world, &ann, queued).await;
        assert_eq!((ended.status, ended.failure_reason.as_deref()), (Status::FailedInvalidTarget, Some("TARGET_NOT_FOUND")));
        assert_eq!(ask(&world, &ann, bob.user).await, Err("TARGET_NOT_FOUND"));
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((500, 1), (0, 0)));
        let cid = player(&world, 1_000, 0).await;
        let queued = ask(&world, &ann, cid.user).await.unwrap();
        leave(&world, &ann).await;
        work(&world).await;
        assert_eq!(attempt(&world, &ann, queued).await.status, Status::FailedInsufficientTokens);
        assert_eq!(world.number("SELECT COUNT(*) FROM heists WHERE ip IS NOT NULL").await, 0);
        invariants(&world).await;
    }

    async fn an_attempt_is_its_robbers_own(world) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        let Asked::Attempt(id) = heist::ask(&world.app, &ann, None, bob.user).await.unwrap() else { panic!("it is queued") };
        assert!(heist::attempt(&world.app, &bob, id).await.is_err());
    }

    async fn a_shield_needs_vani_tokens(world) {
        let bob = world.user(49).await;
        let refused = heist::buy_shield(&world.app, &bob, None).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(ShieldRefusal::Insufficient { needed: 50, available: 49 })));
        assert_eq!(world.balance(&bob).await.balance, 49);
    }
}

/// Deletes the account.
async fn leave(world: &crate::world::World, actor: &vanikeys_core::flow::Actor) {
    account::delete::delete(&world.app, actor, &password(PASSWORD)).await.unwrap();
}
