//! What the tests of the game stand on: players with points and tokens, and a worker.

use uuid::Uuid;
use vanikeys_core::{
    domain::{
        heist::Status,
        ledger::{Asset, Kind, Movement},
        season::Season,
        task::Queue,
    },
    flow::{
        Actor,
        heist::{self, Asked, AttemptView},
        points::grant_points,
    },
    store::{ledger, outbox, players},
};

use crate::world::World;

/// A player with points and Heist Tokens.
pub async fn player(world: &World, points: i64, tokens: i64) -> Actor {
    let actor = world.user(0).await;
    give(world, &actor, points, tokens).await;
    actor
}

/// Gives points of the season and Heist Tokens.
pub async fn give(world: &World, actor: &Actor, points: i64, tokens: i64) {
    if points > 0 {
        grant_points(&world.app, Uuid::now_v7(), actor.user, points, None).await.unwrap();
    }
    if tokens > 0 {
        let mut tx = world.app.db.begin().await.unwrap();
        players::lock(&mut tx, [actor.user]).await.unwrap();
        let key = format!("test:{}", Uuid::now_v7());
        let (user, asset, at) = (actor.user, Asset::HeistToken, world.app.clock.now());
        let movement =
            Movement { user, asset, amount: tokens, kind: Kind::Referral, key, subject: None, note: None, at };
        ledger::credit(&mut tx, &movement).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Points of the season and Heist Tokens.
pub async fn has(world: &World, actor: &Actor) -> (i64, i64) {
    let season = Season::of(world.app.clock.now());
    let mut conn = world.app.db.read().await.unwrap();
    let standing = players::standing(&mut conn, actor.user, season).await.unwrap().unwrap();
    (standing.points, standing.tokens)
}

/// Puts what is due on the queue, as the relay does.
pub async fn pushed(world: &World) -> Vec<Uuid> {
    let mut tx = world.app.db.begin().await.unwrap();
    let pass = outbox::relay(&mut tx, Queue::Heists, world.app.clock.now(), 0).await.unwrap();
    tx.commit().await.unwrap();
    pass.push
}

/// Applies everything that is queued.
pub async fn work(world: &World) {
    loop {
        let ids = pushed(world).await;
        if ids.is_empty() {
            return;
        }
        for batch in ids.chunks(heist::BATCH) {
            heist::apply(&world.app, batch).await.unwrap();
        }
    }
}

/// Asks for a heist; answers the attempt's id, or the code of a refusal that leaves none.
pub async fn ask(world: &World, robber: &Actor, target: Uuid) -> Result<Uuid, &'static str> {
    match heist::ask(&world.app, robber, None, target).await.unwrap() {
        Asked::Attempt(id) => Ok(id),
        Asked::Refused(refusal) => Err(refusal.code()),
    }
}

pub async fn attempt(world: &World, robber: &Actor, id: Uuid) -> AttemptView {
    heist::attempt(&world.app, robber, id).await.unwrap()
}

/// Tries a heist to its end: the status, and the code of the refusal.
pub async fn rob(world: &World, robber: &Actor, target: &Actor) -> (Status, Option<String>) {
    let id = ask(world, robber, target.user).await.unwrap();
    work(world).await;
    let ended = attempt(world, robber, id).await;
    (ended.status, ended.failure_reason)
}

/// Points and tokens are conserved, nothing is in the red, nothing waits, and what a heist's row says is what moved.
pub async fn invariants(world: &World) {
    world.ledger_holds().await;
    for (what, sql) in [
        ("accounts in the red", "SELECT COUNT(*) FROM ledger_accounts WHERE balance < 0"),
        ("attempts that wait", "SELECT COUNT(*) FROM heists WHERE status = 'PENDING'"),
        ("tasks that wait", "SELECT COUNT(*) FROM outbox WHERE queue = 'heists' AND state <> 'done'"),
        (
            "successes without their transfer",
            "SELECT COUNT(*) FROM heists h WHERE h.status = 'SUCCESS' AND NOT EXISTS (SELECT 1 FROM transfers t \
             WHERE t.subject = h.id AND t.kind = 'heist' AND t.amount = h.points AND t.debit_before = h.victim_before \
             AND t.credit_after = h.attacker_after)",
        ),
        (
            "tokens that were not spent as the row says",
            "SELECT COUNT(*) FROM heists h WHERE (SELECT COUNT(*) FROM transfers t WHERE t.subject = h.id \
             AND t.kind = 'heist_try') <> CASE WHEN h.token_spent THEN 1 ELSE 0 END",
        ),
        (
            "transfers without their heist",
            "SELECT COUNT(*) FROM transfers t WHERE t.kind IN ('heist', 'heist_try') AND NOT EXISTS \
             (SELECT 1 FROM heists h WHERE h.id = t.subject AND h.token_spent)",
        ),
        (
            "steps that do not add up",
            "SELECT COUNT(*) FROM transfers WHERE debit_before - amount <> debit_after \
             OR credit_before + amount <> credit_after",
        ),
    ] {
        assert_eq!(world.number(sql).await, 0, "{what}");
    }
}
