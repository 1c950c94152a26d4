//! The game as people play it, in both shapes: invited, rewarded, robbing, robbed, told; and heists while everything
//! around them fails.

mod model;
#[path = "../../../core/tests/flows/heists/reference.rs"]
mod reference;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vanikeys_testkit::eventually;

use crate::faults::{no_task_is_left, random};
use crate::world::{Person, Shape, World};

const MAIL: [(&str, &str); 1] = [("HEIST_EMAIL_ENABLED", "true")];

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    story(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    story(Shape::Fleet).await;
}

/// Registers somebody with a code.
async fn invited(world: &World, code: &str, name: &str) {
    let body = json!({ "email": format!("{name}@example.org"), "username": name, "password": format!("correct horse {name}"),
        "acceptTerms": true, "adult": true, "referralCode": code });
    let answer = world.api().post("/auth/register", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

async fn code(person: &Person) -> String {
    person.api.get("/api/referrals").await.ok()["code"].as_str().unwrap().to_owned()
}

async fn id(person: &Person) -> String {
    person.api.get("/auth/me").await.ok()["id"].as_str().unwrap().to_owned()
}

async fn rob(robber: &Person, target: &str) -> crate::world::Answer {
    robber.api.post("/api/heist/execute", json!({ "targetUserId": target })).await
}

async fn story(shape: Shape) {
    let world = World::with(shape, &MAIL).await;
    let (ann, cid) = (world.register("annie").await, world.register("cecil").await);
    let target = id(&cid).await;
    rob(&ann, &target).await.refused(402, "INSUFFICIENT_TOKENS");
    invited(&world, &code(&ann).await, "bobby").await;
    assert_eq!(ann.api.get("/api/heist/tokens").await.ok()["balance"], 1);
    let told = ann.api.get("/api/heist/notifications").await.ok();
    assert_eq!((&told["items"][0]["type"], &told["unreadCount"]), (&json!("TOKEN_EARNED"), &json!(1)));

    let board = ann.api.get("/api/leaderboard").await.ok();
    let place = board["items"].as_array().unwrap().iter().find(|place| place["userId"] == target).unwrap();
    assert_eq!((&place["canRob"]["eligible"], &place["points"]), (&json!(true), &json!(25)), "{place}");
    let done = rob(&ann, &target).await.ok();
    assert_eq!(
        (&done["pointsStolen"], &done["victimName"], &done["newTotalPoints"]),
        (&json!(1), &json!("cecil"), &json!(76))
    );
    assert_eq!(done["tokensRemaining"], 0);

    let told = cid.api.get("/api/heist/notifications").await.ok();
    assert_eq!(told["items"][0]["type"], "HEIST_VICTIM");
    assert!(told["items"][0]["message"].as_str().unwrap().starts_with("annie took 1 point"));
    let seen = ann.api.get(&format!("/api/heist/can-rob/{target}")).await.ok();
    assert_eq!((&seen["errorCode"], &seen["cooldownStatus"]["active"]), (&json!("INSUFFICIENT_TOKENS"), &json!(true)));
    assert_eq!(seen["targetStatus"]["protected"], true);
    let (first, last) = (&ann.api.get("/api/leaderboard").await.ok(), &cid.api.get("/api/leaderboard").await.ok());
    assert_eq!((&first["own"]["rank"], &last["own"]["points"]), (&json!(1), &json!(24)));

    invited(&world, &code(&ann).await, "daisy").await;
    rob(&ann, &target).await.refused(429, "COOLDOWN_ACTIVE");
    invited(&world, &code(&cid).await, "edgar").await;
    assert_eq!(cid.api.post("/api/points/checkin", json!({})).await.ok()["pointsAwarded"], 15);
    assert_eq!(cid.api.post("/api/heist/shields", json!({})).await.status, 201);
    if let Some(sink) = &world.mail {
        let letter = |text: &'static str, to: &'static str| {
            sink.wait_for(text, move |mail| {
                mail.to.iter().any(|address| address.contains(to)) && mail.text().contains(text)
            })
        };
        letter("annie took 1 point from you", "cecil").await;
        letter("bobby signed up with your code", "annie").await;
    }
    switched_off_while_one_waits(&world, &cid, &id(&ann).await).await;
    let metrics = world.api().get("/metrics").await.text;
    for name in ["failing_users", "hunted_users", "success_share", "average_points", "gini", "token_players"] {
        assert!(metrics.contains(&format!("vanikeys_heist_{name}")), "{name} is not measured");
    }
    assert!(metrics.contains("vanikeys_heists_today{status=\"SUCCESS\"} 1"), "{metrics}");
    world.doctor();
}

/// The switch is turned in a process of its own: within a second another one refuses, and what was queued before is
/// refused by the process that would apply it, and costs nothing.
async fn switched_off_while_one_waits(world: &World, robber: &Person, target: &str) {
    world.admin(&["pause", "heists"]);
    let waiting = rob(robber, target).await;
    assert_eq!(waiting.status, 202, "{}", waiting.text);
    let attempt = waiting.headers["location"].to_str().unwrap().to_owned();
    world.admin(&["set", "heist.enabled", "false"]);
    let since = Instant::now();
    rob(robber, target).await.refused(503, "FEATURE_DISABLED");
    assert!(since.elapsed() < Duration::from_secs(1), "it took {:?}", since.elapsed());
    world.admin(&["resume", "heists"]);
    eventually("it is refused", Duration::from_secs(30), || async {
        (world.sql("SELECT count(*) FROM heists WHERE status = 'PENDING'") == ["0"]).then_some(())
    })
    .await;
    let ended = robber.api.get(&attempt).await.ok();
    let told = (&ended["status"], &ended["failureReason"], &ended["tokenSpent"]);
    assert_eq!(told, (&json!("FAILED_COOLDOWN"), &json!("FEATURE_DISABLED"), &json!(false)));
    world.admin(&["set", "heist.enabled", "true"]);
}

/// A handful of players with many tokens, and no waiting between heists.
async fn players(world: &World, count: usize) -> Vec<(Person, String)> {
    let mut all = Vec::new();
    for number in 0..count {
        let person = world.register(&format!("robber{number}")).await;
        invited(world, &code(&person).await, &format!("guest{number}")).await;
        let own = id(&person).await;
        all.push((person, own));
    }
    all
}

const FREE: [(&str, &str); 5] = [
    ("HEIST_TOKENS_PER_REFERRAL", "30"),
    ("HEIST_COOLDOWN_HOURS", "0"),
    ("HEIST_TARGET_COOLDOWN_HOURS", "0"),
    ("HEIST_MAX_PER_DAY", "1000"),
    ("HEIST_RATE_LIMIT_PER_MINUTE", "1000"),
];

/// Heists go on while workers are killed, Redis loses everything and PostgreSQL is restarted: each that was accepted has
/// one outcome, and what moved is what the outcomes say.
#[tokio::test(flavor = "multi_thread")]
async fn each_accepted_heist_has_one_outcome_whatever_fails() {
    let mut world = World::with(Shape::Fleet, &FREE).await;
    let all = players(&world, 5).await;
    let mut asking = Vec::new();
    for round in 0..20 {
        for number in 0..all.len() {
            let (person, target) = (all[number].0.clone(), all[(number + 1 + round % 4) % all.len()].1.clone());
            let key = format!("{round}-{number}");
            asking.push(tokio::spawn(async move { asked(&person, &target, &key).await }));
        }
        tokio::task::block_in_place(|| match round {
            3 | 8 | 13 => {
                let one = usize::from(random()) % world.workers.len();
                world.workers[one].kill();
                world.workers[one].start();
            }
            5 | 11 => world.ground().redis.flush(),
            7 => world.ground().redis.restart(),
            10 | 16 => {
                let postgres = &mut world.ground().postgres;
                if round == 10 {
                    postgres.stop()
                } else {
                    postgres.crash()
                }
                postgres.start_again();
            }
            _ => {}
        });
        // The next round begins while this one's heists are under way.
        let begun = format!("SELECT 1 FROM heists OFFSET {}", 5 * round);
        eventually("a heist of this round is recorded", Duration::from_secs(60), || async {
            (!world.sql(&begun).is_empty()).then_some(())
        })
        .await;
    }
    let mut accepted = Vec::new();
    for one in asking {
        accepted.extend(one.await.unwrap());
    }
    assert!(accepted.len() >= 60, "only {} were accepted", accepted.len());
    eventually("every attempt ends", Duration::from_secs(90), || async {
        (world.sql("SELECT count(*) FROM heists WHERE status = 'PENDING'") == ["0"]).then_some(())
    })
    .await;
    for (person, attempt) in &accepted {
        let found = person.api.get(&format!("/api/heist/attempts/{attempt}")).await.ok();
        assert!(found["status"] != "PENDING" && found["message"].is_string(), "{found}");
    }
    no_task_is_left(&world).await;
    let wrong = |sql: &str| assert_eq!(world.sql(sql), ["0"], "{sql}");
    wrong("SELECT count(*) FROM heists WHERE status = 'PENDING'");
    wrong(
        "SELECT count(*) FROM heists h WHERE token_spent <> EXISTS (SELECT 1 FROM transfers t WHERE t.subject = h.id AND t.kind = 'heist_try')",
    );
    wrong(
        "SELECT count(*) FROM heists h WHERE (status = 'SUCCESS') <> EXISTS (SELECT 1 FROM transfers t WHERE t.subject = h.id AND t.kind = 'heist' AND t.amount = h.points)",
    );
    wrong(
        "SELECT count(*) FROM (SELECT subject FROM notices WHERE kind = 'HEIST_VICTIM' GROUP BY subject HAVING count(*) > 1) AS twice",
    );
    world.doctor();
}

/// Asks under a key until there is an answer; the attempt's id if it was accepted.
async fn asked(person: &Person, target: &str, key: &str) -> Option<(Person, String)> {
    for _ in 0..60 {
        let body = json!({ "targetUserId": target });
        let request = person.api.request(reqwest::Method::POST, "/api/heist/execute");
        let sent = request.header("idempotency-key", key).json(&body).send().await;
        let Ok(answer) = sent else { continue };
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or_default();
        match status {
            200 => return Some((person.clone(), body["heistId"].as_str()?.to_owned())),
            202 => return Some((person.clone(), body["id"].as_str()?.to_owned())),
            // The database or Redis is away just now.
            500..=599 => tokio::time::sleep(Duration::from_millis(500)).await,
            // Too fast for the limit, which Redis counted anew.
            429 if body["error"] == "RATE_LIMITED" => tokio::time::sleep(Duration::from_secs(1)).await,
            _ => return None,
        }
    }
    None
}
