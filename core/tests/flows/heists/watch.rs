//! What operators watch: the game in numbers, and what they are told of.

use std::time::Duration;

use vanikeys_core::{domain::heist::Status, flow::heist};

use super::ground::{ask, give, player, rob, work};
use crate::world::over_both;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

over_both! {
    async fn the_game_in_numbers_is_at_most_a_minute_old(world) {
        let (ann, bob, cid) = (player(&world, 0, 2).await, player(&world, 2_000, 0).await, player(&world, 400, 1).await);
        assert_eq!(heist::overview(&world.app).await.unwrap().numbers.successes, 0);
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success);
        assert_eq!(rob(&world, &cid, &cid).await.0, Status::FailedInvalidTarget);
        assert_eq!(heist::overview(&world.app).await.unwrap().numbers.successes, 0, "what was read a moment ago");
        world.pass(MINUTE);
        let game = heist::overview(&world.app).await.unwrap().numbers;
        assert_eq!((game.successes, game.stolen), (1, 100));
        let days: Vec<_> = game.days.iter().map(|day| (day.status, day.count)).collect();
        assert_eq!(days, [(Status::FailedInvalidTarget, 1), (Status::Success, 1)]);
        assert_eq!(game.tokens, [(1, 2)]);
        assert_eq!((game.robbers[0].user_id, game.robbers[0].points), (ann.user, 100));
        assert_eq!((game.robbed[0].user_id, game.robbed[0].heists), (bob.user, 1));
        assert_eq!((game.redistribution.moved, game.redistribution.awarded), (100, 2_400));
        assert_eq!((game.fortune.players, game.fortune.points), (3, 2_400));
        // (100, 400, 1900): sum of (2 i - n - 1) x over n times all points.
        assert!((game.fortune.gini() - 3_600.0 / 7_200.0).abs() < 1e-9, "{}", game.fortune.gini());
        world.pass(29 * 24 * HOUR);
        assert_eq!(heist::overview(&world.app).await.unwrap().numbers.days.len(), 2, "thirty days, today among them");
        world.pass(24 * HOUR);
        let game = heist::overview(&world.app).await.unwrap().numbers;
        assert_eq!((game.days.len(), game.successes, game.robbers.len()), (0, 0, 0));
        assert_eq!((game.redistribution.moved, game.fortune.gini()), (0, 0.0), "a new season");
    }

    async fn operators_are_told_of_what_is_odd(world) {
        let alarms = async || {
            world.pass(MINUTE);
            heist::overview(&world.app).await.unwrap().numbers.alarms
        };
        let (ann, bob) = (player(&world, 0, 0).await, player(&world, 1_000, 0).await);
        for _ in 0..5 {
            rob(&world, &ann, &bob).await;
        }
        assert_eq!(alarms().await.hunted_users, 0, "5 times within 24 h is no hunt");
        rob(&world, &ann, &bob).await;
        assert_eq!(alarms().await.hunted_users, 1);
        for _ in 0..4 {
            rob(&world, &ann, &ann).await;
        }
        assert_eq!(alarms().await.failing_users, 0, "10 failures within the hour are too few");
        rob(&world, &ann, &ann).await;
        let odd = alarms().await;
        assert_eq!((odd.failing_users, odd.admitted, odd.succeeded), (1, 0, 0));
        // Of two heists that are admitted, one succeeds.
        let (cid, dan) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        give(&world, &ann, 0, 1).await;
        for robber in [&cid, &ann] {
            ask(&world, robber, dan.user).await.unwrap();
        }
        work(&world).await;
        let odd = alarms().await;
        assert_eq!((odd.admitted, odd.succeeded), (2, 1));
        world.pass(HOUR);
        let odd = alarms().await;
        assert_eq!((odd.failing_users, odd.hunted_users, odd.admitted), (0, 1, 0));
        world.pass(24 * HOUR);
        assert_eq!(alarms().await.hunted_users, 0);
    }
}
