//! How the game carries: 100 people at once over a database of 100,000 players and a million past heists, by real
//! processes over HTTP; then as many heists as the worker can apply, more people than there is room for, and if asked
//! for, minutes at a steady rate. Prints rates and percentiles; asserts only that no heist is lost and none is answered
//! with an error.
//!
//! ```sh
//! cargo build --release --workspace --bins
//! cargo bench --bench heists -- --users 100 --heists 20000 --crowd 500 --minutes 10
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

/// No waiting between heists of one player: what is measured is the way, not the rules.
const SETTINGS: [(&str, &str); 5] = [
    ("HEIST_COOLDOWN_HOURS", "0"),
    ("HEIST_TARGET_COOLDOWN_HOURS", "0"),
    ("HEIST_MAX_PER_DAY", "100000"),
    ("HEIST_RATE_LIMIT_PER_MINUTE", "100000"),
    ("DATABASE_CONNECTIONS", "40"),
];

/// Reads of each kind by one person; together they stay under the limit of a minute.
const READS: usize = 14;

/// Everybody does one thing in this time, each at a moment of their own: as often as the limits allow at length.
const PACE: Duration = Duration::from_secs(1);

fn main() {
    let (users, seconds, heists) = (option("--users", 100), option("--seconds", 20), option("--heists", 20_000));
    let (players, crowded, minutes) = (option("--players", 100_000), option("--crowd", 500), option("--minutes", 0));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::with(Shape::Fleet, &SETTINGS).await;
        let mut people = Vec::new();
        for number in 0..users.max(crowded) {
            people.push(world.register(&format!("load{number}")).await);
        }
        let few = &people[..usize::try_from(users).unwrap()];
        fill(&world, players, players * 10);
        let targets = world.sql("SELECT id FROM users WHERE username LIKE 'seed%' ORDER BY id LIMIT 5000");
        println!("{users} people, {players} players, {} past heists", players * 10);
        reads(few, &targets).await;
        execute(few, &targets, Duration::from_secs(seconds)).await;
        sustained(&world, heists);
        crowd(&world, &people, &targets, Duration::from_secs(seconds)).await;
        steady(&world, few, &targets, minutes).await;
    });
}

fn option(name: &str, default: u64) -> u64 {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    args.next().map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

/// Players with points and tokens, and heists of the last month, written as they would have been left behind.
fn fill(world: &World, players: u64, heists: u64) {
    let run = |statement: String| drop(world.sql(&statement));
    run(format!(
        "INSERT INTO users (id, username, username_key, referral_code, adult_confirmed_at, terms_accepted_at, created_at) \
         SELECT gen_random_uuid(), 'seed' || n, 'seed' || n, 'SEED' || n, 0, 0, 0 FROM generate_series(1, {players}) AS n"
    ));
    let season = "'points:' || to_char(now() AT TIME ZONE 'utc', 'YYYY-MM')";
    run(format!(
        "INSERT INTO ledger_accounts (id, owner, asset, balance, created_at) SELECT gen_random_uuid(), id, {season}, \
         2000 + (random() * 8000)::int, 0 FROM users ON CONFLICT (owner, asset) DO UPDATE SET balance = 5000"
    ));
    run("INSERT INTO ledger_accounts (id, owner, asset, balance, created_at) SELECT gen_random_uuid(), id, \
         'heist_token', 1000000, 0 FROM users"
        .to_owned());
    run(format!(
        "WITH every AS (SELECT array_agg(id ORDER BY id) AS ids, count(*)::int AS n FROM users) \
         INSERT INTO heists (id, attacker_id, victim_id, status, admitted, token_spent, points, attacker_before, \
         attacker_after, victim_before, victim_after, created_at, applied_at) SELECT gen_random_uuid(), ids[1 + g % n], \
         ids[1 + (g::bigint * 7919 + 1) % n], 'SUCCESS', true, true, 10, 0, 10, 10, 0, at, at FROM (SELECT ids, n, g, \
         (extract(epoch FROM now()) * 1000000 - random() * 2500000000000)::bigint AS at \
         FROM every, generate_series(1, {heists}) AS g) AS past WHERE ids[1 + g % n] <> ids[1 + (g::bigint * 7919 + 1) % n]"
    ));
    run("ANALYZE".to_owned());
}

/// Ends when it is somebody's turn: people do not all act at once.
async fn turn_of(number: usize, of: usize, turn: usize, since: Instant) {
    let own = PACE.mul_f64(number as f64 / of as f64);
    tokio::time::sleep_until((since + own + PACE * turn as u32).into()).await;
}

/// Everybody looks at everything, as the pages do.
async fn reads(people: &[Person], targets: &[String]) {
    for (what, path) in [
        ("tokens", "/api/heist/tokens"),
        ("can-rob", "/api/heist/can-rob/"),
        ("notifications", "/api/heist/notifications"),
        ("history", "/api/heist/history"),
    ] {
        let started = Instant::now();
        let each = people.iter().enumerate().map(|(number, person)| async move {
            let mut times = Vec::new();
            for turn in 0..READS {
                turn_of(number, people.len(), turn, started).await;
                let target = &targets[(number * READS + turn) % targets.len()];
                let path = if path.ends_with('/') { format!("{path}{target}") } else { path.to_owned() };
                let started = Instant::now();
                person.api.get(&path).await.ok();
                times.push(started.elapsed());
            }
            times
        });
        let times = join_all(each).await.concat();
        report(what, times, started.elapsed());
    }
}

/// Everybody robs, one heist a second each, and waits for the outcome.
async fn execute(people: &[Person], targets: &[String], time: Duration) {
    let started = Instant::now();
    let end = started + time;
    let each = people.iter().enumerate().map(|(number, person)| async move {
        let (mut times, mut other) = (Vec::new(), 0);
        for turn in 0.. {
            turn_of(number, people.len(), turn, started).await;
            if Instant::now() >= end {
                break;
            }
            let body = json!({ "targetUserId": targets[(turn * people.len() + number) % targets.len()] });
            let started = Instant::now();
            let answer = person.api.post("/api/heist/execute", body).await;
            if answer.status == 200 { times.push(started.elapsed()) } else { other += 1 }
        }
        (times, other)
    });
    let results = join_all(each).await;
    let other: u32 = results.iter().map(|(_, other)| other).sum();
    report("execute, end to end", results.into_iter().flat_map(|(times, _)| times).collect(), started.elapsed());
    println!("  {other} were answered otherwise");
}

/// Heists that all wait at once, until the last is applied.
fn sustained(world: &World, heists: u64) {
    let now = "(extract(epoch FROM now()) * 1000000)::bigint";
    drop(world.sql(&format!(
        "WITH every AS (SELECT array_agg(id ORDER BY id) AS ids, count(*)::int AS n FROM users), made AS (INSERT INTO heists \
         (id, attacker_id, victim_id, status, admitted, created_at) SELECT gen_random_uuid(), ids[1 + g % n], \
         ids[1 + (g + n / 2) % n], 'PENDING', true, {now} FROM every, generate_series(1, {heists}) AS g RETURNING id, attacker_id) \
         INSERT INTO outbox (id, queue, user_id, kind, payload, state, due_at, turn, created_at) SELECT gen_random_uuid(), \
         'heists', attacker_id, 'apply', json_build_object('kind', 'apply', 'heistId', id)::text, 'ready', {now}, 1, {now} FROM made"
    )));
    let begun = Instant::now();
    drain(world);
    let took = begun.elapsed().as_secs_f64();
    println!("  worker: {heists} heists applied in {took:.1} s, {:.0} a second", heists as f64 / took);
    let by = world.sql("SELECT status, count(*) FROM heists WHERE admitted GROUP BY status ORDER BY status");
    println!("  {by:?}");
}

/// Everybody robs as fast as answers come: each is an outcome, or says when to come back, and no heist is lost.
async fn crowd(world: &World, people: &[Person], targets: &[String], time: Duration) {
    let end = Instant::now() + time;
    let each = people.iter().enumerate().map(|(number, person)| async move {
        let (mut times, mut answers, mut turn) = (Vec::new(), Vec::new(), number);
        while Instant::now() < end {
            turn += people.len();
            let started = Instant::now();
            let body = json!({ "targetUserId": targets[turn % targets.len()] });
            let answer = person.api.post("/api/heist/execute", body).await;
            times.push(started.elapsed());
            let busy = matches!(answer.status, 429 | 503);
            assert!(busy || answer.status < 500, "{}", answer.text);
            assert!(!busy || !answer.header("retry-after").is_empty(), "{}", answer.text);
            let id = answer.json()[if answer.status == 202 { "id" } else { "heistId" }].as_str().map(str::to_owned);
            answers.push((answer.status, id));
            if busy {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        (times, answers)
    });
    let started = Instant::now();
    let (times, answers): (Vec<_>, Vec<_>) = join_all(each).await.into_iter().unzip();
    report(&format!("{} people at once", people.len()), times.concat(), started.elapsed());
    let answers = answers.concat();
    let mut by = std::collections::BTreeMap::new();
    answers.iter().for_each(|(status, _)| *by.entry(*status).or_insert(0) += 1);
    drain(world);
    let accepted: Vec<&String> = answers.iter().filter_map(|(_, id)| id.as_ref()).collect();
    let mut ended = 0;
    for some in accepted.chunks(500) {
        let ids = some.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
        let found = world.sql(&format!("SELECT count(*) FROM heists WHERE status <> 'PENDING' AND id IN ({ids})"));
        ended += found[0].parse::<usize>().unwrap();
    }
    assert_eq!(ended, accepted.len(), "accepted heists were lost");
    println!("  answers by status {by:?}; each of {ended} accepted heists has its outcome");
}

/// A thousand heists a minute; memory and connections after each.
async fn steady(world: &World, people: &[Person], targets: &[String], minutes: u64) {
    let mut turn = 0;
    for minute in 1..=minutes {
        let started = Instant::now();
        let mut asked = Vec::new();
        for number in 0..1_000_u32 {
            let due = started + Duration::from_millis(60) * number;
            tokio::time::sleep_until(due.into()).await;
            turn += 1;
            let (person, target) = (people[turn % people.len()].clone(), targets[turn * 7 % targets.len()].clone());
            asked.push(tokio::spawn(async move {
                let started = Instant::now();
                let answer = person.api.post("/api/heist/execute", json!({ "targetUserId": target })).await;
                assert!(answer.status < 500, "{}", answer.text);
                started.elapsed()
            }));
        }
        let mut times = Vec::new();
        for one in asked {
            times.push(one.await.unwrap());
        }
        let processes = std::iter::once(&world.web).chain(&world.workers);
        let sizes: Vec<String> = processes.map(|one| size_of(one.pid())).collect();
        let connections = world.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()");
        report(&format!("minute {minute}"), times, started.elapsed());
        println!("    web, searcher, worker: {}; connections to PostgreSQL: {}", sizes.join(", "), connections[0]);
    }
}

/// Resident memory and open files of a process.
fn size_of(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap().trim().to_owned();
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count();
    format!("{resident} and {files} files")
}

/// Waits until every heist is applied.
fn drain(world: &World) {
    let started = Instant::now();
    loop {
        let open = world.sql("SELECT count(*) FROM outbox WHERE queue = 'heists' AND state <> 'done'");
        if open == ["0"] {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(600), "{open:?} are left");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn report(what: &str, mut times: Vec<Duration>, over: Duration) {
    times.sort_unstable();
    if times.is_empty() {
        println!("  {what}: none");
        return;
    }
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "  {what}: {} in {:.1} s, {:.0} a second; p50 {:.1?}, p95 {:.1?}, p99 {:.1?}",
        times.len(),
        over.as_secs_f64(),
        times.len() as f64 / over.as_secs_f64(),
        at(0.50),
        at(0.95),
        at(0.99)
    );
}
