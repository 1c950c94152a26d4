//! Searching: jobs through all workers, and searchers without a database.

use std::{num::NonZero, time::Duration};

use tokio::sync::oneshot;
use uuid::Uuid;
use vanikeys_core::{
    clients::{clock::Clock, signals::Signals},
    custody::{Keyring, SearcherKey, slice::SliceKeys, split::OffsetFile},
    domain::{job::Status, task::Queue},
    flow::{
        Actor,
        custody::Custody,
        grant::grant_tokens,
        job::{self, JobOrder},
        pattern, tasks,
    },
    queue::transport::Transport,
    store::{Db, audit::Origin},
};
use vanikeys_grind::{
    Kind, PatternSpec, Target,
    export::{Format, import},
    split::SplitSecret,
};

use super::ground::{Ground, both, fleet, until};
use crate::{Equipment, Options, Searcher, search};

const LATER: Duration = Duration::from_secs(90);

impl Ground {
    async fn user(&self, tokens: i64) -> Actor {
        let (user, now) = (Uuid::now_v7(), self.app.clock.now().micros());
        let text = "INSERT INTO users (id, username, username_key, referral_code, adult_confirmed_at, \
                    terms_accepted_at, created_at) VALUES ($1, $2, $2, $2, $3, $3, $3)";
        let name = user.simple().to_string();
        match &self.app.db {
            Db::Postgres(pool) => {
                sqlx::query(text).bind(user).bind(&name).bind(now).execute(pool).await.map(drop).unwrap();
            }
            Db::Sqlite { write, .. } => {
                sqlx::query(text).bind(user).bind(&name).bind(now).execute(write).await.map(drop).unwrap();
            }
        }
        grant_tokens(&self.app, Uuid::now_v7(), user, tokens, None).await.unwrap();
        Actor { user, origin: Origin::default() }
    }

    async fn order(&self, actor: &Actor, text: &str) -> Uuid {
        self.place(actor, JobOrder { pattern: PatternSpec::new(Kind::Prefix, text), ..JobOrder::default() }).await
    }

    async fn place(&self, actor: &Actor, order: JobOrder) -> Uuid {
        job::create(&self.app, actor, None, &order).await.unwrap().id
    }

    async fn completed(&self, actor: &Actor, jobs: &[Uuid]) -> bool {
        for id in jobs {
            if job::show(&self.app, actor, *id).await.unwrap().status != Status::Completed {
                return false;
            }
        }
        true
    }
}

/// An easy job for a target.
fn of_target(target: Target) -> JobOrder {
    let pattern = PatternSpec {
        text: "a".into(),
        kind: Kind::Contains,
        target,
        case_insensitive: true,
        ..PatternSpec::default()
    };
    JobOrder { pattern, ..JobOrder::default() }
}

fn split(secret: &SplitSecret) -> JobOrder {
    let point = secret.point();
    JobOrder {
        pattern: PatternSpec::new(Kind::Prefix, "meow"),
        custody: Some(Custody::Split),
        recipient: Some(hex::encode(point.point)),
        proof: Some(hex::encode(point.proof)),
        max_tokens: None,
    }
}

fn options(queues: &[Queue]) -> Options {
    Options { queues: queues.to_vec(), threads: NonZero::new(1), ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_are_searched_and_delivered() {
    for ground in both().await {
        let (end, told) = oneshot::channel::<()>();
        let workers = options(&Queue::ALL);
        let health = workers.health.clone();
        let running =
            tokio::spawn(Box::pin(crate::run(ground.app.clone(), workers, async { told.await.unwrap_or(()) })));
        let actor = ground.user(4_000).await;
        let mut jobs = Vec::new();
        for text in ["e", "m", "me", "wH"] {
            jobs.push(ground.order(&actor, text).await);
        }
        for target in [Target::Solana, Target::Ssh, Target::SshFingerprint, Target::Onion, Target::Hex] {
            jobs.push(ground.place(&actor, of_target(target)).await);
        }
        let secret = SplitSecret::from_random(&[0x42; 32]).unwrap();
        jobs.push(ground.place(&actor, split(&secret)).await);
        for &target in &Target::ALL[6..] {
            jobs.push(ground.place(&actor, of_target(target)).await);
        }
        until("all jobs are delivered", LATER, async || ground.completed(&actor, &jobs).await).await;
        let key = job::result(&ground.app, &actor, jobs[2], Some("openssh")).await.unwrap();
        assert!(key.content.starts_with(b"-----BEGIN OPENSSH PRIVATE KEY-----"));
        let onion = job::result(&ground.app, &actor, jobs[7], Some("tor")).await.unwrap();
        assert!(onion.content.starts_with(b"== ed25519v1-secret: type0 =="));
        for (job, &target) in jobs[10..].iter().zip(&Target::ALL[6..]) {
            let format = Format::of_target(target).unwrap();
            let file = job::result(&ground.app, &actor, *job, Some(format.name())).await.unwrap();
            let (key, found) = import(&file.content).unwrap();
            let done = job::show(&ground.app, &actor, *job).await.unwrap();
            assert_eq!((found, done.display), (format, Some(target.display(&key.public_key()))));
        }
        let half = job::result(&ground.app, &actor, jobs[9], Some("offset")).await.unwrap();
        let half = OffsetFile::parse(&half.content).unwrap();
        assert!(secret.combine_to(half.offset, half.public_key.as_bytes()).is_ok());
        until("the worker is on the roll", LATER, async || !tasks::workers(&ground.app).await.unwrap().is_empty())
            .await;
        assert!(health.stuck().is_empty(), "{:?}", health.stuck());
        let searchers = job::searchers(&ground.app).await.unwrap();
        assert!(searchers[0].rate.is_some_and(|rate| rate > 1_000.0), "it announced its rate: {searchers:?}");
        let spec = PatternSpec::new(Kind::Prefix, "m");
        let seed = pattern::estimate(&ground.app, None, &spec).await.unwrap().rates.fleet.unwrap();
        let onion = PatternSpec { target: Target::Onion, ..spec };
        let scalar = pattern::estimate(&ground.app, None, &onion).await.unwrap().rates.fleet.unwrap();
        assert!(scalar > 5.0 * seed, "scalars are faster: {scalar} and {seed}");
        end.send(()).unwrap();
        running.await.unwrap().unwrap();
        assert!(tasks::workers(&ground.app).await.unwrap().is_empty(), "{}: it left the roll", ground.shape);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_searcher_needs_no_database() {
    let ground = fleet().await;
    let url = ground.redis.as_ref().unwrap().url();
    let (end, told) = oneshot::channel::<()>();
    let rest = options(&[Queue::Reports, Queue::Emails, Queue::Webhooks, Queue::Upkeep]);
    let running = tokio::spawn(Box::pin(crate::run(ground.app.clone(), rest, async { told.await.unwrap_or(()) })));
    let searcher = |key: SearcherKey, keys: &Keyring| {
        Searcher::new(Equipment {
            key,
            slice_keys: SliceKeys::new(&keys.slice_keys()).unwrap(),
            transport: Transport::redis(&url).unwrap(),
            signals: Signals::redis(&url).unwrap(),
            clock: Clock::System,
            threads: 1,
            backend: None,
            window: None,
        })
        .unwrap()
    };
    let key = SearcherKey::generate();
    job::enrol_searcher(&ground.app, "lone", key.id().public_key().as_bytes()).await.unwrap();
    let (end_search, told_search) = oneshot::channel::<()>();
    let lone = searcher(key, &ground.app.keyring);
    let searching =
        tokio::spawn(Box::pin(search(lone, options(&[Queue::Searches]), async { told_search.await.unwrap_or(()) })));
    let actor = ground.user(1_000).await;
    let jobs = [ground.order(&actor, "me").await, ground.order(&actor, "e").await];
    until("both jobs are delivered", LATER, async || ground.completed(&actor, &jobs).await).await;
    end_search.send(()).unwrap();
    searching.await.unwrap();
    // One that knows other slice keys drops every slice, and the coordinator issues them again for others.
    let other = searcher(SearcherKey::generate(), &Keyring::parse(&Keyring::generate_setting()).unwrap());
    let (end_other, told_other) = oneshot::channel::<()>();
    let health = options(&[]);
    let tasks_of_other = health.health.clone();
    let idle = tokio::spawn(Box::pin(search(other, health, async { told_other.await.unwrap_or(()) })));
    let job = ground.order(&actor, "m").await;
    until("it has dropped a slice", LATER, async || tasks_of_other.tasks().1 > 0).await;
    assert!(!ground.completed(&actor, &[job]).await);
    assert_eq!(tasks_of_other.tasks().0, 0);
    end_other.send(()).unwrap();
    idle.await.unwrap();
    end.send(()).unwrap();
    running.await.unwrap().unwrap();
}
