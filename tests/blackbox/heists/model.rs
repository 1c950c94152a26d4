//! Random programs over real processes: sign-ups, check-ins, heists, shields and days that pass, while the process that
//! applies heists is killed at moments of its own choosing and tasks come twice and out of order. What the database
//! holds afterwards is what the reference model says. `HEISTS_SEED` repeats a program.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tokio::task::{JoinHandle, block_in_place};
use uuid::Uuid;
use vanikeys_testkit::eventually;

use super::reference::{End, Model};
use crate::faults::{no_task_is_left, random};
use crate::world::{Api, Shape, World};

/// Rounds of a program: things happen while heists wait, then they are applied.
const ROUNDS: usize = 5;

/// Players at most.
const PLAYERS: usize = 6;

/// The season does not turn here: days pass by what is stored being moved back.
const SEASON: &str = "this month";

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    any_program_equals_the_model(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    any_program_equals_the_model(Shape::Fleet).await;
}

async fn any_program_equals_the_model(shape: Shape) {
    let given = std::env::var("HEISTS_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(|| u64::from_be_bytes([(); 8].map(|()| random())));
    let program = AssertUnwindSafe(program(shape, seed)).catch_unwind();
    assert!(program.await.is_ok(), "HEISTS_SEED={seed} repeats this program");
}

/// Numbers that follow from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

struct Player {
    api: Api,
    id: String,
    name: String,
    code: String,
}

/// A heist that was accepted, and the key it was asked for under.
struct Accepted {
    robber: usize,
    target: usize,
    key: String,
    id: Uuid,
    asking: Option<JoinHandle<()>>,
}

struct Run {
    world: World,
    model: Model,
    chance: Chance,
    people: Vec<Player>,
    accepted: Vec<Accepted>,
    kills: usize,
}

async fn program(shape: Shape, seed: u64) {
    let settings = [("HEIST_RATE_LIMIT_PER_MINUTE", "10000")];
    let world = World::with(shape, &settings).await;
    let (model, chance) = (Model::default(), Chance(seed));
    let mut run = Run { world, model, chance, people: Vec::new(), accepted: Vec::new(), kills: 0 };
    let left = "SELECT 86400 - @now / 1000000 % 86400";
    eventually("the day is longer than this test", Duration::from_secs(300), async || {
        (run.number(left) > 240).then_some(())
    })
    .await;
    for _ in 0..3 {
        run.sign_up(None).await;
    }
    for _ in 0..ROUNDS {
        run.round().await;
    }
    run.asked_again().await;
    no_task_is_left(&run.world).await;
    run.world.doctor();
    assert!(run.kills >= ROUNDS && !run.accepted.is_empty(), "{} kills, {} heists", run.kills, run.accepted.len());
}

impl Run {
    /// Heists wait while other things happen; then they are applied, with a kill in the midst.
    async fn round(&mut self) {
        // Either nobody takes heists up, or the one who would is dead. Embedded, only the first leaves anybody to ask.
        let paused = self.world.ground.is_none() || self.chance.one_in(2);
        if paused {
            self.admin(&["pause", "heists"]);
        } else {
            self.kill();
        }
        for _ in 0..4 + self.chance.below(8) {
            self.step().await;
            if paused && self.chance.one_in(6) {
                self.kill();
                self.start();
            }
        }
        self.shuffle();
        if paused {
            self.admin(&["resume", "heists"]);
        } else {
            self.start();
        }
        self.killed_at_work().await;
        if self.chance.one_in(2) {
            self.shuffle();
            // Done long ago, and still it comes again.
            let again = "UPDATE outbox SET state = 'ready', finished_at = NULL, attempts_before = attempt \
                         WHERE queue = 'heists' AND state = 'done'";
            self.sql(again);
        }
        self.settled().await;
        self.compare();
        if self.chance.one_in(2) {
            let days = [1, 2, 3, 8][self.chance.below(4)];
            self.pass(days);
        }
    }

    async fn step(&mut self) {
        let (one, other) = (self.chance.below(self.people.len()), self.chance.below(self.people.len()));
        match self.chance.below(12) {
            0 | 1 if self.people.len() < PLAYERS => self.sign_up(Some(one)).await,
            0..=2 => {
                let points = 1 + self.chance.below(2_500);
                self.admin(&["grant-points", &self.people[one].name, &points.to_string()]);
                self.model.players[one].points += i64::try_from(points).unwrap();
            }
            3 => {
                let status = self.people[one].api.post("/api/points/checkin", json!({})).await.status;
                assert_eq!(status, if self.model.check_in(one) { 200 } else { 409 });
            }
            4 => {
                let status = self.people[one].api.post("/api/heist/shields", json!({})).await.status;
                let expected = if self.model.buy_shield(one) { [201, 201] } else { [402, 409] };
                assert!(expected.contains(&status), "{status} and not {expected:?}");
            }
            _ => self.ask(one, other).await,
        }
    }

    async fn sign_up(&mut self, by: Option<usize>) {
        let number = self.people.len();
        let name = format!("player{number}");
        let mut body = json!({ "email": format!("{name}@example.org"), "username": name, "password": "a long way home",
            "acceptTerms": true, "adult": true });
        if let Some(by) = by {
            body["referralCode"] = json!(self.people[by].code);
        }
        // From networks of their own: many sign-ups from one are looked at before they are rewarded.
        let api = self.world.api().with_header("x-forwarded-for", &format!("198.18.{number}.1"));
        let account = api.post("/auth/register", body).await.ok();
        let api = api.with_access(account["accessToken"].as_str().unwrap());
        let code = api.get("/api/referrals").await.ok()["code"].as_str().unwrap().to_owned();
        if self.world.ground.is_some() {
            // Where there is mail, the welcome waits for a confirmed address.
            self.admin(&["grant-tokens", &name, "1000"]);
        }
        let id = account["user"]["id"].as_str().unwrap().to_owned();
        self.people.push(Player { api, id, name, code });
        self.model.sign_up(by, SEASON);
    }

    /// Asks for a heist, and goes on as soon as it is known to wait.
    async fn ask(&mut self, robber: usize, target: usize) {
        let key = format!("key-{}", Uuid::now_v7());
        if !self.model.allowed(robber, target) {
            let answer = self.execute(robber, target, &key).await.unwrap();
            assert!((400..500).contains(&answer.0), "{answer:?}");
            return;
        }
        let asking = tokio::spawn(drop_answer(self.request(robber, target, &key)));
        let waiting = format!(
            "SELECT @id FROM heists WHERE status = 'PENDING' AND attacker_id = {} ORDER BY created_at DESC",
            self.id_of(robber)
        );
        let known: Vec<Uuid> = self.accepted.iter().map(|one| one.id).collect();
        let id = eventually("the heist is recorded", PATIENCE, async || {
            let found = self.rows(&waiting).into_iter().filter_map(|id| id.parse().ok());
            found.into_iter().find(|id| !known.contains(id))
        })
        .await;
        self.model.waiting.insert(id, (robber, target));
        self.accepted.push(Accepted { robber, target, key, id, asking: Some(asking) });
    }

    fn request(&self, robber: usize, target: usize, key: &str) -> reqwest::RequestBuilder {
        let request = self.people[robber].api.request(reqwest::Method::POST, "/api/heist/execute");
        request.header("idempotency-key", key).json(&json!({ "targetUserId": self.people[target].id }))
    }

    /// Status and body of an answer; none if nobody answers just now.
    async fn execute(&self, robber: usize, target: usize, key: &str) -> Option<(u16, Value)> {
        let answer = self.request(robber, target, key).send().await.ok()?;
        Some((answer.status().as_u16(), answer.json().await.ok()?))
    }

    /// Tasks change their order, and what lies on the queue already is put there a second time.
    fn shuffle(&mut self) {
        let by = 2 + self.chance.below(500);
        self.sql(&format!(
            "UPDATE outbox SET state = 'ready', pushed_at = NULL, turn = created_at % {by} \
             WHERE queue = 'heists' AND state IN ('later', 'ready', 'pushed')"
        ));
    }

    /// The process dies as soon as it has begun to take heists up, or has ended some of them, or before either.
    async fn killed_at_work(&mut self) {
        let moment = self.chance.below(3);
        if moment > 0 && !self.model.waiting.is_empty() {
            let states = ["'running', 'done'", "'done'"][moment - 1];
            let these: Vec<String> = self.model.waiting.keys().map(|id| format!("payload LIKE '%{id}%'")).collect();
            let begun = format!(
                "SELECT count(*) FROM outbox WHERE queue = 'heists' AND state IN ({states}) AND ({})",
                these.join(" OR ")
            );
            eventually("heists are taken up", PATIENCE, async || (self.number(&begun) > 0).then_some(())).await;
        }
        self.kill();
        self.start();
    }

    fn kill(&mut self) {
        self.kills += 1;
        block_in_place(|| self.applier().kill());
        // Whatever it held is free sooner than a lease, and missed sooner than usual.
        self.sql("UPDATE outbox SET lease_until = 0 WHERE queue = 'heists' AND state = 'running'");
        self.sql("UPDATE outbox SET pushed_at = pushed_at - 60000000 WHERE queue = 'heists' AND state = 'pushed'");
    }

    fn start(&mut self) {
        block_in_place(|| self.applier().start());
    }

    /// The process that applies heists.
    fn applier(&mut self) -> &mut vanikeys_testkit::process::Service {
        if self.world.ground.is_some() { &mut self.world.workers[1] } else { &mut self.world.web }
    }

    /// Everything that waited has ended as the model says, in the order in which it was applied.
    async fn settled(&mut self) {
        let open = "SELECT (SELECT count(*) FROM heists WHERE status = 'PENDING') + \
                    (SELECT count(*) FROM outbox WHERE queue = 'heists' AND state <> 'done')";
        eventually("no heist waits", PATIENCE, async || (self.number(open) == 0).then_some(())).await;
        let ended = self.rows("SELECT @id, status, points FROM heists WHERE admitted ORDER BY applied_at, id");
        for row in ended {
            let (id, rest) = row.split_once('|').unwrap();
            let (status, points) = rest.split_once('|').unwrap();
            let end = match status {
                "SUCCESS" => End::Took(points.parse().unwrap()),
                "FAILED_SHIELD" => End::Blocked,
                _ => End::Refused,
            };
            if let Some(expected) = self.model.apply(id.parse().unwrap()) {
                assert_eq!(end, expected, "{row}");
            }
        }
        assert!(self.model.waiting.is_empty(), "accepted and not applied: {:?}", self.model.waiting);
    }

    fn compare(&self) {
        let of = |asset: &str| {
            format!(
                "COALESCE((SELECT a.balance FROM ledger_accounts a WHERE a.owner = u.id AND a.asset LIKE '{asset}'), 0)"
            )
        };
        let hours = |column: &str| format!("COALESCE((@now - p.{column}) / 3600000000, -1)");
        let rows = self.rows(&format!(
            "SELECT {}, {}, {}, {}, {}, COALESCE(p.streak, 0), (SELECT count(*) FROM heists h \
             WHERE h.attacker_id = u.id AND h.token_spent) - COALESCE(p.tokens_spent, 0) FROM users u \
             LEFT JOIN players p ON p.user_id = u.id WHERE u.username LIKE 'player%' ORDER BY u.username",
            of("points:%"),
            of("heist_token"),
            of("vani_token"),
            hours("last_heist_at"),
            hours("robbed_at")
        ));
        for (row, own) in rows.iter().zip(&self.model.players) {
            let ago = |at: Option<u64>| at.map_or(-1, |at| i64::try_from(self.model.hour - at).unwrap());
            let (robbed, was) = (ago(own.robbed_somebody), ago(own.was_robbed));
            let told = format!("{}|{}|{}|{robbed}|{was}|{}|0", own.points, own.tokens, own.vani, own.streak);
            assert_eq!(row, &told, "{own:?}");
        }
        assert_eq!(rows.len(), self.model.players.len());
    }

    /// Every heist that was accepted is answered with its outcome when it is asked for again.
    async fn asked_again(&mut self) {
        for one in std::mem::take(&mut self.accepted) {
            if let Some(asking) = one.asking {
                asking.await.unwrap();
            }
            let (status, body) = self.execute(one.robber, one.target, &one.key).await.unwrap();
            let row = format!(
                "SELECT status, COALESCE(failure_reason, ''), points FROM heists WHERE id = {}",
                self.literal(one.id)
            );
            let row = self.rows(&row).remove(0);
            let told = match status {
                200 => format!("SUCCESS||{}", body["pointsStolen"]),
                _ => format!("|{}|0", body["error"].as_str().unwrap()),
            };
            assert!(row.ends_with(&told), "{status} {body} of {row}");
            self.accepted.push(Accepted { asking: None, ..one });
        }
    }

    /// Days pass: what happened lies further back.
    fn pass(&mut self, days: u64) {
        let span = days * 24 * 3_600_000_000;
        self.sql(&format!(
            "UPDATE players SET last_heist_at = last_heist_at - {span}, robbed_at = robbed_at - {span}, \
             checkin_day = checkin_day - {days}, heist_day = heist_day - {days}"
        ));
        self.sql(&format!("UPDATE shields SET expires_at = expires_at - {span} WHERE ended_at IS NULL"));
        // A day is paid once, by a key that names it; the day that was today is another now. No program may do this.
        self.sql(match self.world.ground {
            Some(_) => "ALTER TABLE transfers DISABLE TRIGGER USER",
            None => "DROP TRIGGER IF EXISTS transfers_no_update",
        });
        self.sql("UPDATE transfers SET key = key || '-past' WHERE key LIKE 'checkin:%' OR key LIKE 'loyalty:%'");
        self.model.pass(days * 24, SEASON);
    }

    fn admin(&self, args: &[&str]) {
        block_in_place(|| self.world.admin(args));
    }

    fn sql(&self, statement: &str) {
        self.rows(statement);
    }

    fn number(&self, statement: &str) -> i64 {
        self.rows(statement)[0].parse().unwrap()
    }

    /// Rows of a statement in which `@id` is the column of that name as text, and `@now` the database's clock.
    fn rows(&self, statement: &str) -> Vec<String> {
        let (id, now) = match self.world.ground {
            Some(_) => ("id::text", "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"),
            None => ("lower(hex(id))", "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"),
        };
        block_in_place(|| self.world.sql(&statement.replace("@id", id).replace("@now", now)))
    }

    fn id_of(&self, who: usize) -> String {
        self.literal(self.people[who].id.parse().unwrap())
    }

    fn literal(&self, id: Uuid) -> String {
        match self.world.ground {
            Some(_) => format!("'{id}'"),
            None => format!("x'{}'", id.simple()),
        }
    }
}

async fn drop_answer(request: reqwest::RequestBuilder) {
    // The process may die before it answers; what counts is what was recorded.
    drop(request.send().await);
}
