use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use vanikeys_testkit::redis::Server;

use super::*;

const KEPT: Duration = Duration::from_secs(300);

fn manual() -> Clock {
    Clock::manual(Timestamp::from_micros(1_800_000_000_000_000))
}

async fn hit(cache: &Cache, key: &str) -> Option<i64> {
    match cache.look(key).await {
        Look::Hit(answer) => Some(answer),
        Look::Miss(_) => None,
    }
}

async fn ticket(cache: &Cache, key: &str) -> Ticket {
    match cache.look::<i64>(key).await {
        Look::Hit(answer) => panic!("{key} is {answer}"),
        Look::Miss(ticket) => ticket,
    }
}

async fn put(cache: &Cache, clock: &Clock, key: &str, answer: i64) {
    let ticket = ticket(cache, key).await;
    cache.keep(ticket, &answer, clock.now() + KEPT).await;
}

/// What holds wherever answers are kept.
async fn keeps_what_counts(cache: &Cache, clock: &Clock) {
    put(cache, clock, "a", 1).await;
    assert_eq!((hit(cache, "a").await, hit(cache, "b").await), (Some(1), None));
    assert!(matches!(cache.look::<String>("a").await, Look::Miss(_)), "an answer of another shape is none");

    // Who asked before the change keeps nothing after it, nor does who asked together with it.
    let slow = [ticket(cache, "slow").await, ticket(cache, "slow").await];
    cache.forget("slow").await;
    put(cache, clock, "slow", 2).await;
    for late in slow {
        cache.keep(late, &1, clock.now() + KEPT).await;
    }
    assert_eq!(hit(cache, "slow").await, Some(2));

    // A change while nobody has asked since takes the answer away too.
    let late = ticket(cache, "late").await;
    cache.forget("late").await;
    cache.keep(late, &1, clock.now() + KEPT).await;
    assert_eq!(hit(cache, "late").await, None);

    let past = ticket(cache, "past").await;
    cache.keep(past, &1, clock.now()).await;
    assert_eq!(hit(cache, "past").await, None, "an answer whose deadline is now is not kept");
    clock.advance(KEPT);
    assert_eq!(hit(cache, "a").await, None, "its deadline is over");
}

/// Readers and writers at once: a writer changes the truth and then forgets, a reader takes a ticket before it reads the
/// truth, and gives others time in between. Whatever is hit after all is the truth as it stands.
async fn nobody_keeps_what_was(caches: &[Cache; 2]) {
    let truth = AtomicI64::new(0);
    let now = || truth.load(Ordering::SeqCst);
    let read = async |cache: &Cache| {
        for _ in 0..200 {
            if let Look::Miss(ticket) = cache.look::<i64>("truth").await {
                let answer = now();
                tokio::task::yield_now().await;
                cache.keep(ticket, &answer, Clock::System.now() + KEPT).await;
            }
        }
    };
    let write = async |cache: &Cache| {
        for _ in 0..100 {
            truth.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            cache.forget("truth").await;
        }
    };
    let [one, two] = caches;
    tokio::join!(read(one), read(two), read(one), write(two), write(one));
    for cache in caches {
        let answer = cache.get("truth", async || Ok::<_, ()>((now(), Clock::System.now() + KEPT))).await;
        assert_eq!(answer, Ok(now()));
    }
}

#[tokio::test]
async fn in_the_process_answers_are_kept_while_they_count() {
    let clock = manual();
    keeps_what_counts(&Cache::in_process(clock.clone()), &clock).await;
    let cache = Cache::in_process(Clock::System);
    nobody_keeps_what_was(&[cache.clone(), cache]).await;
}

#[tokio::test]
async fn in_redis_answers_are_kept_while_they_count() {
    let (server, clock) = (Server::start(), manual());
    keeps_what_counts(&Cache::redis(&server.url(), clock.clone()).unwrap(), &clock).await;
    let caches = [0, 1].map(|_| Cache::redis(&server.url(), Clock::System).unwrap());
    nobody_keeps_what_was(&caches).await;
}

#[tokio::test]
async fn an_answer_is_asked_for_once_while_it_counts() {
    let clock = manual();
    let cache = Cache::in_process(clock.clone());
    let until = clock.now() + KEPT;
    assert_eq!(cache.get("a", async || Err::<(i64, _), _>("gone")).await, Err("gone"));
    assert_eq!(cache.get("a", async || Ok::<_, &str>((1, until))).await, Ok(1));
    assert_eq!(cache.get("a", async || Err::<(i64, _), _>("never asked")).await, Ok(1));
}

/// Time for a process to try Redis again.
async fn reached(cache: &Cache) {
    let again = async {
        while ticket(cache, "probe").await.id.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), again).await.expect("Redis is reached again");
}

#[tokio::test]
async fn while_redis_is_away_every_look_is_a_miss_and_afterwards_everything_begins_anew() {
    let (server, clock) = (Server::start(), manual());
    let [one, two] = [0, 1].map(|_| Cache::redis(&server.url(), clock.clone()).unwrap());
    reached(&one).await;
    reached(&two).await;
    put(&one, &clock, "a", 1).await;
    assert_eq!(hit(&two, "a").await, Some(1), "processes share what is kept");
    let before = ticket(&two, "b").await;

    // Everything that Redis holds survives this outage, and so would an answer that was forgotten meanwhile.
    server.freeze();
    assert_eq!(hit(&one, "a").await, None);
    one.forget("a").await;
    let away = ticket(&one, "c").await;
    assert!(away.id.is_none());
    one.keep(away, &1, clock.now() + KEPT).await;
    assert_eq!(one.get("a", async || Ok::<_, ()>((2, clock.now() + KEPT))).await, Ok(2), "the caller never fails");
    server.thaw();

    reached(&one).await;
    assert_eq!((hit(&one, "a").await, hit(&two, "a").await), (None, None), "a new epoch is empty");
    two.keep(before, &1, clock.now() + KEPT).await;
    assert_eq!(hit(&two, "b").await, None, "a ticket of the old epoch keeps nothing");
    put(&two, &clock, "a", 3).await;
    assert_eq!(hit(&one, "a").await, Some(3));
}

#[tokio::test]
async fn a_redis_that_forgot_everything_gives_no_ticket_twice() {
    let (server, clock) = (Server::start(), manual());
    let cache = Cache::redis(&server.url(), clock.clone()).unwrap();
    reached(&cache).await;
    let late = ticket(&cache, "a").await;
    server.flush();
    assert_eq!(hit(&cache, "a").await, None);
    cache.keep(late, &1, clock.now() + KEPT).await;
    assert_eq!(hit(&cache, "a").await, None);
}
