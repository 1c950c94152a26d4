//! The worked examples of money, to the token, and races for it.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::ledger::Balance,
    flow::{
        Failure,
        grant::{GrantRefusal, grant_tokens, take_back},
        job::{self, JobOrder},
        pull::{self, PullOrder, PullRefusal},
    },
};
use vanikeys_grind::Pattern;

use crate::{
    searching::Searcher,
    world::{key, over_both, prefix},
};

fn order(text: &str) -> JobOrder {
    JobOrder { pattern: prefix(text), ..JobOrder::default() }
}

fn one_pull(text: &str) -> PullOrder {
    PullOrder { pattern: prefix(text), commitment_id: None, client_share: None, custody: None, recipient: None }
}

over_both! {
    /// Price 100, nothing searched, cancel: 100 released.
    async fn a_job_cancelled_before_it_was_searched_costs_nothing(world) {
        let actor = world.user(100).await;
        let job = job::create(&world.app, &actor, None, &order("meow")).await.unwrap();
        assert_eq!((job.tokens_held, world.balance(&actor).await), (100, Balance { balance: 100, held: 100, debt: 0 }));
        let job = job::cancel(&world.app, &actor, None, job.id).await.unwrap();
        assert_eq!((job.tokens_posted, job.tokens_released), (Some(0), Some(100)));
        assert_eq!(world.balance(&actor).await, Balance { balance: 100, held: 0, debt: 0 });
        world.ledger_holds().await;
    }

    /// Half of the expected attempts searched, cancel: floor(H e^-0.5) released, and what was posted is credit.
    async fn a_cancelled_job_posts_what_was_searched(world) {
        let actor = world.user(1_000).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewme")).await.unwrap();
        assert_eq!(made.tokens_held, 225);
        let half = (made.one_in.parse::<f64>().unwrap() / 2.0) as u64;
        let slices = world.coordinate().await.unwrap().slices;
        let mut left = half;
        for slice in &slices {
            let slice = searcher.open(slice);
            let part = left.min(slice.budget.attempts);
            left -= part;
            job::settle_report(&world.app, searcher.attempts(&slice, part)).await.unwrap();
        }
        assert_eq!(left, 0);
        let ended = job::cancel(&world.app, &actor, None, made.id).await.unwrap();
        // 225 e^-0.5 = 136.47
        assert_eq!((ended.tokens_posted, ended.tokens_released), (Some(89), Some(136)));
        assert_eq!(world.balance(&actor).await, Balance { balance: 911, held: 0, debt: 0 });
        let again = job::quote(&world.app, &actor, &order("mewme")).await.unwrap();
        assert_eq!((again.price.terms.credit, again.price.tokens), (89, 136));
        world.ledger_holds().await;
    }

    /// Purchase 500, spent 450, taken back 500: 50 taken, debt 450; the next 500 leave 50.
    async fn tokens_taken_back_after_they_were_spent_become_debt(world) {
        let actor = world.user(0).await;
        let grant = Uuid::now_v7();
        grant_tokens(&world.app, grant, actor.user, 500, None).await.unwrap();
        for _ in 0..450 { pull::execute(&world.app, &actor, None, &one_pull("e")).await.unwrap(); }
        let after = take_back(&world.app, grant, None).await.unwrap();
        assert_eq!(after, Balance { balance: 0, held: 0, debt: 450 });
        let refused = pull::execute(&world.app, &actor, None, &one_pull("e")).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(PullRefusal::Insufficient { needed: 1, available: 0 })));
        let after = grant_tokens(&world.app, Uuid::now_v7(), actor.user, 500, None).await.unwrap();
        assert_eq!(after, Balance { balance: 50, held: 0, debt: 0 });
        world.ledger_holds().await;
    }

    /// Purchase 500, 400 held by a job, taken back 500: 100 taken, the job cancelled, what it releases pays the debt.
    async fn debt_cancels_running_jobs_and_is_paid_by_what_they_release(world, |config| config.tariff.minimum = 400) {
        let actor = world.user(0).await;
        let grant = Uuid::now_v7();
        grant_tokens(&world.app, grant, actor.user, 500, None).await.unwrap();
        job::create(&world.app, &actor, None, &order("meow")).await.unwrap();
        assert_eq!(world.balance(&actor).await, Balance { balance: 500, held: 400, debt: 0 });
        let after = take_back(&world.app, grant, Some("charged back")).await.unwrap();
        assert_eq!(after, Balance { balance: 0, held: 0, debt: 0 });
        assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE status = 'cancelled'").await, 1);
        world.ledger_holds().await;
    }

    async fn a_grant_is_taken_back_once(world) {
        let actor = world.user(0).await;
        let grant = Uuid::now_v7();
        grant_tokens(&world.app, grant, actor.user, 500, None).await.unwrap();
        take_back(&world.app, grant, None).await.unwrap();
        let again = take_back(&world.app, grant, None).await.unwrap();
        assert_eq!(again, Balance::default());
        let unknown = take_back(&world.app, Uuid::now_v7(), None).await.unwrap_err();
        assert!(matches!(unknown, Failure::Refused(GrantRefusal::Unknown)));
        world.ledger_holds().await;
    }

    async fn fifty_pulls_at_once_with_tokens_for_ten_make_ten(world) {
        let actor = world.user(10).await;
        let pulls = (0..50).map(|_| {
            let (app, actor) = (world.app.clone(), actor.clone());
            tokio::spawn(async move { pull::execute(&app, &actor, None, &one_pull("e")).await })
        });
        let mut made = 0;
        for pull in pulls.collect::<Vec<_>>() {
            match pull.await.unwrap() {
                Ok(_) => made += 1,
                Err(Failure::Refused(PullRefusal::Insufficient { needed: 1, available: 0 })) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!((made, world.balance(&actor).await.balance), (10, 0));
        assert_eq!(world.number("SELECT COUNT(*) FROM pulls").await, 10);
        assert_eq!(world.number("SELECT CAST(MAX(number) AS BIGINT) FROM pulls").await, 10);
        world.ledger_holds().await;
    }

    async fn the_same_key_twenty_times_at_once_makes_one(world) {
        let actor = world.user(100).await;
        let pulls = (0..20).map(|_| {
            let (app, actor) = (world.app.clone(), actor.clone());
            tokio::spawn(async move { pull::execute(&app, &actor, Some(&key(&actor, "k", 1)), &one_pull("e")).await })
        });
        let mut ids = std::collections::HashSet::new();
        for pull in pulls.collect::<Vec<_>>() { ids.insert(pull.await.unwrap().unwrap().id); }
        assert_eq!((ids.len(), world.balance(&actor).await.balance), (1, 99));
        let other = pull::execute(&world.app, &actor, Some(&key(&actor, "k", 2)), &one_pull("e")).await.unwrap_err();
        assert!(matches!(other, Failure::KeyReused));
        world.ledger_holds().await;
    }

    async fn a_refusal_is_kept_under_its_key_too(world) {
        let actor = world.user(0).await;
        let first = pull::execute(&world.app, &actor, Some(&key(&actor, "k", 1)), &one_pull("e")).await.unwrap_err();
        grant_tokens(&world.app, Uuid::now_v7(), actor.user, 5, None).await.unwrap();
        let again = pull::execute(&world.app, &actor, Some(&key(&actor, "k", 1)), &one_pull("e")).await.unwrap_err();
        assert_eq!(first.to_string(), again.to_string());
        world.pass(Duration::from_secs(24 * 3600 + 1));
        pull::execute(&world.app, &actor, Some(&key(&actor, "k", 1)), &one_pull("e")).await.unwrap();
    }

    /// Price 150, credit 70: hold 100 (the minimum), credit used 50, the other 20 stay usable.
    async fn credit_counts_down_to_the_minimum_and_the_rest_stays(world, |config| {
        let expected = Pattern::compile(&prefix("mewm")).unwrap().odds().one_in();
        config.tariff.attempts_per_token = (expected * 1.15 / 149.5) as u64;
    }) {
        let actor = world.user(1_000).await;
        for _ in 0..7 { pull::execute(&world.app, &actor, None, &one_pull("mewm")).await.unwrap(); }
        let job = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        assert_eq!((job.price, job.credit, job.tokens_held), (150, 50, 100));
        assert_eq!(world.number("SELECT CAST(SUM(amount - used) AS BIGINT) FROM pattern_credits").await, 20);
        job::cancel(&world.app, &actor, None, job.id).await.unwrap();
        assert_eq!(world.number("SELECT CAST(SUM(amount - used) AS BIGINT) FROM pattern_credits").await, 70);
        world.ledger_holds().await;
    }
}
