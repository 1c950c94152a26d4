//! Heists through the real queue: answered while one waits, many at once in batches, over both shapes.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    domain::{
        ledger::{Asset, Kind, Movement},
        task::Queue,
    },
    flow::{
        Actor, Origin,
        heist::{self, Executed},
        points::grant_points,
    },
    store::{Db, ledger, players},
};

use super::ground::{Ground, both};
use crate::fleet::{Options, run};

/// A player with points and tokens, without the cost of signing up.
async fn player(app: &App, points: i64, tokens: i64) -> Actor {
    let (user, now) = (Uuid::now_v7(), app.clock.now());
    let text = "INSERT INTO users (id, username, username_key, referral_code, adult_confirmed_at, terms_accepted_at, \
                created_at) VALUES ($1, $2, $2, $2, $3, $3, $3)";
    let name = user.simple().to_string();
    match &app.db {
        Db::Postgres(pool) => {
            sqlx::query(text).bind(user).bind(&name).bind(now.micros()).execute(pool).await.map(drop).unwrap();
        }
        Db::Sqlite { write, .. } => {
            sqlx::query(text).bind(user).bind(&name).bind(now.micros()).execute(write).await.map(drop).unwrap();
        }
    }
    if points > 0 {
        grant_points(app, Uuid::now_v7(), user, points, None).await.unwrap();
    }
    if tokens > 0 {
        let mut tx = app.db.begin().await.unwrap();
        players::lock(&mut tx, [user]).await.unwrap();
        let (asset, kind, key) = (Asset::HeistToken, Kind::Referral, format!("test:{user}"));
        let movement = Movement { user, asset, amount: tokens, kind, key, subject: None, note: None, at: now };
        ledger::credit(&mut tx, &movement).await.unwrap();
        tx.commit().await.unwrap();
    }
    Actor { user, origin: Origin::default() }
}

async fn with_workers(ground: &Ground, work: impl AsyncFnOnce(&App)) {
    let stop = CancellationToken::new();
    let options = Options { queues: vec![Queue::Heists], ..Options::default() };
    let running = tokio::spawn(run(ground.app.clone(), options, stop.clone().cancelled_owned()));
    work(&ground.app).await;
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_heist_is_answered_while_one_waits() {
    for ground in both().await {
        with_workers(&ground, async |app| {
            let mut slowest = Duration::ZERO;
            for _ in 0..10 {
                let (ann, bob) = (player(app, 0, 1).await, player(app, 1_000, 0).await);
                let begun = Instant::now();
                let done = heist::execute(app, &ann, None, bob.user).await.unwrap();
                slowest = slowest.max(begun.elapsed());
                assert!(matches!(done, Executed::Done(done) if done.points_stolen == 50), "{}", ground.shape);
            }
            assert!(slowest < Duration::from_secs(2), "{}: {slowest:?}", ground.shape);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_are_all_answered() {
    for ground in both().await {
        with_workers(&ground, async |app| {
            let mut asking = Vec::new();
            for _ in 0..100 {
                let (ann, bob) = (player(app, 0, 1).await, player(app, 1_000, 0).await);
                let app = app.clone();
                asking.push(tokio::spawn(async move { heist::execute(&app, &ann, None, bob.user).await.unwrap() }));
            }
            for one in asking {
                let ended = one.await.unwrap();
                assert!(matches!(ended, Executed::Done(_) | Executed::Pending(_)), "{}: {ended:?}", ground.shape);
            }
            super::ground::until("all are applied", Duration::from_secs(20), async || {
                let depth = vanikeys_core::flow::tasks::queues(app).await.unwrap();
                let heists = depth.iter().find(|queue| queue.name == Queue::Heists).unwrap();
                heists.waiting + heists.running + heists.later == 0
            })
            .await;
        })
        .await;
    }
}
