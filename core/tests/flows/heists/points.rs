//! Check-ins, the master table, the board and its seasons.

use std::time::Duration;

use vanikeys_core::flow::{
    By, Failure,
    points::{self, CheckinRefusal, KindChange, KindRefusal},
};

use super::ground::{give, has, invariants, player};
use crate::world::{key, over_both};

const DAY: Duration = Duration::from_secs(24 * 3_600);

over_both! {
    async fn a_week_of_check_ins_earns_the_loyalty_bonus(world) {
        let ann = world.user(0).await;
        let mut given = Vec::new();
        for day in 0..8 {
            let done = points::check_in(&world.app, &ann, None).await.unwrap();
            assert_eq!(done.streak, day + 1);
            given.push(done.points_awarded);
            let again = points::check_in(&world.app, &ann, None).await.unwrap_err();
            assert!(matches!(again, Failure::Refused(CheckinRefusal::AlreadyCheckedIn { next_at }) if next_at == done.next_at));
            world.pass(DAY);
        }
        assert_eq!(given, [15, 5, 5, 5, 5, 5, 25, 5]);
        assert_eq!(has(&world, &ann).await.0, 70);
        world.pass(DAY);
        assert_eq!(points::check_in(&world.app, &ann, None).await.unwrap().streak, 1);
        invariants(&world).await;
    }

    async fn a_check_in_under_a_key_is_answered_again(world) {
        let ann = world.user(0).await;
        let once = key(&ann, "c", 1);
        let first = points::check_in(&world.app, &ann, Some(&once)).await.unwrap();
        world.pass(DAY - Duration::from_secs(1));
        assert_eq!(points::check_in(&world.app, &ann, Some(&once)).await.unwrap(), first);
        assert_eq!(has(&world, &ann).await.0, 15);
    }

    async fn an_inactive_kind_awards_nothing_and_heists_are_not_edited(world) {
        let ann = world.user(0).await;
        let kinds = points::kinds(&world.app).await.unwrap();
        assert_eq!(kinds.len(), 9);
        let of = |name: &str| kinds.iter().find(|kind| kind.kind == name).map(|kind| (kind.points, kind.active)).unwrap();
        for (name, worth) in [("SIGNUP", (25, true)), ("CHECKIN", (5, true)), ("FIRST_CHECKIN_DEAL", (10, true)),
            ("COIN_PURCHASE", (0, false)), ("ACHIEVEMENT_UNLOCK", (100, true)), ("LOYALTY_BONUS", (20, true)),
            ("REFERRAL_BONUS", (50, true))] {
            assert_eq!(of(name), worth, "{name}");
        }
        let by = By::default();
        let off = KindChange { active: Some(false), ..KindChange::default() };
        points::change_kind(&world.app, &by, "FIRST_CHECKIN_DEAL", &off).await.unwrap();
        let more = KindChange { points: Some(7), ..KindChange::default() };
        points::change_kind(&world.app, &by, "CHECKIN", &more).await.unwrap();
        assert_eq!(points::check_in(&world.app, &ann, None).await.unwrap().points_awarded, 7);
        let refused = [
            ("HEIST_GAIN", off.clone(), KindRefusal::NotAnAward),
            ("GOLD", off, KindRefusal::Unknown),
            ("CHECKIN", KindChange { points: Some(-1), ..KindChange::default() }, KindRefusal::Points { most: 1_000_000 }),
            ("CHECKIN", KindChange { name: Some(String::new()), ..KindChange::default() }, KindRefusal::Words { name: 60, description: 300 }),
        ];
        for (kind, change, refusal) in refused {
            let told = points::change_kind(&world.app, &by, kind, &change).await.unwrap_err();
            assert!(matches!(&told, Failure::Refused(found) if *found == refusal), "{told}");
        }
    }

    async fn the_board_ranks_and_says_who_can_be_robbed(world) {
        let (ann, bob, cid, dan) =
            (player(&world, 10, 1).await, player(&world, 300, 0).await, player(&world, 300, 0).await, player(&world, 19, 0).await);
        let board = points::board(&world.app, Some(ann.user), None, 10, 0).await.unwrap();
        let ranks: Vec<_> = board.items.iter().map(|place| (place.rank, place.points)).collect();
        assert_eq!(ranks, [(1, 300), (1, 300), (3, 19), (4, 10)]);
        assert_eq!((board.total, board.season.to_string().as_str()), (4, "2026-11"));
        assert_eq!(board.own.unwrap().rank, Some(4));
        let can = |user| board.items.iter().find(|place| place.user_id == user).unwrap().can_rob.clone().unwrap();
        assert!(can(bob.user).eligible && can(cid.user).eligible);
        assert_eq!(can(dan.user).error_code.as_deref(), Some("INVALID_TARGET"));
        assert_eq!(can(ann.user).error_code.as_deref(), Some("INVALID_TARGET"));
        let second = points::board(&world.app, None, None, 1, 1).await.unwrap();
        assert_eq!((second.items[0].rank, &second.items[0].can_rob, second.own), (1, &None, None));
        world.pass(31 * DAY);
        assert_eq!(points::board(&world.app, Some(ann.user), None, 10, 0).await.unwrap().total, 0);
        give(&world, &ann, 5, 0).await;
        let old = points::board(&world.app, Some(ann.user), Some("2026-11".parse().unwrap()), 10, 0).await.unwrap();
        assert_eq!((old.total, old.own.unwrap().points), (4, 10));
        assert!(old.items.iter().all(|place| place.can_rob.is_none()));
    }
}
