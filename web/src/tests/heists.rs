//! The game through the API: every endpoint, every refusal with its code, status and fields, nothing spent by one.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use vanikeys_core::{
    domain::task::Queue,
    flow::{By, admin::switches, heist, points::grant_points},
    store::{outbox, players},
};

use super::world::{Answer, Caller, On, World, over_both};

const HOUR: Duration = Duration::from_secs(3_600);

/// Somebody with points of the month and Heist Tokens, which referrals earn.
async fn player(world: &World, name: &str, points: i64, tokens: usize) -> Caller {
    let who = world.register(name).await;
    if points > 0 {
        grant_points(&world.app, Uuid::now_v7(), who.id, points, None).await.unwrap();
    }
    let code = world.get(&who, "/api/referrals").await.json()["code"].as_str().unwrap_or_default().to_owned();
    for number in 0..tokens {
        refer(world, &code, &format!("{name}-{number}")).await;
    }
    who
}

async fn refer(world: &World, code: &str, name: &str) -> Answer {
    let body = json!({ "email": format!("{name}@example.org"), "username": name, "password": "nine lives of a flap",
        "acceptTerms": true, "adult": true, "referralCode": code });
    let answer = world.post(&Caller::nobody(), "/auth/register", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer
}

/// Applies what is queued, as a worker does, while the site waits for it.
async fn working<T>(world: &World, asked: impl Future<Output = T>) -> T {
    let app = world.app.clone();
    let worker = tokio::spawn(async move {
        loop {
            let mut tx = app.db.begin().await.unwrap();
            let pass = outbox::relay(&mut tx, Queue::Heists, app.clock.now(), 0).await.unwrap();
            tx.commit().await.unwrap();
            if !pass.push.is_empty() {
                heist::apply(&app, &pass.push).await.unwrap();
            }
            // Looks again, as a worker that nobody wakes does.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let answer = asked.await;
    worker.abort();
    answer
}

async fn rob(world: &World, who: &Caller, target: Uuid) -> Answer {
    working(world, world.post(who, "/api/heist/execute", json!({ "targetUserId": target }))).await
}

async fn tokens(world: &World, who: &Caller) -> Value {
    world.get(who, "/api/heist/tokens").await.json()["balance"].clone()
}

over_both! {
    async fn a_heist_is_answered_with_its_outcome_and_seen_everywhere(world) {
        let ann = player(&world, "annie", 0, 2).await;
        let bob = player(&world, "bobby", 975, 0).await;
        let seen = world.get(&ann, &format!("/api/heist/can-rob/{}", bob.id)).await.json();
        assert_eq!((&seen["eligible"], &seen["potentialSteal"], &seen["targetPoints"]), (&true.into(), &50.into(), &1_000.into()));
        assert_eq!(seen["checks"].as_object().unwrap().len(), 8);
        let key = [("idempotency-key", "one")];
        let order = json!({ "targetUserId": bob.id });
        let done = working(&world, world.call(&ann, Method::POST, "/api/heist/execute", order.clone(), &key)).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let body = done.json();
        let now = world.app.clock.now();
        assert_eq!((&body["success"], &body["pointsStolen"], &body["victimName"]), (&true.into(), &50.into(), &"bobby".into()));
        assert_eq!((&body["newTotalPoints"], &body["tokensRemaining"]), (&175.into(), &1.into()));
        assert_eq!(body["cooldownEndsAt"], (now + 24 * HOUR).rfc3339());
        let again = world.call(&ann, Method::POST, "/api/heist/execute", order, &key).await;
        assert_eq!(again.json(), body);
        let attempt = world.get(&ann, &format!("/api/heist/attempts/{}", body["heistId"].as_str().unwrap())).await.json();
        assert_eq!((&attempt["status"], &attempt["outcome"]), (&"SUCCESS".into(), &body));
        let tokens = world.get(&ann, "/api/heist/tokens").await.json();
        assert_eq!((&tokens["balance"], &tokens["totalEarned"], &tokens["totalSpent"]), (&1.into(), &2.into(), &1.into()));
        let history = world.get(&bob, "/api/heist/history?type=victim&status=SUCCESS").await.json();
        assert_eq!(history["pagination"], json!({ "limit": 20, "offset": 0, "total": 1, "hasMore": false }));
        assert_eq!(history["stats"], json!({ "pointsStolen": 0, "pointsLost": 50, "net": -50 }));
        assert_eq!((&history["items"][0]["role"], &history["items"][0]["otherName"]), (&"victim".into(), &"annie".into()));
        let stats = world.get(&ann, "/api/heist/stats").await.json();
        assert_eq!((&stats["successes"], &stats["net"]), (&1.into(), &50.into()));
        let told = world.get(&bob, "/api/heist/notifications?unreadOnly=true&type=HEIST_VICTIM").await.json();
        assert_eq!((&told["unreadCount"], &told["items"][0]["metadata"]["attackerName"]), (&1.into(), &"annie".into()));
        assert!(told["items"][0]["actions"][0]["route"].as_str().unwrap().starts_with('/'));
        let marked = world.post(&bob, "/api/heist/notifications/read", json!({ "markAllRead": true })).await.json();
        assert_eq!(marked["markedCount"], 1);
        let board = world.get(&ann, "/api/leaderboard?limit=2").await.json();
        assert_eq!((&board["items"][0]["name"], &board["items"][0]["canRob"]["errorCode"]), (&"bobby".into(), &"COOLDOWN_ACTIVE".into()));
        assert_eq!((&board["own"]["rank"], &board["season"]), (&2.into(), &"2026-11".into()));
        assert_eq!(world.get(&Caller::nobody(), "/api/leaderboard").await.json()["own"], Value::Null);
        let events = world.get(&bob, "/api/points/events").await.json();
        assert_eq!((&events["items"][0]["kind"], &events["lifetimePoints"]), (&"HEIST_LOSS".into(), &1_000.into()));
        let all = [ann.clone(), bob.clone()];
        for who in &all {
            for path in ["/api/leaderboard", "/api/heist/history", "/api/heist/notifications", "/api/referrals"] {
                assert!(!world.get(who, path).await.text.contains("@example.org"), "{path} shows an address");
            }
        }
    }

    async fn every_refusal_has_its_code_status_and_fields(world) {
        let ann = player(&world, "annie", 0, 3).await;
        let (bob, poor) = (player(&world, "bobby", 975, 0).await, player(&world, "poory", 0, 0).await);
        let none = rob(&world, &bob, ann.id).await.is_problem(402, "INSUFFICIENT_TOKENS");
        assert_eq!(none["details"]["available"], 0);
        let own = rob(&world, &ann, ann.id).await.is_problem(400, "INVALID_TARGET");
        assert_eq!(own["details"], json!({ "self": true }));
        rob(&world, &ann, Uuid::now_v7()).await.is_problem(404, "TARGET_NOT_FOUND");
        // 25 points for signing up, and a rule that asks for more would need them; so take some first.
        let cid = player(&world, "cecil", 0, 1).await;
        assert_eq!(rob(&world, &cid, poor.id).await.status, 200);
        let protected = rob(&world, &ann, poor.id).await.is_problem(409, "TARGET_PROTECTED");
        assert_eq!(protected["details"]["protectionEndsAt"], (world.app.clock.now() + 48 * HOUR).rfc3339());
        assert_eq!(tokens(&world, &ann).await, 3);
        grant_points(&world.app, Uuid::now_v7(), bob.id, 1, None).await.unwrap();
        assert_eq!(rob(&world, &ann, bob.id).await.status, 200);
        world.app.clock.advance(30 * Duration::from_secs(60));
        let hot = rob(&world, &ann, poor.id).await;
        let body = hot.is_problem(429, "COOLDOWN_ACTIVE");
        assert_eq!((&body["details"]["hoursRemaining"], hot.header("retry-after")), (&24.into(), "84600"));
        assert!(body["details"]["cooldownEndsAt"].is_string());
        assert_eq!(tokens(&world, &ann).await, 2);
        switches::set(&world.app, &By::default(), "heist.enabled", "false").await.unwrap();
        rob(&world, &ann, bob.id).await.is_problem(503, "FEATURE_DISABLED");
        world.post(&ann, "/api/heist/shields", Value::Null).await.is_problem(503, "FEATURE_DISABLED");
        world.get(&bob, &format!("/api/heist/attempts/{}", Uuid::now_v7())).await.is_problem(404, "NOT_FOUND");
        for path in ["/api/heist/history?limit=101", "/api/heist/history?type=both", "/api/leaderboard?season=2026-13", "/api/leaderboard?season="] {
            world.get(&ann, path).await.is_problem(422, "VALIDATION_FAILED");
        }
        for path in ["/api/heist/tokens", "/api/points/events", "/api/referrals"] {
            world.get(&Caller::nobody(), path).await.is_problem(401, "UNAUTHENTICATED");
        }
    }

    async fn too_few_points_are_told_with_both_numbers(world) {
        let ann = player(&world, "annie", 0, 1).await;
        let poor = world.register("poory").await;
        let mut tx = world.app.db.begin().await.unwrap();
        players::lock(&mut tx, [poor.id]).await.unwrap();
        let season = vanikeys_core::domain::season::Season::of(world.app.clock.now());
        let movement = vanikeys_core::domain::ledger::Movement {
            user: poor.id, asset: season.asset(), amount: 6, kind: vanikeys_core::domain::ledger::Kind::Forfeit,
            key: "less".into(), subject: None, note: None, at: world.app.clock.now() };
        vanikeys_core::store::ledger::debit(&mut tx, &movement).await.unwrap();
        tx.commit().await.unwrap();
        let few = rob(&world, &ann, poor.id).await.is_problem(400, "INVALID_TARGET");
        assert_eq!(few["details"], json!({ "minimumRequired": 20, "targetPoints": 19 }));
    }

    async fn a_shield_is_bought_once_and_blocks_once(world) {
        let (ann, bob) = (player(&world, "annie", 0, 1).await, player(&world, "bobby", 975, 0).await);
        let bought = world.post(&bob, "/api/heist/shields", Value::Null).await;
        assert_eq!((bought.status.as_u16(), &bought.json()["price"]), (201, &50.into()));
        let twice = world.post(&bob, "/api/heist/shields", Value::Null).await.is_problem(409, "SHIELD_ACTIVE");
        assert_eq!(twice["details"]["expiresAt"], bought.json()["expiresAt"]);
        assert_eq!(world.get(&bob, "/api/tokens/balance").await.json()["available"], 950);
        rob(&world, &ann, bob.id).await.is_problem(409, "TARGET_SHIELDED");
        assert_eq!(tokens(&world, &ann).await, 0);
        let told = world.get(&bob, "/api/heist/notifications").await.json();
        assert_eq!(told["items"][0]["type"], "SHIELD_ACTIVATED");
    }

    async fn nobody_works_so_the_request_is_told_where_to_look(world) {
        let (ann, bob) = (player(&world, "annie", 0, 1).await, player(&world, "bobby", 975, 0).await);
        let waiting = world.post(&ann, "/api/heist/execute", json!({ "targetUserId": bob.id })).await;
        assert_eq!((waiting.status.as_u16(), &waiting.json()["status"]), (202, &"PENDING".into()));
        let place = waiting.header("location").to_owned();
        assert!(place.starts_with("/api/heist/attempts/"));
        assert_eq!(world.get(&ann, &place).await.json()["status"], "PENDING");
        let ended = async {
            while world.get(&ann, &place).await.json()["status"] == "PENDING" {
                tokio::task::yield_now().await;
            }
        };
        working(&world, ended).await;
        assert_eq!(world.get(&ann, &place).await.json()["status"], "SUCCESS");
    }

    async fn a_day_is_checked_in_once(world) {
        let ann = world.register("annie").await;
        let done = world.post(&ann, "/api/points/checkin", Value::Null).await.json();
        assert_eq!((&done["pointsAwarded"], &done["streak"], &done["newTotalPoints"]), (&15.into(), &1.into(), &40.into()));
        let again = world.post(&ann, "/api/points/checkin", Value::Null).await.is_problem(409, "ALREADY_CHECKED_IN");
        assert_eq!(again["details"]["nextAt"], "2026-11-22T00:00:00Z");
    }

    async fn referrals_are_listed_and_ones_own_alias_is_refused(world) {
        let ann = world.register("annie").await;
        let own = world.get(&ann, "/api/referrals").await.json();
        let code = own["code"].as_str().unwrap();
        assert!(own["link"].as_str().unwrap().ends_with(&format!("/sign-up?ref={code}")));
        refer(&world, code, "bobby").await;
        let own = world.get(&ann, "/api/referrals").await.json();
        assert_eq!((&own["total"], &own["items"][0]["name"], &own["items"][0]["rewarded"]), (&1.into(), &"bobby".into(), &true.into()));
        let alias = json!({ "email": "annie+two@example.org", "username": "annie2", "password": "nine lives of a flap",
            "acceptTerms": true, "adult": true, "referralCode": code });
        let refused = world.post(&Caller::nobody(), "/auth/register", alias).await.is_problem(422, "VALIDATION_FAILED");
        assert_eq!(refused["details"]["fields"][0]["field"], "referralCode");
        assert_eq!(tokens(&world, &ann).await, 1);
    }

    async fn pages_lead_from_the_board_to_what_came_of_it(world) {
        let (ann, bob) = (player(&world, "annie", 0, 1).await, player(&world, "bobby", 975, 0).await);
        let browser = world.browser(&ann).await;
        let board = world.get(&browser, "/leaderboard").await.text;
        assert!(board.contains("You're #<b>2</b>") && board.contains(&format!("/heists/rob/{}", bob.id)), "{board}");
        let asked = world.get(&browser, &format!("/heists/rob/{}", bob.id)).await.text;
        assert!(asked.contains("Rob bobby?") && asked.contains("<b>50</b> of 1,000 points"), "{asked}");
        let path = format!("/heists/rob/{}", bob.id);
        let robbed = working(&world, world.form(&browser, &path, &[("once", "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3c")])).await;
        assert_eq!(robbed.status, 303, "{}", robbed.text);
        let again = world.form(&browser, &path, &[("once", "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3c")]).await;
        assert_eq!(again.header("location"), robbed.header("location"), "a double click robs once");
        let shown = world.get(&browser, robbed.header("location")).await.text;
        assert!(shown.contains("The heist succeeded") && shown.contains("You took 50 points from bobby."), "{shown}");
        let own = world.get(&browser, "/heists").await.text;
        assert!(own.contains("robbed") && own.contains("bobby") && own.contains("+50"), "{own}");
        let board = world.get(&browser, "/leaderboard").await.text;
        assert!(board.contains("disabled") && board.contains("A heist costs 1 Heist Token and you have 0"), "{board}");
        let refused = world.form(&browser, &path, &[]).await;
        assert!(refused.status == 402 && refused.text.contains("A heist costs 1 Heist Token"), "{}", refused.text);
        for form in ["/heists/check-in", "/heists/shield"] {
            assert_eq!(world.form(&browser, form, &[]).await.status, 303, "{form}");
            assert_eq!(world.form(&browser, form, &[]).await.status, 409, "{form}");
        }
        assert!(world.get(&browser, "/heists").await.text.contains("Yours lasts until 2026-11-28"));
        let own = world.get(&browser, "/referrals").await.text;
        assert!(own.contains("annie-0") && own.contains("/sign-up?ref="), "{own}");
        let theirs = world.browser(&bob).await;
        let told = world.get(&theirs, "/notifications").await.text;
        assert!(told.contains("You were robbed") && told.contains("annie took 50 points from you"), "{told}");
        assert!(world.get(&Caller::nobody().with("accept", "text/html"), "/leaderboard").await.text.contains("bobby"));
        assert_eq!(world.get(&browser, "/admin/heists").await.status, 403);
        world.promote(&bob).await;
        let theirs = world.browser(&bob).await;
        let game = world.get(&theirs, "/admin/heists").await.text;
        assert!(game.contains("Gini") && game.contains("annie") && game.contains("50 of "), "{game}");
        assert_eq!(world.form(&theirs, "/admin/heists/kinds/CHECKIN", &[("points", "6"), ("active", "true")]).await.status, 303);
        assert_eq!(world.form(&theirs, "/admin/heists/kinds/HEIST_GAIN", &[("points", "6")]).await.status, 409);
        assert_eq!(world.form(&theirs, "/admin/heists/switch", &[("on", "false")]).await.status, 303);
        assert!(world.get(&theirs, "/admin/heists").await.text.contains("Heists are off."));
    }

    async fn the_bell_rings_when_something_happens(world) {
        let (ann, bob) = (player(&world, "annie", 0, 1).await, player(&world, "bobby", 975, 0).await);
        let stream = world.stream(&bob, "/notifications/bell").await;
        assert_eq!(stream.status(), 200);
        let mut events = stream.into_body().into_data_stream();
        let mut next = async || {
            loop {
                let chunk = futures::StreamExt::next(&mut events).await.unwrap().unwrap();
                let text = String::from_utf8(chunk.to_vec()).unwrap();
                if let Some(data) = text.lines().find_map(|line| line.strip_prefix("data: ")) {
                    return data.to_owned();
                }
            }
        };
        assert_eq!(next().await, "0");
        assert_eq!(rob(&world, &ann, bob.id).await.status, 200);
        assert_eq!(next().await, "1");
    }

    async fn admins_edit_the_kinds_and_give_points(world) {
        let root = world.register("rooty").await;
        world.promote(&root).await;
        let kinds = world.get(&root, "/admin/api/point-kinds").await.json();
        assert_eq!(kinds["items"].as_array().unwrap().len(), 9);
        let patch = async |kind: &str, body: Value| {
            world.call(&root, Method::PATCH, &format!("/admin/api/point-kinds/{kind}"), body, &[]).await
        };
        assert_eq!(patch("CHECKIN", json!({ "points": 9 })).await.json()["points"], 9);
        patch("HEIST_GAIN", json!({ "points": 9 })).await.is_problem(409, "NOT_AN_AWARD");
        patch("GOLD", json!({ "points": 9 })).await.is_problem(404, "NOT_FOUND");
        patch("CHECKIN", json!({ "points": -1 })).await.is_problem(422, "VALIDATION_FAILED");
        let given = world.post(&root, &format!("/admin/api/users/{}/points", root.id), json!({ "points": 75 })).await;
        assert_eq!((given.status.as_u16(), &given.json()["points"]), (201, &100.into()));
        let path = format!("/admin/api/users/{}/points", Uuid::now_v7());
        world.post(&root, &path, json!({ "points": 5 })).await.is_problem(404, "NOT_FOUND");
        let ann = world.register("annie").await;
        world.get(&ann, "/admin/api/point-kinds").await.is_problem(403, "NOT_ADMIN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heists_have_a_limit_of_their_own() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("annie").await;
    let order = json!({ "targetUserId": Uuid::now_v7() });
    for _ in 0..10 {
        let answer = world.post(&ann, "/api/heist/execute", order.clone()).await;
        answer.is_problem(402, "INSUFFICIENT_TOKENS");
        assert_eq!(answer.header("ratelimit-limit"), "10");
    }
    world.post(&ann, "/api/heist/execute", order).await.is_problem(429, "RATE_LIMITED");
    assert_eq!(world.get(&ann, "/api/heist/tokens").await.header("ratelimit-limit"), "60");
}
