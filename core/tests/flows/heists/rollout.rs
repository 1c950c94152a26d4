//! A share of users takes part: they rob each other. Everybody else has points, check-ins and a place on the board, robs
//! nobody and is robbed by nobody.

use uuid::Uuid;
use vanikeys_core::flow::{
    Actor, Failure,
    heist::{self, ShieldRefusal, takes_part},
    points,
};

use super::ground::{ask, give, has, invariants, player, rob};
use crate::world::{World, over_both};

/// A player who takes part, or does not.
async fn one(world: &World, takes: bool, points: i64, tokens: i64) -> Actor {
    loop {
        let actor = world.user(100).await;
        if takes_part(&world.app, actor.user) == takes {
            give(world, &actor, points, tokens).await;
            return actor;
        }
    }
}

over_both! {
    async fn those_who_do_not_take_part_rob_nobody_and_are_robbed_by_nobody(world, |config| config.heist.rollout_percent = 50) {
        let (ann, bob) = (one(&world, true, 0, 1).await, one(&world, true, 400, 0).await);
        let (out, rich) = (one(&world, false, 0, 1).await, one(&world, false, 400, 0).await);
        assert_eq!(ask(&world, &out, bob.user).await, Err("FEATURE_DISABLED"));
        assert_eq!(ask(&world, &ann, rich.user).await, Err("TARGET_NOT_FOUND"));
        let seen = heist::can_rob(&world.app, &ann, rich.user).await.unwrap();
        assert_eq!((seen.eligible, seen.error_code.as_deref(), seen.target_status.exists), (false, Some("TARGET_NOT_FOUND"), false));
        let refused = heist::buy_shield(&world.app, &rich, None).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(ShieldRefusal::FeatureDisabled)));
        assert_eq!(world.balance(&rich).await.balance, 100);
        assert!(heist::is_open(&world.app, &ann).await.unwrap() && !heist::is_open(&world.app, &out).await.unwrap());
        // They are on the board, check in, and keep what they earned.
        assert_eq!(points::check_in(&world.app, &out, None).await.unwrap().points_awarded, 15);
        let board = points::board(&world.app, Some(ann.user), None, 10, 0).await.unwrap();
        let code = |user: Uuid| {
            let place = board.items.iter().find(|place| place.user_id == user).unwrap();
            place.can_rob.clone().unwrap().error_code
        };
        assert_eq!((code(bob.user), code(rich.user).as_deref()), (None, Some("TARGET_NOT_FOUND")));
        assert_eq!((has(&world, &out).await, has(&world, &rich).await), ((15, 1), (400, 0)));
        assert_eq!(world.number("SELECT COUNT(*) FROM heists").await, 0);
        assert!(rob(&world, &ann, &bob).await.1.is_none());
        invariants(&world).await;
    }

    async fn everybody_takes_part_in_a_full_rollout(world) {
        for _ in 0..20 {
            assert!(takes_part(&world.app, player(&world, 0, 0).await.user));
        }
    }
}
