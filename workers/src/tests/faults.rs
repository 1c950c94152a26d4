//! Crashes and outages: whatever happens to Redis or to a worker, every task happens.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::task::{Queue, TaskState},
    flow::tasks,
};

use super::ground::{Probe, both, embedded, ended, fleet, seen, until};

const SOON: Duration = Duration::from_secs(20);
const LATER: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_whose_worker_vanished_after_the_claim_is_taken_again() {
    for ground in both().await {
        let user = Uuid::now_v7();
        let ids = ground.owe(user, [Probe::Note { number: 1 }]).await;
        let claimed = tasks::claim(&ground.app, ids[0], Duration::from_millis(300)).await.unwrap().unwrap();
        let workers = ground.workers(2);
        until("another worker did it", SOON, async || ground.state(ids[0]).await == TaskState::Done).await;
        assert_eq!(seen(user)[0].tries, 2, "the crash was a try");
        let late = tasks::settle(&ground.app, &claimed, Ok(())).await.unwrap();
        assert_eq!(late, tasks::Taken::Stale, "who comes late changes nothing");
        workers.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_delivery_finds_the_task_done() {
    for ground in both().await {
        let (workers, user) = (ground.workers(2), Uuid::now_v7());
        let ids = ground.owe(user, [Probe::Note { number: 1 }]).await;
        until("it is done", SOON, async || ground.state(ids[0]).await == TaskState::Done).await;
        ground.app.transport.push_owed(Queue::Emails, &[ids[0], ids[0], ids[0]]).await.unwrap();
        ground.owe(user, [Probe::Note { number: 2 }]).await;
        until("the next one is done", SOON, async || ended(user) == 2).await;
        until("nothing lies there", SOON, async || ground.app.transport.backlog(Queue::Emails).await.unwrap() == 0)
            .await;
        workers.stop().await;
        assert_eq!(ended(user), 2, "{}", ground.shape);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_kills_its_workers_dies_itself() {
    let ground = embedded().await;
    let ids = ground.owe(Uuid::now_v7(), [Probe::Note { number: 1 }]).await;
    let tries = Queue::Emails.waits().len() + 1;
    for _ in 0..tries {
        assert!(tasks::claim(&ground.app, ids[0], Duration::ZERO).await.unwrap().is_some());
    }
    assert!(tasks::claim(&ground.app, ids[0], Duration::ZERO).await.unwrap().is_none());
    assert_eq!(ground.state(ids[0]).await, TaskState::Dead);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_was_marked_and_never_happened_is_made_up_for() {
    let ground = fleet().await;
    let user = Uuid::now_v7();
    let ids = ground.owe(user, [Probe::Note { number: 1 }]).await;
    tasks::relay(&ground.app, Queue::Emails).await.unwrap();
    ground.redis.as_ref().unwrap().flush();
    let workers = ground.workers(2);
    until("it was pushed again", LATER, async || ended(user) == 1).await;
    until("it is done", SOON, async || ground.state(ids[0]).await == TaskState::Done).await;
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_task_is_lost_whatever_happens_to_redis() {
    let mut ground = fleet().await;
    let (workers, user) = (ground.workers(4), Uuid::now_v7());
    let mut owed = 0;
    for fault in ["kill connections", "flush", "restart", "freeze", "kill connections"] {
        ground.owe(user, (0..200).map(|_| Probe::Slow { milliseconds: 2 })).await;
        owed += 200;
        until("some are done", LATER, async || ended(user) > owed - 190).await;
        let redis = ground.redis.as_mut().unwrap();
        match fault {
            "flush" => redis.flush(),
            "restart" => redis.restart(),
            "freeze" => {
                redis.freeze();
                // So long the fault itself lasts.
                tokio::time::sleep(Duration::from_secs(7)).await;
                ground.redis.as_ref().unwrap().thaw();
            }
            _ => redis.kill_clients(),
        }
        until(&format!("all are done after: {fault}"), LATER, async || ended(user) >= owed).await;
    }
    until("all are settled", SOON, async || {
        let view = tasks::queues(&ground.app).await.unwrap();
        let emails = view.iter().find(|queue| queue.name == Queue::Emails).unwrap();
        emails.waiting + emails.running + emails.later == 0
    })
    .await;
    assert!(workers.health.stuck().is_empty());
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_item_in_redis_however_malformed_stops_a_queue() {
    let ground = fleet().await;
    let (workers, user) = (ground.workers(2), Uuid::now_v7());
    ground.owe(user, [Probe::Note { number: 0 }]).await;
    until("the worker works", SOON, async || ended(user) == 1).await;
    let redis = ground.redis.as_ref().unwrap();
    let good = "attempts 0 max_attempts 5 status Pending";
    let id = |number: usize| format!("01ARZ3NDEKTSV4RRFFQ69G5F{number:02}");
    let metadata = [
        "attempts none max_attempts 5 status Pending",
        "attempts 0 max_attempts 99999999999 status Pending",
        "attempts 0 max_attempts 5",
        "attempts 0 max_attempts 5 status Confused",
        "attempts 0 max_attempts 5 status Pending locked_by \"\\xff\\xfe\"",
    ];
    let (data, meta, active) = ("emails:data", "emails:meta", "emails:active");
    for (number, fields) in metadata.iter().enumerate() {
        redis.command(&format!("HSET {data} {} x", id(number)));
        redis.command(&format!("HSET {meta}:{} {fields}", id(number)));
        redis.command(&format!("LPUSH {active} {}", id(number)));
    }
    // No metadata at all, metadata of another type, an id that is none, and more than is ever read.
    redis.command(&format!("HSET {data} {} x {} x \"no id\" x", id(10), id(11)));
    redis.command(&format!("SET {meta}:{} x", id(11)));
    redis.command(&format!("HSET \"{meta}:no id\" {good}"));
    let long = "redis.call('HSET', KEYS[1], ARGV[1], string.rep('x', 70000))";
    redis.command(&format!("EVAL \"{long}\" 1 {data} {}", id(12)));
    redis.command(&format!("HSET {meta}:{} {good}", id(12)));
    redis.command(&format!("LPUSH {active} {} {} \"no id\" {} {}", id(10), id(11), id(12), id(13)));
    ground.owe(user, [Probe::Note { number: 1 }]).await;
    until("the next one is done", SOON, async || ended(user) == 2).await;
    until("they are counted", SOON, async || ground.app.transport.unreadable(Queue::Emails).await.unwrap() == 9).await;
    let left = redis.command(&format!("HLEN {data}"));
    assert!(left.starts_with(":0") || left.starts_with(":1"), "{left}");
    // Keys of another type than apalis' own stop nobody for long either.
    redis.command(&format!("DEL {active} {data}"));
    redis.command(&format!("SET {active} x"));
    redis.command(&format!("SET {data} x"));
    ground.owe(user, [Probe::Note { number: 2 }]).await;
    until("the next one is done", LATER, async || ended(user) == 3).await;
    workers.stop().await;
    ground.app.transport.forget_unreadable(Queue::Emails).await.unwrap();
    assert_eq!(ground.app.transport.unreadable(Queue::Emails).await.unwrap(), 0);
}
