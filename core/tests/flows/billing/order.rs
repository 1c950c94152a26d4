//! Any order, any number of times: whatever way the events of a history come, its end is the one that they make in order.
//! Two users live through the same history at the same time. One's events come as they happen; the other's are shuffled,
//! sent twice, held back and lost, and in the end Stripe is compared with. `BILLING_HISTORIES` says how many histories,
//! `BILLING_SEED` repeats some.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use vanikeys_core::{
    domain::{ledger::Kind, plan::Plan},
    flow::{
        Actor,
        billing::view::{self, PurchaseView},
    },
    store::ledger,
};
use vanikeys_sandbox::Random;

use super::stand::{DAY, PAYS, REFUND_FAILS, Shop};
use crate::world::On;

/// Histories in a shop; then another opens, so that none grows large.
const IN_A_SHOP: u64 = 20;

/// Something that happens to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Buy { fails: bool },
    Spend(i64),
    Refund(i64),
    Dispute,
    Decide(&'static str),
    Subscribe,
    BreakCard,
    PayInvoice,
    EndLater,
    EndNow,
    Pass(u64),
}

/// A user in a history.
struct Person {
    actor: Actor,
    /// The purchase that is refunded and disputed.
    bought: Option<Uuid>,
    dispute: Option<String>,
    subscription: Option<Uuid>,
    spent: u32,
}

fn draw(random: &mut Random) -> Vec<Step> {
    let mut steps = Vec::new();
    if random.below(2) == 0 {
        let fails = random.below(4) == 0;
        steps.push(Step::Buy { fails });
        if random.below(2) == 0 {
            steps.push(Step::Spend(1 + i64::try_from(random.below(450)).unwrap()));
        }
        for _ in 0..random.below(3) {
            steps.push(Step::Refund(1 + i64::try_from(random.below(120)).unwrap()));
        }
        if random.below(2) == 0 {
            steps.push(Step::Dispute);
            if random.below(4) > 0 {
                let word = ["won", "lost", "under_review"][usize::try_from(random.below(3)).unwrap()];
                steps.push(Step::Decide(word));
            }
        }
        if fails {
            steps.push(Step::Pass(4));
        }
        if random.below(3) == 0 {
            steps.push(Step::Buy { fails: false });
        }
    } else {
        steps.push(Step::Subscribe);
        for _ in 0..=random.below(2) {
            match random.below(4) {
                0 => steps.push(Step::Pass(31)),
                1 => steps.extend([Step::BreakCard, Step::Pass(31), Step::PayInvoice]),
                2 => steps.extend([Step::BreakCard, Step::Pass(31), Step::Pass(3)]),
                _ => steps.push(Step::Pass(2)),
            }
        }
        match random.below(3) {
            0 => steps.push(Step::EndNow),
            1 => steps.extend([Step::EndLater, Step::Pass(32)]),
            _ => steps.push(Step::EndLater),
        }
    }
    steps
}

impl Person {
    async fn new(shop: &Shop) -> Self {
        Self { actor: shop.user().await, bought: None, dispute: None, subscription: None, spent: 0 }
    }

    /// Does its part of a step; time passes for both at once, elsewhere.
    async fn live(&mut self, shop: &Shop, step: Step) {
        match step {
            Step::Buy { fails } => {
                let page = shop.order(&self.actor, "popular").await.unwrap();
                let number = if fails { REFUND_FAILS } else { PAYS };
                assert_eq!(shop.submit(&page.checkout_url, number).await, 303);
                self.bought = self.bought.or(Some(page.purchase_id));
            }
            Step::Spend(tokens) => {
                self.spent += 1;
                let key = format!("pull:{}:{}", self.actor.user, self.spent);
                let mut tx = shop.app().db.begin().await.unwrap();
                // What was not credited yet cannot be spent; then both spend nothing.
                drop(ledger::debit(&mut tx, &shop.world.movement(self.actor.user, tokens, Kind::Pull, key)).await);
                tx.commit().await.unwrap();
            }
            Step::Refund(cents) => {
                let intent = self.intent(shop);
                shop.try_at_stripe("/v1/refunds", &format!("payment_intent={intent}&amount={cents}")).await;
            }
            Step::Dispute => {
                let intent = shop.sandbox.object(&self.intent(shop)).unwrap();
                let charge = intent["latest_charge"].as_str().unwrap();
                let opened = shop.sandbox.open_dispute(charge, "fraudulent", false).unwrap();
                self.dispute = Some(opened["id"].as_str().unwrap().to_owned());
            }
            Step::Decide(word) => {
                shop.control("dispute", json!({ "dispute": self.dispute, "status": word })).await;
            }
            Step::Subscribe => {
                let page = shop.subscribe(&self.actor, Plan::Pro).await.unwrap();
                assert_eq!(shop.submit(&page.checkout_url, PAYS).await, 303);
                self.subscription = Some(page.subscription_id);
            }
            Step::BreakCard => {
                let found = self.at_stripe(shop);
                let customer = found["customer"].as_str().unwrap();
                let path = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
                let method = shop.at_stripe(path, &format!("customer={customer}")).await;
                let form = format!("default_payment_method={}", method["id"].as_str().unwrap());
                shop.try_at_stripe(&format!("/v1/subscriptions/{}", found["id"].as_str().unwrap()), &form).await;
            }
            Step::PayInvoice => {
                let invoice = self.at_stripe(shop)["latest_invoice"].as_str().unwrap().to_owned();
                shop.try_at_stripe(&format!("/v1/invoices/{invoice}/pay"), "payment_method=pm_card_visa").await;
            }
            Step::EndLater => {
                let id = self.at_stripe(shop)["id"].as_str().unwrap().to_owned();
                shop.try_at_stripe(&format!("/v1/subscriptions/{id}"), "cancel_at_period_end=true").await;
            }
            Step::EndNow => {
                let id = self.at_stripe(shop)["id"].as_str().unwrap().to_owned();
                shop.delete_at_stripe(&format!("/v1/subscriptions/{id}")).await;
            }
            Step::Pass(_) => {}
        }
    }

    /// The intent that paid the first purchase, as Stripe has it.
    fn intent(&self, shop: &Shop) -> String {
        let id = self.bought.unwrap().to_string();
        let all = shop.sandbox.objects("payment_intent");
        let found = all.iter().find(|intent| intent["metadata"]["purchase"] == id.as_str()).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    fn at_stripe(&self, shop: &Shop) -> Value {
        let id = self.subscription.unwrap().to_string();
        let all = shop.sandbox.objects("subscription");
        all.into_iter().find(|one| one["metadata"]["subscription"] == id.as_str()).unwrap()
    }

    /// Everything that must be the same in the end.
    async fn end(&self, shop: &Shop) -> Value {
        let purchases = view::purchases_of(shop.app(), self.actor.user, 100, 0).await.unwrap();
        let purchase = |one: &PurchaseView| {
            let mut refunds: Vec<_> = one.refunds.iter().map(|refund| (refund.cents, refund.status.name())).collect();
            refunds.sort_unstable();
            let disputes: Vec<_> = one.disputes.iter().map(|dispute| (dispute.cents, dispute.status.name())).collect();
            json!({
                "state": one.state, "paid": one.paid_cents, "refunded": one.refunded_cents, "refunds": refunds,
                "disputes": disputes,
            })
        };
        let purchases: Vec<Value> = purchases.items.iter().map(purchase).collect();
        let mut ended = json!({ "purchases": purchases, "tokens": shop.tokens(&self.actor).await });
        if let Some(id) = self.subscription {
            let found = shop.subscription(&self.actor, id).await;
            let invoices = view::invoices_of(shop.app(), self.actor.owner(), 100, 0).await.unwrap();
            let mut invoices: Vec<_> =
                invoices.items.iter().map(|one| (one.created_at, one.status.clone(), one.cents)).collect();
            invoices.sort();
            ended["plan"] = json!(shop.plan(&self.actor).await);
            ended["subscription"] = json!([
                found.status,
                found.entitled,
                found.period_end,
                found.ends_at,
                found.grace_until,
                found.ended_at.is_some(),
            ]);
            ended["invoices"] = json!(invoices);
        }
        ended
    }
}

impl Shop {
    /// A request that may be refused, like a refund of more than is left: then both users are refused.
    async fn try_at_stripe(&self, path: &str, form: &str) {
        self.request("POST", path, form).await;
    }

    async fn delete_at_stripe(&self, path: &str) {
        self.request("DELETE", path, "").await;
    }
}

/// Whether an event is about this user, by the entries that its customer has.
fn about(shop: &Shop, event: &Value, actor: &Actor) -> bool {
    let object = &event["data"]["object"];
    let customer = object["customer"].as_str().map(str::to_owned).or_else(|| {
        let intent = object["payment_intent"].as_str()?;
        shop.sandbox.object(intent)?["customer"].as_str().map(str::to_owned)
    });
    let customer = customer.and_then(|id| shop.sandbox.object(&id));
    customer.is_some_and(|customer| customer["metadata"]["user"] == actor.user.to_string().as_str())
}

/// One history of both.
async fn history(shop: &Shop, random: &mut Random, seen: &mut usize) {
    let steps = draw(random);
    let (mut orderly, mut stormy) = (Person::new(shop).await, Person::new(shop).await);
    let mut held: Vec<String> = Vec::new();
    for step in steps.clone() {
        orderly.live(shop, step).await;
        stormy.live(shop, step).await;
        if let Step::Pass(days) = step {
            shop.pass(u32::try_from(days).unwrap() * DAY + Duration::from_secs(3700));
            // What falls due at that time may bring more that is due already.
            shop.pass(Duration::from_secs(3700));
        }
        let all = shop.sandbox.objects("event");
        for event in &all[*seen..] {
            let id = event["id"].as_str().unwrap().to_owned();
            if about(shop, event, &orderly.actor) {
                shop.deliver(&id).await;
                shop.handle().await;
            } else if about(shop, event, &stormy.actor) {
                held.push(id);
            }
        }
        *seen = all.len();
        // Spending has to meet what was credited, or the two would not have lived the same.
        let must_come = matches!(step, Step::Buy { .. });
        if must_come || random.below(3) == 0 {
            storm(shop, random, &mut held, must_come).await;
        }
    }
    storm(shop, random, &mut held, false).await;
    shop.pass(Duration::from_secs(1200));
    let report = shop.reconcile().await;
    assert!(report.failed.is_empty(), "{report:?}");
    let (expected, found) = (orderly.end(shop).await, stormy.end(shop).await);
    assert_eq!(found, expected, "{steps:?}");
    // Both are over, so that no renewal of theirs disturbs others.
    for person in [&orderly, &stormy] {
        if person.subscription.is_some() {
            let id = person.at_stripe(shop)["id"].as_str().unwrap().to_owned();
            shop.delete_at_stripe(&format!("/v1/subscriptions/{id}")).await;
        }
    }
}

/// Delivers some of what was held back: in any order, some twice; the rest stays, or is lost.
async fn storm(shop: &Shop, random: &mut Random, held: &mut Vec<String>, all: bool) {
    let mut waiting = std::mem::take(held);
    while !waiting.is_empty() {
        let place = usize::try_from(random.below(u64::try_from(waiting.len()).unwrap())).unwrap();
        let event = waiting.swap_remove(place);
        match random.below(if all { 4 } else { 6 }) {
            0..=2 => shop.deliver(&event).await,
            3 => {
                shop.deliver(&event).await;
                shop.deliver(&event).await;
            }
            4 => held.push(event),
            _ => {}
        }
        if random.below(3) == 0 {
            shop.handle().await;
        }
    }
    shop.handle().await;
}

async fn histories(on: On) {
    let count = std::env::var("BILLING_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(4_u64);
    let seed = std::env::var("BILLING_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::try_from(Uuid::new_v4().as_u128() & 0xffff_ffff).unwrap());
    let (mut random, mut done) = (Random::seeded(seed), 0);
    #[expect(clippy::print_stdout, reason = "a failure is repeated with its seed")]
    {
        println!("{count} histories over {on:?}; BILLING_SEED={seed} repeats them");
    }
    while done < count {
        let shop = Shop::open(on, |config| config.billing.purchases_per_day = 1_000).await;
        shop.hold_events();
        let mut seen = shop.sandbox.objects("event").len();
        for _ in 0..IN_A_SHOP.min(count - done) {
            history(&shop, &mut random, &mut seen).await;
            done += 1;
        }
        shop.sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_order_comes_to_the_same_end_sqlite() {
    histories(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_order_comes_to_the_same_end_postgres() {
    histories(On::Postgres).await;
}
