//! Events of many payments come over HTTP in any order, some twice, one fifty times at once, some never, while the processes
//! that handle them are killed. In the end everybody has what was paid, less refunds and disputes.

use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use vanikeys_sandbox::{Policy, Random, Sandbox};

use super::fleet::{no_task_is_left, random};
use crate::world::{Person, Shape, Till, priced, sandboxed};

/// Histories in each shape; `VANIKEYS_HISTORIES` asks for another number.
fn histories() -> usize {
    std::env::var("VANIKEYS_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    any_order(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    any_order(Shape::Fleet).await;
}

async fn any_order(shape: Shape) {
    let (mut world, till) = sandboxed(shape).await;
    priced(&world).await;
    till.sandbox.set_policy(Policy::Silent);
    let mut people = Vec::new();
    for number in 0..histories() {
        let person = world.register(&format!("buyer{number}")).await;
        let before = person.available().await;
        let gave = history(&till, &person, number % 4).await;
        people.push((person, before + gave));
    }
    let seed = (0..8).fold(0, |seed, _| seed << 8 | u64::from(random()));
    #[expect(clippy::print_stdout, reason = "a failure is repeated with its seed")]
    {
        println!("{} histories, seed {seed}", people.len());
    }
    let storm = tokio::spawn(storm(till.sandbox.clone(), Random::seeded(seed)));
    for _ in 0..4 {
        // The moment is the dice: whatever has happened by then, what is checked in the end must hold.
        tokio::time::sleep(Duration::from_millis(200 + u64::from(random()) * 2)).await;
        tokio::task::block_in_place(|| {
            let victim = match shape {
                Shape::Embedded => &mut world.web,
                Shape::Fleet => world.workers.last_mut().unwrap(),
            };
            victim.kill();
            victim.start();
        });
    }
    storm.await.unwrap();
    let reconciled = world.vanikeys(&["billing", "reconcile"]);
    assert!(reconciled.status.success(), "{reconciled:?}");
    no_task_is_left(&world).await;
    for (person, expected) in &people {
        assert_eq!(person.available().await, *expected, "{}", person.username);
    }
    world.doctor();
}

/// What happens to a payment of 500 tokens for $3.99; answers with what is left of them.
async fn history(till: &Till, person: &Person, kind: usize) -> i64 {
    let purchase = till.buys(person, "popular", "4242424242424242").await;
    let intents = till.sandbox.objects("payment_intent");
    let intent = intents.iter().find(|intent| intent["metadata"]["purchase"] == purchase.as_str()).unwrap();
    let text = |object: &Value, key: &str| object[key].as_str().unwrap().to_owned();
    let refund = || till.sandbox.post("/v1/refunds", &format!("payment_intent={}&amount=100", text(intent, "id")));
    let dispute = |evidence: &str| {
        let opened = till.sandbox.open_dispute(&text(intent, "latest_charge"), "fraudulent", false).unwrap();
        let form = format!("evidence[uncategorized_text]={evidence}&submit=true");
        till.sandbox.post(&format!("/v1/disputes/{}", text(&opened, "id")), &form).unwrap();
    };
    match kind {
        0 => 500,
        1 => {
            refund().unwrap();
            // A hundred cents are 125.3 tokens.
            374
        }
        2 => {
            dispute("winning_evidence");
            500
        }
        _ => {
            refund().unwrap();
            dispute("losing_evidence");
            0
        }
    }
}

async fn storm(sandbox: Sandbox, mut random: Random) {
    let mut events = sandbox.objects("event");
    let text = |event: &Value| event["id"].as_str().unwrap().to_owned();
    let paid = events.iter().find(|event| event["type"] == "payment_intent.succeeded").map(text).unwrap();
    join_all((0..50).map(|_| sandbox.deliver_event(&paid))).await;
    while !events.is_empty() {
        let mut some = Vec::new();
        while some.len() < 8 && !events.is_empty() {
            let place = random.below(u64::try_from(events.len()).unwrap());
            let event = text(&events.swap_remove(usize::try_from(place).unwrap()));
            for _ in 0..[0, 1, 1, 1, 2][usize::try_from(random.below(5)).unwrap()] {
                some.push(event.clone());
            }
        }
        join_all(some.iter().map(|event| sandbox.deliver_event(event))).await;
    }
}
