//! A burst of Stripe's events, in either shape, with the real processes: how fast they are accepted while the front is
//! used, and when all of them are handled. Prints percentiles; asserts nothing.
//!
//! ```sh
//! cargo build --release --workspace --bins
//! cargo bench --bench webhooks -- --events 10000 --at-once 20
//! ```

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people"
)]
#![allow(dead_code, unused_imports, reason = "the tests use more of the world than this")]

#[path = "../tests/blackbox/python.rs"]
mod python;
#[path = "../tests/blackbox/world/mod.rs"]
mod world;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use serde_json::json;
use vanikeys_sandbox::sign;
use world::{Shape, Till, World, priced, sandboxed};

/// Payments that the events are about.
const PAYMENTS: usize = 50;

fn main() {
    let events = option("--events", 10_000);
    let at_once = option("--at-once", 20);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for shape in [Shape::Embedded, Shape::Fleet] {
        println!("\n{shape:?}, {events} events, {at_once} at once");
        runtime.block_on(measure(shape, events, at_once));
    }
}

fn option(name: &str, default: usize) -> usize {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    args.next().map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

async fn measure(shape: Shape, events: usize, at_once: usize) {
    let (world, till) = sandboxed(shape).await;
    priced(&world).await;
    for number in 0..PAYMENTS {
        let person = world.register(&format!("buyer{number}")).await;
        till.buys(&person, "starter", "4242424242424242").await;
    }
    let intents: Vec<String> =
        till.sandbox.objects("payment_intent").iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    let (begun, next, done) = (Instant::now(), AtomicUsize::new(0), AtomicBool::new(false));
    let burst = async {
        let senders = (0..at_once).map(|_| send(&world, &till, &intents, (&next, events)));
        let times = join_all(senders).await;
        done.store(true, Ordering::Relaxed);
        times.into_iter().flatten().collect()
    };
    let (accepted, read) = tokio::join!(burst, reads(&world, &done));
    let took = begun.elapsed();
    told("accepted", accepted, took);
    told("a page meanwhile", read, took);
    let handled = "SELECT count(*) FROM billing_events WHERE id LIKE 'evt_burst_%' AND state = 'handled'";
    while world.sql(handled) != [events.to_string()] {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!("all handled after {:.1} s", begun.elapsed().as_secs_f64());
    world.doctor();
}

/// Sends events until all were; answers with how long each took to be accepted.
async fn send(world: &World, till: &Till, intents: &[String], (next, all): (&AtomicUsize, usize)) -> Vec<Duration> {
    let (client, mut times) = (reqwest::Client::new(), Vec::new());
    let url = format!("{}/api/billing/webhook", world.url());
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= all {
            return times;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
        let body = json!({ "id": format!("evt_burst_{number}"), "object": "event", "type": "payment_intent.succeeded",
            "created": now, "livemode": false, "data": { "object": { "id": intents[number % intents.len()] } } });
        let body = body.to_string();
        let signature = sign::header(&[till.secret.as_str()], now, body.as_bytes());
        let begun = Instant::now();
        let sent = client.post(&url).header("stripe-signature", signature).body(body).send().await.unwrap();
        assert_eq!(sent.status(), 200);
        times.push(begun.elapsed());
    }
}

/// Somebody new looks at a page twenty times a second.
async fn reads(world: &World, done: &AtomicBool) -> Vec<Duration> {
    let mut times = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let begun = Instant::now();
        assert_eq!(world.api().get("/pricing").await.status, 200);
        times.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    times
}

fn told(what: &str, mut times: Vec<Duration>, took: Duration) {
    times.sort_unstable();
    let rate = times.len() as f64 / took.as_secs_f64();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1_000.0;
    let (half, most, nearly, last) = (at(50), at(95), at(99), at(100));
    println!(
        "{what}: {} at {rate:.0}/s, p50 {half:.1} ms, p95 {most:.1} ms, p99 {nearly:.1} ms, longest {last:.1} ms",
        times.len()
    );
}
