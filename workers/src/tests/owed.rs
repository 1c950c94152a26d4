//! The life of owed tasks: handled once, tried again, dead and run again, paused, handed back.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::task::{Queue, Stage, TaskState},
    flow::tasks::{self, Search},
};

use super::ground::{Probe, both, ended, seen, until};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_handled_once_and_soon() {
    for ground in both().await {
        let (workers, user) = (ground.workers(4), Uuid::now_v7());
        let ids = ground.owe(user, (0..20).map(|number| Probe::Note { number })).await;
        until("all are handled", SOON, async || ended(user) == 20).await;
        for id in ids {
            until("it is done", SOON, async || ground.state(id).await == TaskState::Done).await;
        }
        until("nothing lies on the queue", SOON, async || {
            ground.app.transport.backlog(Queue::Emails).await.unwrap() == 0
        })
        .await;
        workers.stop().await;
        assert_eq!(ended(user), 20, "{}", ground.shape);
        if let Some(redis) = &ground.redis {
            let dump = String::from_utf8_lossy(&redis.dump()).into_owned();
            assert!(!dump.contains("emails:data") && !dump.contains("emails:meta"), "acknowledged items are deleted");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_tried_again_and_the_hopeless_die_and_run_again() {
    for ground in both().await {
        let (workers, user) = (ground.workers(4), Uuid::now_v7());
        let ids = ground.owe(user, [Probe::Flaky { failures: 2 }, Probe::Hopeless, Probe::Panic]).await;
        until("the flaky one is done", SOON, async || ground.state(ids[0]).await == TaskState::Done).await;
        assert_eq!(seen(user).iter().filter(|seen| seen.task == ids[0] && !seen.ended).count(), 3);
        until("the hopeless one is dead", SOON, async || ground.state(ids[1]).await == TaskState::Dead).await;
        until("the panicking one waits", SOON, async || ground.state(ids[2]).await == TaskState::Later).await;
        assert_eq!(ground.task(ids[2]).await.unwrap().last_error.as_deref(), Some("the handler panicked: as told"));
        let dead = Search { stage: Some(Stage::Dead), text: Some("never".into()), ..Search::default() };
        let listed = tasks::tasks(&ground.app, &dead, 10, 0).await.unwrap();
        assert_eq!((listed.total, listed.tasks[0].id), (1, ids[1]));
        tasks::run_again(&ground.app, None, ids[1]).await.unwrap();
        until("it ran again", SOON, async || seen(user).iter().filter(|seen| seen.task == ids[1]).count() == 2).await;
        until("it is dead again", SOON, async || ground.state(ids[1]).await == TaskState::Dead).await;
        assert_eq!(tasks::run_all_again(&ground.app, None, &dead).await.unwrap(), 1);
        until("it ran again", SOON, async || seen(user).iter().filter(|seen| seen.task == ids[1]).count() == 3).await;
        workers.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_queue_waits_and_goes_on() {
    for ground in both().await {
        let (workers, user) = (ground.workers(4), Uuid::now_v7());
        assert!(tasks::pause(&ground.app, None, Queue::Emails).await.unwrap());
        let ids = ground.owe(user, [Probe::Note { number: 1 }]).await;
        // One that was pushed before the pause comes to a worker, which puts it back.
        ground.app.transport.push_owed(Queue::Emails, &ids).await.unwrap();
        let backlog = async || ground.app.transport.backlog(Queue::Emails).await.unwrap();
        until("the worker took it", SOON, async || backlog().await == 0).await;
        assert!(seen(user).is_empty());
        let view = tasks::queues(&ground.app).await.unwrap();
        let emails = view.iter().find(|queue| queue.name == Queue::Emails).unwrap();
        assert!(emails.paused_at.is_some() && emails.waiting == 1);
        assert!(tasks::resume(&ground.app, None, Queue::Emails).await.unwrap());
        until("it is handled", SOON, async || ended(user) == 1).await;
        assert_eq!(seen(user)[0].tries, 1, "a pause costs no try");
        workers.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_it_can_and_hands_back_the_rest() {
    for ground in both().await {
        let (workers, user) = (ground.workers(4), Uuid::now_v7());
        let ids = ground.owe(user, [Probe::Slow { milliseconds: 300 }, Probe::Slow { milliseconds: 60_000 }]).await;
        until("both have begun", SOON, async || seen(user).len() == 2).await;
        workers.stop.cancel();
        until("the short one is finished", SOON, async || ground.state(ids[0]).await == TaskState::Done).await;
        workers.hurry.cancel();
        workers.stop().await;
        assert_eq!(ground.state(ids[1]).await, TaskState::Ready);
        assert_eq!(ground.task(ids[1]).await.unwrap().attempts_before, 1, "handing back costs no try");
        let next = ground.workers(4);
        until("the next workers have it", SOON, async || {
            seen(user).iter().filter(|seen| seen.task == ids[1]).count() == 2
        })
        .await;
        next.hurry.cancel();
        next.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_on_a_queue_is_set_aside_and_stops_nobody() {
    for ground in both().await {
        let garbage = [b"not an id".to_vec(), vec![0xff, 0xfe, 0], Uuid::now_v7().to_string().into_bytes(), Vec::new()];
        ground.app.transport.push(Queue::Emails, garbage).await.unwrap();
        let (workers, user) = (ground.workers(1), Uuid::now_v7());
        ground.owe(user, [Probe::Note { number: 1 }]).await;
        until("the task behind it is handled", SOON, async || ended(user) == 1).await;
        until("nothing is left", SOON, async || ground.app.transport.backlog(Queue::Emails).await.unwrap() == 0).await;
        let unreadable = async || ground.app.transport.unreadable(Queue::Emails).await.unwrap();
        until("it is kept", SOON, async || unreadable().await == 3).await;
        workers.stop().await;
        assert_eq!(unreadable().await, 3, "{}", ground.shape);
        ground.app.transport.forget_unreadable(Queue::Emails).await.unwrap();
        assert_eq!(unreadable().await, 0, "{}", ground.shape);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_of_one_user_does_not_hold_up_another() {
    for ground in both().await {
        let (busy, single) = (Uuid::now_v7(), Uuid::now_v7());
        ground.owe(busy, (0..600).map(|_| Probe::Slow { milliseconds: 10 })).await;
        let workers = ground.workers(2);
        until("the backlog is under way", SOON, async || ended(busy) > 10).await;
        ground.owe(single, [Probe::Note { number: 1 }]).await;
        until("the single task is handled", SOON, async || ended(single) == 1).await;
        assert!(ended(busy) < 400, "{}: {} of the backlog came first", ground.shape, ended(busy));
        workers.hurry.cancel();
        workers.stop().await;
    }
}
