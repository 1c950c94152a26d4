use vanikeys_testkit::redis::Server;

use super::*;
use crate::domain::time::Timestamp;

const RATE: Rate = Rate { most: 4, window: Duration::from_secs(60) };

fn manual() -> (Limits, Clock) {
    let clock = Clock::manual(Timestamp::from_micros(1_800_000_000_000_000));
    (Limits::in_process(clock.clone()), clock)
}

#[tokio::test]
async fn so_many_pass_at_once_and_then_evenly() {
    let (limits, clock) = manual();
    for left in [3, 2, 1, 0] {
        let decision = limits.check("a", RATE).await;
        assert!(decision.allowed);
        assert_eq!((decision.remaining, decision.limit), (left, 4));
    }
    let refused = limits.check("a", RATE).await;
    assert_eq!((refused.allowed, refused.remaining), (false, 0));
    assert_eq!((refused.retry_after, refused.reset), (Duration::from_secs(15), Duration::from_secs(60)));
    assert!(limits.check("b", RATE).await.allowed, "keys count apart");
    clock.advance(Duration::from_millis(14_999));
    assert!(!limits.check("a", RATE).await.allowed);
    clock.advance(Duration::from_millis(1));
    assert!(limits.check("a", RATE).await.allowed);
    assert!(!limits.check("a", RATE).await.allowed);
    clock.advance(Duration::from_secs(60));
    assert_eq!(limits.check("a", RATE).await.remaining, 3);
}

#[tokio::test]
async fn a_clock_that_is_set_back_locks_nobody_out_and_gives_nothing_away() {
    let (limits, clock) = manual();
    for _ in 0..4 {
        assert!(limits.check("a", RATE).await.allowed);
    }
    let back = Limits { clock: Clock::manual(Timestamp::from_micros(1_700_000_000_000_000)), ..limits.clone() };
    let refused = back.check("a", RATE).await;
    assert!(!refused.allowed, "what was used stays used");
    assert_eq!(refused.retry_after, Duration::from_secs(15));
    back.clock.advance(Duration::from_secs(15));
    assert!(back.check("a", RATE).await.allowed);
    assert!(!back.check("a", RATE).await.allowed);
    assert!(limits.check("a", RATE).await.allowed, "set forward again, it is later");
    clock.advance(Duration::from_secs(60));
    assert_eq!(limits.check("a", RATE).await.remaining, 3);
}

#[tokio::test]
async fn the_same_holds_for_the_clock_of_redis() {
    let server = Server::start();
    let limits = Limits::redis(&server.url(), Clock::System).unwrap();
    for _ in 0..4 {
        assert!(limits.check("a", RATE).await.allowed);
    }
    // What Redis holds after its clock was set back by 100,000,000 s: both moments lie so far ahead.
    let held = server.command("GET vanikeys:rate:a");
    let held = held.lines().last().unwrap().split(' ').map(|moment| moment.trim().parse::<i64>().unwrap());
    let ahead: Vec<String> = held.map(|moment| (moment + 100_000_000_000_000).to_string()).collect();
    server.command(&format!("SET vanikeys:rate:a \"{}\"", ahead.join(" ")));
    let refused = limits.check("a", RATE).await;
    assert!(!refused.allowed);
    assert!(refused.retry_after <= Duration::from_secs(15), "{refused:?}");
    assert_ne!(server.command("GET vanikeys:rate:a"), ahead.join(" "), "from here on it waits no longer than that");
}

#[tokio::test]
async fn processes_count_together_in_redis() {
    let server = Server::start();
    let [one, two] = [0, 1].map(|_| Limits::redis(&server.url(), Clock::System).unwrap());
    let mut passed = 0;
    for _ in 0..4 {
        passed += u32::from(one.check("a", RATE).await.allowed) + u32::from(two.check("a", RATE).await.allowed);
    }
    assert_eq!(passed, 4);
    let refused = two.check("a", RATE).await;
    assert!(refused.retry_after > Duration::from_secs(10) && refused.retry_after <= Duration::from_secs(15));
    assert!(one.check("b", RATE).await.allowed);
}

#[tokio::test]
async fn without_redis_the_limit_holds_in_the_process() {
    let mut server = Server::start();
    let limits = Limits::redis(&server.url(), Clock::System).unwrap();
    assert!(limits.check("a", RATE).await.allowed);
    server.stop();
    let mut passed = 0;
    for _ in 0..10 {
        passed += u32::from(limits.check("a", RATE).await.allowed);
    }
    assert_eq!(passed, 4);
    server.start_again();
    let again = async {
        while !limits.check("fresh", RATE).await.allowed || server.command("KEYS vanikeys:rate:fresh").starts_with("*0")
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(80), again).await.expect("it counts in Redis again");
}
