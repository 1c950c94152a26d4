//! A heist from its request to what both sides see of it, and what time does to it.

use std::time::Duration;

use vanikeys_core::{
    domain::{happening::NoticeKind, heist::Status, task::Queue, time::Timestamp},
    flow::{
        heist::{self, Executed, Side},
        notices::{Filter, Which},
        points,
    },
};

use super::ground::{ask, attempt, give, has, invariants, player, pushed, rob, work};
use crate::world::{key, over_both};

const HOUR: Duration = Duration::from_secs(3_600);

over_both! {
    async fn a_heist_moves_points_spends_a_token_and_tells_both(world) {
        let (ann, bob) = (player(&world, 30, 2).await, player(&world, 250, 0).await);
        let before = heist::can_rob(&world.app, &ann, bob.user).await.unwrap();
        assert!(before.eligible && before.checks.values().all(|fine| *fine), "{before:?}");
        assert_eq!((before.potential_steal, before.target_points), (12, 250));
        let id = ask(&world, &ann, bob.user).await.unwrap();
        assert_eq!(attempt(&world, &ann, id).await.status, Status::Pending);
        work(&world).await;
        let now = world.app.clock.now();
        let ended = attempt(&world, &ann, id).await;
        let done = ended.outcome.unwrap();
        assert_eq!((ended.status, ended.token_spent), (Status::Success, true));
        assert_eq!((done.points_stolen, done.new_total_points, done.tokens_remaining), (12, 42, 1));
        assert_eq!(done.cooldown_ends_at, now + 24 * HOUR);
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((42, 1), (238, 0)));
        let filter = Filter::default();
        let told = |actor| heist::list_notices(&world.app, actor, &filter, 10, 0);
        let won = told(&ann).await.unwrap();
        let lost = told(&bob).await.unwrap();
        assert_eq!((won.items[0].kind, won.unread_count), (NoticeKind::HeistSuccess, 1));
        assert_eq!(lost.items[0].kind, NoticeKind::HeistVictim);
        assert_eq!(lost.items[0].metadata["protectionUntil"], (now + 48 * HOUR).rfc3339());
        assert_eq!((&lost.items[0].metadata["points"], &lost.items[0].metadata["newTotal"]), (&12.into(), &238.into()));
        assert!(won.items[0].message.contains("12 points"), "{}", won.items[0].message);
        assert_eq!(heist::mark_notices(&world.app, &bob, &Which::All).await.unwrap(), 1);
        assert_eq!(told(&bob).await.unwrap().unread_count, 0);
        let history = heist::history(&world.app, &bob, (Side::Victim, None), 20, 0).await.unwrap();
        assert_eq!((history.total, history.items[0].points_before, history.items[0].points_after), (1, Some(250), Some(238)));
        assert_eq!((history.stats.points_lost, history.stats.net), (12, -12));
        let stats = heist::stats(&world.app, &ann).await.unwrap();
        assert_eq!((stats.attempts, stats.successes, stats.points_stolen, stats.best), (1, 1, 12, 12));
        let events = points::events(&world.app, &bob, 10, 0).await.unwrap();
        assert_eq!((events.items[0].kind.as_str(), events.items[0].points), ("HEIST_LOSS", -12));
        assert_eq!((events.season_points, events.lifetime_points), (238, 250));
        let tokens = heist::tokens(&world.app, &ann).await.unwrap();
        assert_eq!((tokens.balance, tokens.total_spent, tokens.last_spent_at), (1, 1, Some(now)));
        invariants(&world).await;
    }

    async fn time_ends_cooldown_and_protection_to_the_microsecond(world) {
        let (ann, cid) = (player(&world, 0, 5).await, player(&world, 0, 5).await);
        let (bob, dan) = (player(&world, 1_000, 0).await, player(&world, 1_000, 0).await);
        let start = world.app.clock.now();
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success);
        let tick = Duration::from_micros(1);
        world.pass(24 * HOUR - tick);
        assert_eq!(rob(&world, &ann, &dan).await, (Status::FailedCooldown, Some("COOLDOWN_ACTIVE".to_owned())));
        world.pass(tick);
        assert_eq!(rob(&world, &ann, &dan).await.0, Status::Success);
        world.pass(24 * HOUR - tick);
        assert_eq!(rob(&world, &cid, &bob).await, (Status::FailedTargetProtected, Some("TARGET_PROTECTED".to_owned())));
        world.pass(tick);
        assert_eq!(world.app.clock.now(), start + 48 * HOUR);
        assert_eq!(rob(&world, &cid, &bob).await.0, Status::Success);
        assert_eq!(has(&world, &ann).await.1, 3);
        invariants(&world).await;
    }

    async fn a_month_that_turns_between_asking_and_applying_starts_at_zero(world) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        let midnight = Timestamp::parse("2026-12-01T00:00:00Z").unwrap();
        world.pass(midnight.since(world.app.clock.now()) - Duration::from_micros(1));
        let id = ask(&world, &ann, bob.user).await.unwrap();
        world.pass(Duration::from_micros(1));
        work(&world).await;
        let ended = attempt(&world, &ann, id).await;
        assert_eq!(ended.status, Status::FailedInsufficientPoints);
        assert!(!ended.token_spent);
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((0, 1), (0, 0)));
        let old = points::board(&world.app, None, Some("2026-11".parse().unwrap()), 10, 0).await.unwrap();
        assert_eq!((old.items[0].user_id, old.items[0].points), (bob.user, 1_000));
        invariants(&world).await;
    }

    async fn a_repeat_with_the_same_key_gets_the_first_outcome(world) {
        let (ann, bob) = (player(&world, 0, 2).await, player(&world, 1_000, 0).await);
        let once = key(&ann, "k", 1);
        let first = heist::ask(&world.app, &ann, Some(&once), bob.user).await.unwrap();
        work(&world).await;
        let second = heist::ask(&world.app, &ann, Some(&once), bob.user).await.unwrap();
        assert_eq!(first, second);
        let Executed::Done(done) = heist::execute(&world.app, &ann, Some(&once), bob.user).await.unwrap() else {
            panic!("it is applied");
        };
        let again = heist::execute(&world.app, &ann, Some(&once), bob.user).await.unwrap();
        assert_eq!(again, Executed::Done(done));
        assert_eq!(has(&world, &ann).await, (50, 1));
        heist::ask(&world.app, &ann, Some(&key(&ann, "k", 2)), bob.user).await.unwrap_err();
    }

    async fn a_request_that_nobody_applies_is_pending_and_ends_later(world) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        let Executed::Pending(id) = heist::execute(&world.app, &ann, None, bob.user).await.unwrap() else {
            panic!("there is no worker");
        };
        work(&world).await;
        assert_eq!(attempt(&world, &ann, id).await.status, Status::Success);
    }

    async fn a_task_that_comes_twice_is_applied_once(world) {
        let (ann, bob) = (player(&world, 0, 3).await, player(&world, 1_000, 0).await);
        let id = ask(&world, &ann, bob.user).await.unwrap();
        let tasks = pushed(&world).await;
        let both = [heist::apply(&world.app, &tasks), heist::apply(&world.app, &tasks)];
        let applied: usize = Box::pin(futures_join(both)).await.into_iter().sum();
        assert_eq!(applied, 1);
        assert_eq!(heist::apply(&world.app, &tasks).await.unwrap(), 0);
        assert_eq!(attempt(&world, &ann, id).await.status, Status::Success);
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((50, 2), (950, 0)));
        invariants(&world).await;
    }

    async fn a_worker_that_vanished_leaves_its_heists_to_the_next(world) {
        let (ann, bob) = (player(&world, 0, 1).await, player(&world, 1_000, 0).await);
        let id = ask(&world, &ann, bob.user).await.unwrap();
        // Claimed by a worker that dies: its lease is over at once.
        let tasks = pushed(&world).await;
        let mut tx = world.app.db.begin().await.unwrap();
        let lost = vanikeys_core::store::outbox::claim_all(&mut tx, &tasks, Duration::ZERO).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((lost.len(), lost[0].queue), (1, Queue::Heists));
        work(&world).await;
        assert_eq!(attempt(&world, &ann, id).await.status, Status::Success);
        // The one that was thought dead comes back: its claim holds no more.
        let mut tx = world.app.db.begin().await.unwrap();
        let held = vanikeys_core::store::outbox::still_held(&mut tx, &[lost[0].fence]).await.unwrap();
        assert!(held.is_empty());
        invariants(&world).await;
    }

    async fn a_shield_blocks_one_heist_and_costs_the_robber_a_token(world) {
        let (ann, bob) = (player(&world, 0, 3).await, world.user(60).await);
        give(&world, &bob, 1_000, 0).await;
        let bought = heist::buy_shield(&world.app, &bob, Some(&key(&bob, "s", 1))).await.unwrap();
        assert_eq!(heist::buy_shield(&world.app, &bob, Some(&key(&bob, "s", 1))).await.unwrap(), bought);
        assert_eq!(world.balance(&bob).await.balance, 10);
        assert!(heist::can_rob(&world.app, &ann, bob.user).await.unwrap().eligible, "a shield does not show");
        assert_eq!(rob(&world, &ann, &bob).await, (Status::FailedShield, Some("TARGET_SHIELDED".to_owned())));
        assert_eq!((has(&world, &ann).await, has(&world, &bob).await), ((0, 2), (1_000, 0)));
        assert_eq!(heist::shield(&world.app, &bob).await.unwrap(), None);
        let told = heist::list_notices(&world.app, &bob, &Filter::default(), 10, 0).await.unwrap();
        assert_eq!(told.items[0].kind, NoticeKind::ShieldActivated);
        // No cooldown, no protection.
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success);
        invariants(&world).await;
    }

    async fn a_shield_lasts_seven_days(world) {
        let (ann, bob) = (player(&world, 0, 3).await, world.user(100).await);
        let shield = heist::buy_shield(&world.app, &bob, None).await.unwrap();
        let refused = heist::buy_shield(&world.app, &bob, None).await.unwrap_err();
        assert!(refused.to_string().contains("one at a time"), "{refused}");
        world.pass(Duration::from_secs(7 * 24 * 3_600) - Duration::from_micros(1));
        assert_eq!(heist::shield(&world.app, &bob).await.unwrap(), Some(shield));
        assert_eq!(heist::expire_shields(&world.app).await.unwrap(), 0);
        world.pass(Duration::from_micros(1));
        give(&world, &bob, 1_000, 0).await;
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success, "its time is over, though nothing ended it yet");
        assert_eq!(heist::expire_shields(&world.app).await.unwrap(), 1);
        assert_eq!(heist::expire_shields(&world.app).await.unwrap(), 0);
        let expired = Filter { kind: Some(NoticeKind::ShieldExpired), ..Filter::default() };
        let told = heist::list_notices(&world.app, &bob, &expired, 10, 0).await.unwrap();
        assert_eq!(told.total, 1);
        heist::buy_shield(&world.app, &bob, None).await.unwrap();
        invariants(&world).await;
    }
}

async fn futures_join<T, E: std::fmt::Debug>(both: [impl Future<Output = Result<T, E>>; 2]) -> [T; 2] {
    let [one, other] = both;
    let (one, other) = tokio::join!(one, other);
    [one.unwrap(), other.unwrap()]
}
