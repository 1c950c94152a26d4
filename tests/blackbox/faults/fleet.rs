//! The fleet under fire.

use std::time::{Duration, Instant};

use serde_json::json;
use vanikeys_testkit::{eventually, process::Service};

use super::crowd::Crowd;
use crate::world::{Shape, World};

const DEADLINE: Duration = Duration::from_secs(240);
/// Found in a fraction of a second of search, so that 200 take long enough to be hit by every fault.
const TEXT: &str = "abc";

/// 20 times at random a worker or a searcher dies without a word.
#[tokio::test(flavor = "multi_thread")]
async fn workers_are_killed() {
    let mut world = World::with(Shape::Fleet, &Crowd::SETTINGS).await;
    let crowd = Crowd::gather(&world).await;
    crowd.order(TEXT).await;
    for _ in 0..20 {
        let victim = usize::from(random() % 2);
        // The moment is the dice: whatever has happened by then, what is checked in the end must hold.
        tokio::time::sleep(Duration::from_millis(200 + u64::from(random()) * 4)).await;
        tokio::task::block_in_place(|| {
            world.workers[victim].kill();
            world.workers[victim].start();
        });
    }
    crowd.check(&world, 1, DEADLINE).await;
    still_works(&mut world).await;
}

/// Redis is flushed, loses every connection, stands still for 20 s, and dies.
#[tokio::test(flavor = "multi_thread")]
async fn redis_fails() {
    let mut world = World::with(Shape::Fleet, &Crowd::SETTINGS).await;
    let crowd = Crowd::gather(&world).await;
    crowd.order(TEXT).await;
    // The pauses here and below spread the faults over the work; nothing relies on how far that is by then.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        world.ground().redis.flush();
    }
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        world.ground().redis.kill_clients();
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    world.ground().redis.freeze();
    // So long the fault itself lasts.
    tokio::time::sleep(Duration::from_secs(20)).await;
    world.ground().redis.thaw();
    tokio::time::sleep(Duration::from_millis(700)).await;
    tokio::task::block_in_place(|| world.ground().redis.restart());
    crowd.check(&world, 1, DEADLINE).await;
    still_works(&mut world).await;
}

/// PostgreSQL is restarted in good order, and crashes.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_fails() {
    let mut world = World::with(Shape::Fleet, &Crowd::SETTINGS).await;
    let crowd = Crowd::gather(&world).await;
    crowd.order(TEXT).await;
    for crash in [false, true, false, true] {
        // Spreads the faults over the work; nothing relies on how far that is by then.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        tokio::task::block_in_place(|| {
            let postgres = &mut world.ground().postgres;
            if crash {
                postgres.crash()
            } else {
                postgres.stop()
            }
            postgres.start_again();
        });
    }
    crowd.check(&world, 1, DEADLINE).await;
    still_works(&mut world).await;
}

/// No process died of it or hangs idle: all still run, and a new job is found at once and its letter written.
pub async fn still_works(world: &mut World) {
    let late = world.register("late").await;
    let id = late.order(&json!({ "text": "e", "kind": "prefix" }), json!({ "custody": "service" })).await;
    let started = Instant::now();
    let job = late.wait_for_end(&id, Duration::from_secs(30)).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert!(world.services().all(Service::is_running), "a process ended:\n{}", world.logs());
    no_task_is_left(world).await;
    if world.mail.is_none() {
        return;
    }
    let letters: Vec<String> = world.mail.iter().flat_map(|sink| sink.mails()).map(|mail| mail.text()).collect();
    let did = job["did"].as_str().unwrap();
    assert!(letters.iter().any(|text| text.contains(did)), "no letter tells of {did}: {letters:?}");
    assert!(started.elapsed() < Duration::from_secs(90));
}

/// Every task that is due gets done, and none is dead.
pub async fn no_task_is_left(world: &World) {
    eventually("no task is left", Duration::from_secs(60), || async {
        let dead = world.sql("SELECT queue, kind, last_error FROM outbox WHERE state = 'dead'");
        assert!(dead.is_empty(), "dead tasks: {dead:?}");
        let open = world.sql("SELECT count(*) FROM outbox WHERE queue <> 'upkeep' AND state <> 'done'");
        (open == ["0"]).then_some(())
    })
    .await;
}

/// A byte of randomness: the order of faults differs from run to run on purpose.
pub fn random() -> u8 {
    let mut byte = [0];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut byte).unwrap();
    byte[0]
}
