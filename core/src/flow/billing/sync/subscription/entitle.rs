//! What follows from how an owner's subscriptions stand: one of a kind stays, and its owner is on the plan that it pays.

use serde_json::json;

use super::Writing;
use crate::{
    domain::{
        audit::Action,
        billing::subscription::{Entitled, Kind},
        happening::Happening,
        plan::Plan,
    },
    flow::billing::refusal::Outcome,
    queue::{Owed, upkeep::Upkeep},
    store::{
        Tx,
        audit::{self, Entry, Origin},
        billing::subscriptions::{self, Subscription},
        plans, users,
    },
};

impl Writing<'_> {
    /// Of several that Stripe collects for, the one that was ordered first stays; the others are canceled and refunded.
    /// Nothing stays for an account that was deleted.
    pub(super) async fn only_one(&mut self, tx: &mut Tx, others: &[Subscription]) -> Outcome<()> {
        if !self.row.status.is_live() || self.row.surplus {
            self.row.live = false;
            return Ok(());
        }
        let gone = match self.row.owner.user() {
            Some(user) => users::find(tx, user).await?.is_none_or(|user| !user.is_active()),
            None => false,
        };
        let rival = |other: &&Subscription| other.live && other.mode == self.row.mode;
        let rival = others.iter().find(rival).cloned();
        if gone || rival.as_ref().is_some_and(|rival| rival.id < self.row.id) {
            return self.is_surplus(tx).await;
        }
        if let Some(later) = rival {
            let mut later = Writing { row: later, app: self.app, at: self.at, tell: Vec::new(), changes: Vec::new() };
            later.is_surplus(tx).await?;
            subscriptions::save(tx, &later.row).await?;
            self.changes.append(&mut later.changes);
        }
        self.row.live = self.row.revoked_at.is_none();
        Ok(())
    }

    async fn is_surplus(&mut self, tx: &mut Tx) -> Outcome<()> {
        self.row.surplus = true;
        self.row.live = false;
        tracing::error!(
            subscription.id = %self.row.id,
            alert = "second_subscription",
            "a subscription was paid that nobody should have been able to order; it is canceled and refunded"
        );
        self.changes.push(format!("subscription {} is one too many", self.row.id));
        self.end(tx, Action::SubscriptionSurplus).await
    }

    /// Has it canceled at Stripe, and noted why.
    pub(super) async fn end(&self, tx: &mut Tx, why: Action) -> Outcome<()> {
        let detail = json!({ "subscription": self.row.id, "item": self.row.item, "stripe": self.row.stripe_id });
        let entry = Entry::new(None, why, self.row.owner.user(), detail);
        audit::record(tx, &entry, &Origin::default(), self.at).await?;
        let task = Upkeep::EndSubscription { subscription_id: self.row.id };
        let key = format!("end-subscription:{}", self.row.id);
        Owed::new(&task, self.at).once(&key).enqueue(tx).await?;
        Ok(())
    }

    /// Puts a user on the plan that is paid, and tells of what changed.
    pub(super) async fn entitle(&mut self, tx: &mut Tx, before: &Subscription, others: &[Subscription]) -> Outcome<()> {
        let (row, grace) = (&self.row, self.app.config.billing.grace);
        match (row.kind, row.owner.user()) {
            (Kind::Plan, Some(user)) if row.stripe_id.is_some() => {
                let own = others.iter().filter(|other| !other.surplus && other.mode == row.mode && other.live);
                let entitling = std::iter::once(row).chain(own).find_map(|one| {
                    let plan: Plan = one.item.parse().ok()?;
                    match one.standing().entitled(grace) {
                        Entitled::Yes => Some((plan, None)),
                        Entitled::Until(end) => Some((plan, Some(end))),
                        Entitled::No => None,
                    }
                });
                let (plan, until) = entitling.unwrap_or_default();
                plans::set(tx, user, plan, until).await?;
            }
            (Kind::Plan, _) => {}
        }
        let seen = |row: &Subscription| (row.item.clone(), row.status, row.cancel_at, row.surplus, row.revoked_at);
        if seen(before) != seen(row) && (before.status.is_live() || row.status.is_live()) && !row.surplus {
            self.tell.push(Happening::SubscriptionUpdated {
                subscription_id: row.id,
                what: self.title(),
                status: row.status,
                ends_at: row.cancel_at,
            });
        }
        Ok(())
    }
}
