//! Proves that what packs gave is what Stripe says was paid, less refunds and disputes: every payment, refund and dispute
//! there against its row here. That rows and ledger agree is proven in the store (`store::billing::proof`); nothing is
//! changed by either.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use uuid::Uuid;

use super::{
    refusal::Outcome,
    shop::{self, Shop, away},
};
use crate::{
    app::App,
    clients::stripe::{
        List,
        api::{
            charges::GetCharge,
            disputes::ListDisputes,
            payments::{ListIntents, PaymentIntent},
            refunds::ListRefunds,
        },
    },
    domain::{
        billing::refund::{Claim, DisputeStatus, RefundStatus},
        time::Timestamp,
    },
    flow::Failure,
    store::{
        StoreResult,
        billing::{
            disputes,
            purchases::{self, Purchase},
            refunds,
        },
    },
};

/// What happened within this time may still be on its way here.
const UNDER_WAY: Duration = Duration::from_secs(10 * 60);

/// Rows read at a time.
const PAGE: i64 = 500;

/// What the comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Payments that were compared.
    pub payments: u64,
    /// What Stripe received for them, in cents.
    pub received: i64,
    /// What of that it refunded.
    pub refunded: i64,
    /// What is claimed by disputes.
    pub disputed: i64,
    /// What differs, a sentence each.
    pub wrong: Vec<String>,
}

/// Compares.
///
/// # Errors
/// [`BillingRefusal::NotSoldHere`](super::BillingRefusal) without an account; [`Failure::Unavailable`] if Stripe cannot be
/// used right now.
pub async fn prove(app: &App) -> Outcome<Proof> {
    let shop = shop::shop(app).await?;
    let mut this = Proving { app, there: There::read(app, &shop).await?, shop, proof: Proof::default() };
    let mut after = Uuid::nil();
    loop {
        let page = purchases::paid(&mut app.db.read().await?, this.shop.mode, (after, PAGE)).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in page {
            this.purchase(&row).await?;
        }
    }
    this.not_credited().await?;
    Ok(this.proof)
}

/// What went back of a payment, or is claimed.
#[derive(Default)]
struct Back {
    refunded: i64,
    disputed: i64,
    disputes: BTreeSet<String>,
    /// Some of it happened just now.
    young: bool,
}

/// What Stripe says.
struct There {
    now: Timestamp,
    intents: BTreeMap<String, PaymentIntent>,
    back: BTreeMap<String, Back>,
}

async fn list<L: List>(shop: &Shop<'_>, list: &L) -> Outcome<Vec<L::Item>> {
    shop.stripe.list(list).await.map_err(|trouble| Failure::Unavailable(away(&trouble)))
}

impl There {
    async fn read(app: &App, shop: &Shop<'_>) -> Outcome<Self> {
        let intents = list(shop, &ListIntents::default()).await?;
        let ours = |one: &PaymentIntent| shop.owns(&one.metadata) && one.metadata.contains_key("purchase");
        let intents = intents.into_iter().filter(ours).map(|one| (one.id.clone(), one)).collect();
        let mut there = Self { now: app.clock.now(), intents, back: BTreeMap::new() };
        for refund in list(shop, &ListRefunds::default()).await? {
            let takes = refund.status.parse::<RefundStatus>().is_ok_and(|status| status.claim() == Claim::Takes);
            let young = there.is_young(refund.created);
            let Some(intent) = refund.payment_intent else { continue };
            let back = there.back.entry(intent).or_default();
            back.young |= young;
            back.refunded += if takes { refund.amount } else { 0 };
        }
        for dispute in list(shop, &ListDisputes::default()).await? {
            let takes = dispute.status.parse::<DisputeStatus>().is_ok_and(|status| status.claim() == Claim::Takes);
            let young = there.is_young(dispute.created);
            let Some(intent) = dispute.payment_intent else { continue };
            let back = there.back.entry(intent).or_default();
            back.young |= young;
            if takes {
                back.disputed += dispute.amount;
                back.disputes.insert(dispute.id);
            }
        }
        Ok(there)
    }

    fn is_young(&self, created: Option<Timestamp>) -> bool {
        created.is_some_and(|at| self.now.since(at) < UNDER_WAY)
    }
}

struct Proving<'a> {
    app: &'a App,
    there: There,
    shop: Shop<'a>,
    proof: Proof,
}

impl Proving<'_> {
    /// A purchase that is paid here.
    async fn purchase(&mut self, row: &Purchase) -> Outcome<()> {
        // What cost nothing has no payment, and nothing of it can go back.
        let Some(id) = &row.intent_id else { return Ok(()) };
        let back = self.there.back.remove(id).unwrap_or_default();
        let there = self.there.intents.remove(id);
        let claims = self.claims(row).await?;
        if claims.young || back.young || self.there.is_young(row.paid_at) {
            return Ok(());
        }
        let received = match there {
            Some(intent) if intent.status == "succeeded" => intent.amount_received,
            Some(_) | None => None,
        };
        let Some(received) = received else {
            self.wrong(row, "is credited, and Stripe knows of no payment for it");
            return Ok(());
        };
        self.proof.payments += 1;
        self.proof.received += received;
        self.proof.refunded += back.refunded;
        self.proof.disputed += back.disputed;
        if row.paid_cents != Some(received) {
            self.wrong(
                row,
                format!("is credited for {} cents, and Stripe received {received}", row.paid_cents.unwrap_or_default()),
            );
        }
        if claims.refunded != back.refunded || row.refunded_cents != back.refunded {
            let here = claims.refunded;
            self.wrong(row, format!("has {here} cents refunded here, and {} at Stripe", back.refunded));
        }
        if claims.disputes != back.disputes {
            self.wrong(row, format!("is claimed by {:?} here, and by {:?} at Stripe", claims.disputes, back.disputes));
        }
        Ok(())
    }

    /// What went back of it as far as is known here.
    async fn claims(&self, row: &Purchase) -> StoreResult<Back> {
        let mut on = self.app.db.read().await?;
        let mut back = Back::default();
        for refund in refunds::of_purchase(&mut on, row.id).await? {
            back.young |= self.there.is_young(Some(refund.changed_at));
            back.refunded += if refund.status.claim() == Claim::Takes { refund.cents } else { 0 };
        }
        for dispute in disputes::of_purchase(&mut on, row.id).await? {
            back.young |= self.there.is_young(Some(dispute.changed_at));
            if dispute.status.claim() == Claim::Takes {
                back.disputes.insert(dispute.stripe_id);
            }
        }
        Ok(back)
    }

    /// Payments for which nothing was credited.
    async fn not_credited(&mut self) -> Outcome<()> {
        let left = std::mem::take(&mut self.there.intents);
        for intent in left.into_values().filter(|intent| intent.status == "succeeded") {
            // An intent may be old when it is paid.
            let paid_at = match &intent.latest_charge {
                Some(id) => {
                    let charge = self.shop.stripe.get(&GetCharge { id: id.clone() }).await;
                    charge.map_err(|trouble| Failure::Unavailable(away(&trouble)))?.created
                }
                None => intent.created,
            };
            if !self.there.is_young(paid_at) {
                self.proof.wrong.push(format!("payment {} is paid at Stripe, and nothing is credited", intent.id));
            }
        }
        Ok(())
    }

    fn wrong(&mut self, row: &Purchase, what: impl std::fmt::Display) {
        self.proof.wrong.push(format!("purchase {} {what}", row.id));
    }
}
