//! What comes between: crashes after half of the work, pauses, restarts, liars, keys that were rotated away.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;
use vanikeys_core::{
    custody::Keyring,
    domain::{job::Status, task::Queue},
    flow::{
        By, Failure,
        grant::{self, Granted},
        job::{self, Coordinator, JobOrder, Settled},
        pull::{self, PullOrder, PullRefusal},
        tasks,
    },
};
use vanikeys_grind::{Kind as PatternKind, PatternSpec};

use crate::{
    searching::Searcher,
    world::{SECRET_KEY, World, key, over_both, prefix},
};

fn order(text: &str) -> JobOrder {
    JobOrder { pattern: prefix(text), ..JobOrder::default() }
}

fn one_pull(text: &str) -> PullOrder {
    PullOrder { pattern: prefix(text), commitment_id: None, client_share: None, custody: None, recipient: None }
}

async fn execute(world: &World, sql: &str, id: Uuid) {
    let mut tx = world.app.db.begin().await.unwrap();
    world.execute(&mut tx, sql, id).await.unwrap();
    tx.commit().await.unwrap();
}

over_both! {
    async fn a_certain_pattern_costs_nothing_before_its_first_attempt(world) {
        let actor = world.user(100).await;
        let certain = JobOrder { pattern: PatternSpec::new(PatternKind::Regex, "."), ..JobOrder::default() };
        let order_key = key(&actor, "once", 1);
        let made = job::create(&world.app, &actor, Some(&order_key), &certain).await.unwrap();
        assert_eq!((made.one_in.as_str(), made.chance_so_far), ("1", 0.0));
        let again = job::create(&world.app, &actor, Some(&order_key), &certain).await.unwrap();
        assert_eq!(again.id, made.id);
        let ended = job::cancel(&world.app, &actor, None, made.id).await.unwrap();
        assert_eq!((ended.tokens_posted, ended.tokens_released), (Some(0), Some(100)));
    }

    async fn a_cancellation_is_settled_though_the_turn_that_expired_its_slices_was_cut_short(world) {
        let actor = world.user(100).await;
        Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        assert!(!world.coordinate().await.unwrap().slices.is_empty());
        job::cancel(&world.app, &actor, None, made.id).await.unwrap();
        execute(&world, "UPDATE slices SET state = 'expired' WHERE job_id = $1", made.id).await;
        assert_eq!(world.coordinate().await.unwrap().ended, 1);
        let ended = job::show(&world.app, &actor, made.id).await.unwrap();
        assert_eq!((ended.status, ended.tokens_released), (Status::Cancelled, Some(100)));
        world.ledger_holds().await;
    }

    async fn a_report_for_somebody_who_is_gone_is_stale(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("me")).await.unwrap();
        let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
        execute(&world, "UPDATE jobs SET recipient = '' WHERE id = $1", made.id).await;
        let (report, _) = searcher.find(&slice);
        assert_eq!(job::settle_report(&world.app, report).await.unwrap(), Settled::Stale);
    }

    async fn a_paused_queue_issues_no_slices(world) {
        let actor = world.user(100).await;
        Searcher::enrolled(&world).await;
        job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        assert!(tasks::pause(&world.app, None, Queue::Searches).await.unwrap());
        assert!(world.coordinate().await.unwrap().slices.is_empty());
        assert!(tasks::is_paused(&world.app, Queue::Searches).await.unwrap());
        tasks::resume(&world.app, None, Queue::Searches).await.unwrap();
        assert!(!world.coordinate().await.unwrap().slices.is_empty());
    }

    /// A rogue searcher that settles every slice first cannot keep a key from anybody.
    async fn a_key_counts_whoever_settled_its_slice_first(world) {
        let actor = world.user(100).await;
        let (rogue, honest) = (Searcher::enrolled(&world).await, Searcher::enrolled(&world).await);
        let made = job::create(&world.app, &actor, None, &order("me")).await.unwrap();
        let slice = honest.open(&world.coordinate().await.unwrap().slices[0]);
        assert_eq!(job::settle_report(&world.app, rogue.attempts(&slice, 0)).await.unwrap(), Settled::Counted);
        let (report, public_key) = honest.find(&slice);
        assert_eq!(job::settle_report(&world.app, report).await.unwrap(), Settled::Delivered);
        let ended = job::show(&world.app, &actor, made.id).await.unwrap();
        assert_eq!((ended.attempts, ended.public_key), (0, Some(hex::encode(public_key))));
    }

    /// Whoever cancels pays for what was searched, so nobody may claim what cannot have been.
    async fn attempts_that_nobody_can_have_made_do_not_count(world) {
        let actor = world.user(100_000_000).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("gachagac")).await.unwrap();
        let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
        let claimed = slice.budget.attempts;
        job::settle_report(&world.app, searcher.attempts(&slice, claimed)).await.unwrap();
        let counted = job::show(&world.app, &actor, made.id).await.unwrap().attempts;
        assert!(counted > 0 && counted < i64::try_from(claimed / 4).unwrap(), "{counted} of {claimed} at once");
    }

    /// The service was away for longer than a job may be without a searcher; its searchers announce themselves soon.
    async fn a_coordinator_that_has_just_begun_gives_searchers_time_to_come_back(world) {
        let actor = world.user(100).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        world.coordinate().await.unwrap();
        world.pass(Duration::from_secs(25 * 3600));
        let mut coordinator = Coordinator::new(world.app.clock.now());
        assert_eq!(coordinator.turn(&world.app).await.unwrap().ended, 0);
        world.pass(Duration::from_secs(3600));
        assert_eq!(coordinator.turn(&world.app).await.unwrap().ended, 1);
        assert_eq!(job::show(&world.app, &actor, made.id).await.unwrap().status, Status::Failed);
    }

    async fn one_key_file_that_does_not_open_keeps_no_other_from_being_sealed_again(world) {
        let mut world = world;
        let actor = world.user(10).await;
        let mut pulls = Vec::new();
        for _ in 0..3 { pulls.push(pull::execute(&world.app, &actor, None, &one_pull("e")).await.unwrap().id); }
        pulls.sort();
        let broken = format!("UPDATE pulls SET key_file = CAST('no file' AS {}) WHERE id = $1", world.bytes_type());
        execute(&world, &broken, pulls[0]).await;
        let new = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
        world.app.keyring = Arc::new(Keyring::parse(&format!("{new},{SECRET_KEY}")).unwrap());
        assert_eq!(job::reseal_old_keys(&world.app).await.unwrap(), 2);
        assert_eq!(job::reseal_old_keys(&world.app).await.unwrap(), 0);
        pull::key(&world.app, &actor, pulls[2], None).await.unwrap();
    }

    async fn a_key_is_not_served_after_its_time_though_nobody_erased_it_yet(world) {
        let actor = world.user(10).await;
        let id = pull::execute(&world.app, &actor, None, &one_pull("e")).await.unwrap().id;
        pull::key(&world.app, &actor, id, None).await.unwrap();
        world.pass(Duration::from_secs(24 * 3600));
        for refused in [pull::key(&world.app, &actor, id, None).await.map(drop), pull::keep(&world.app, &actor, id).await] {
            assert!(matches!(refused, Err(Failure::Refused(PullRefusal::Erased))), "{refused:?}");
        }
    }

    async fn a_key_is_bound_to_a_refusal_that_comes_before_the_transaction(world) {
        let actor = world.user(100).await;
        let (this, other) = (key(&actor, "k", 1), key(&actor, "k", 2));
        for _ in 0..2 {
            let refused = pull::execute(&world.app, &actor, Some(&this), &one_pull("Zoe")).await.unwrap_err();
            assert!(matches!(refused, Failure::Refused(PullRefusal::Pattern(_))), "{refused}");
        }
        let reused = pull::execute(&world.app, &actor, Some(&other), &one_pull("e")).await.unwrap_err();
        assert!(matches!(reused, Failure::KeyReused), "{reused}");
        let (this, other) = (key(&actor, "j", 1), key(&actor, "j", 2));
        job::create(&world.app, &actor, Some(&this), &order("Zoe")).await.unwrap_err();
        let reused = job::create(&world.app, &actor, Some(&other), &order("me")).await.unwrap_err();
        assert!(matches!(reused, Failure::KeyReused), "{reused}");
        assert_eq!(world.balance(&actor).await.available(), 100);
    }

    async fn an_admins_grant_is_made_once_for_a_key_and_names_the_admin(world) {
        let (admin, user) = (world.user(0).await, world.user(0).await);
        let by = By { admin: Some(admin.user), ..By::default() };
        let (this, other) = (key(&admin, "g", 1), key(&admin, "g", 2));
        let first = grant::give(&world.app, &by, Some(&this), user.user, 50, None).await.unwrap();
        let again: Granted = grant::give(&world.app, &by, Some(&this), user.user, 50, None).await.unwrap();
        assert_eq!((&again, first.balance), (&first, 50));
        let reused = grant::give(&world.app, &by, Some(&other), user.user, 60, None).await.unwrap_err();
        assert!(matches!(reused, Failure::KeyReused), "{reused}");
        assert_eq!(world.balance(&user).await.available(), 50);
        let named = "SELECT COUNT(*) FROM audit WHERE action = 'tokens.grant' AND actor IS NOT NULL";
        assert_eq!(world.number(named).await, 1);
    }
}
