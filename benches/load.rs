//! How much the service carries: 100 people who pull at once, orders until they start, letters until they arrive; in
//! either shape, over HTTP, with the real processes. Prints rates and percentiles; asserts nothing.
//!
//! ```sh
//! cargo build --release --workspace --bins
//! cargo bench --bench load -- --seconds 30 --users 100
//! ```

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::print_stdout, reason = "a program for people")]
#![allow(dead_code, unused_imports, reason = "the tests use more of the world than this")]

#[path = "../tests/blackbox/python.rs"]
mod python;
#[path = "../tests/blackbox/world/mod.rs"]
mod world;

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use world::{Person, Shape, World};

fn main() {
    let seconds = option("--seconds", 20);
    let users = option("--users", 100);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for shape in [Shape::Embedded, Shape::Fleet] {
        println!("\n{shape:?}, {users} people, {seconds} s");
        runtime.block_on(measure(shape, users, Duration::from_secs(seconds)));
    }
}

fn option(name: &str, default: u64) -> u64 {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    args.next().map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

async fn measure(shape: Shape, users: u64, time: Duration) {
    let world = World::start(shape).await;
    let mut people = Vec::new();
    for number in 0..users {
        let person = world.register(&format!("load{number}")).await;
        world.grant(&person.username, 100_000);
        people.push(person);
    }
    pulls(&people, time).await;
    reads(&people, time / 4).await;
    orders(&people).await;
    world.doctor();
}

/// Everybody pulls as fast as answers come.
async fn pulls(people: &[Person], time: Duration) {
    let body = json!({ "pattern": { "text": "e", "kind": "prefix" } });
    let end = Instant::now() + time;
    let each = people.iter().map(|person| {
        let body = body.clone();
        async move {
            let (mut times, mut limited) = (Vec::new(), 0);
            while Instant::now() < end {
                let started = Instant::now();
                let answer = person.api.post("/api/pulls/execute", body.clone()).await;
                match answer.status {
                    429 => {
                        limited += 1;
                        tokio::time::sleep(Duration::from_millis(250)).await;
                    }
                    _ => {
                        answer.ok();
                        times.push(started.elapsed());
                    }
                }
            }
            (times, limited)
        }
    });
    let results = join_all(each).await;
    let limited: u32 = results.iter().map(|(_, limited)| limited).sum();
    let times = results.into_iter().flat_map(|(times, _)| times).collect();
    report("pulls", times, time);
    println!("  {limited} requests over a user's rate limit were refused");
}

/// Everybody looks at the balance, as a page does.
async fn reads(people: &[Person], time: Duration) {
    let end = Instant::now() + time;
    let each = people.iter().map(|person| async move {
        let mut times = Vec::new();
        for _ in 0..50 {
            let started = Instant::now();
            person.api.get("/api/tokens/balance").await.ok();
            times.push(started.elapsed());
            if Instant::now() > end {
                break;
            }
        }
        times
    });
    let started = Instant::now();
    let times = join_all(each).await.concat();
    report("balances", times, started.elapsed());
}

/// From an order until its first slice is issued, one order after another.
async fn orders(people: &[Person]) {
    let (mut to_start, mut to_end) = (Vec::new(), Vec::new());
    let started = Instant::now();
    for person in people.iter().take(50) {
        let ordered = Instant::now();
        let id = person.order(&json!({ "text": "e", "kind": "prefix" }), json!({ "custody": "service" })).await;
        person.listen_to_end(&id, Duration::from_secs(60)).await;
        to_end.push(ordered.elapsed());
        let job = person.job(&id).await;
        to_start.push(between(&job["createdAt"], &job["startedAt"]));
    }
    report("order to first slice", to_start, started.elapsed());
    report("order to delivered key (1 in 31)", to_end, started.elapsed());
}

fn between(from: &serde_json::Value, to: &serde_json::Value) -> Duration {
    let at = |value: &serde_json::Value| {
        let text = value.as_str().expect("a time");
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
    };
    (at(to) - at(from)).unsigned_abs()
}

fn report(what: &str, mut times: Vec<Duration>, over: Duration) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "  {what}: {} in {:.1} s, {:.0} a second, {:.0} a minute; p50 {:.1?}, p95 {:.1?}, p99 {:.1?}",
        times.len(),
        over.as_secs_f64(),
        times.len() as f64 / over.as_secs_f64(),
        60.0 * times.len() as f64 / over.as_secs_f64(),
        at(0.50),
        at(0.95),
        at(0.99)
    );
}
