//! Invoices of a subscription: receipts, warnings that one was not paid, and what went back of them.

use serde_json::json;

use super::{
    super::claims::{self, Of},
    SubscriptionFacts, Writing,
};
use crate::{
    clients::stripe::api::invoices::Invoice as AtStripe,
    domain::{
        audit::Action,
        billing::{
            refund::{Claim, DisputeStatus, RefundStatus},
            shop::Item,
            subscription::{RENEWAL, Status},
        },
        happening::Happening,
        plan::Plan,
    },
    flow::billing::refusal::Outcome,
    store::{
        Tx,
        audit::{self, Entry, Origin},
        billing::invoices::{self, Invoice},
    },
};

impl Writing<'_> {
    /// Writes the invoices. Each that is paid now and was not is a receipt; a renewal that failed is told once.
    pub(super) async fn invoices(&mut self, tx: &mut Tx, facts: &SubscriptionFacts) -> Outcome<()> {
        for invoice in &facts.invoices {
            let row = self.invoice(invoice);
            let known = invoices::put(tx, &row).await?;
            let was_paid = known.is_some_and(|known| known.paid_at.is_some());
            if row.paid_at.is_some() && !was_paid && row.cents > 0 {
                self.changes.push(format!("invoice {} of subscription {} is paid", row.stripe_id, self.row.id));
                metrics::counter!("vanikeys_billing_paid_total", "what" => "subscription").increment(1);
                metrics::counter!("vanikeys_billing_paid_cents_total").increment(u64::try_from(row.cents).unwrap_or(0));
                self.tell.push(Happening::PaymentSucceeded {
                    payment_id: self.row.id,
                    what: self.title(),
                    cents: row.cents,
                    currency: row.currency,
                    tokens: 0,
                    stripe_id: row.intent_id.unwrap_or(row.stripe_id),
                });
            }
        }
        self.warn(tx, facts).await
    }

    fn invoice(&self, invoice: &AtStripe) -> Invoice {
        let paid = invoice.status == "paid";
        Invoice {
            stripe_id: invoice.id.clone(),
            subscription_id: self.row.id,
            status: invoice.status.clone(),
            reason: invoice.billing_reason.clone().unwrap_or_default(),
            cents: if paid { invoice.amount_paid } else { invoice.amount_due },
            currency: invoice.currency.clone().unwrap_or_default(),
            intent_id: invoice.payment_intent.clone(),
            url: invoice.hosted_url.clone(),
            refunded_cents: 0,
            created_at: invoice.created.unwrap_or(self.at),
            finalized_at: invoice.finalized_at,
            paid_at: if paid { invoice.paid_at.or(Some(self.at)) } else { None },
        }
    }

    /// A renewal is not paid: its owner is told until when it stays, once an invoice.
    async fn warn(&mut self, tx: &mut Tx, facts: &SubscriptionFacts) -> Outcome<()> {
        let (Status::PastDue, Some(from)) = (self.row.status, self.row.grace_from) else { return Ok(()) };
        let is_it = |invoice: &&AtStripe| {
            invoice.status == "open"
                && invoice.finalized_at == Some(from)
                && invoice.billing_reason.as_deref() == Some(RENEWAL)
        };
        let Some(invoice) = facts.invoices.iter().find(is_it) else { return Ok(()) };
        if self.row.told_of.as_ref() == Some(&invoice.id) {
            return Ok(());
        }
        self.row.told_of = Some(invoice.id.clone());
        let until = from + self.app.config.billing.grace;
        let detail = json!({ "subscription": self.row.id, "invoice": invoice.id, "until": until });
        let entry = Entry::new(None, Action::SubscriptionGrace, self.row.owner.user(), detail);
        audit::record(tx, &entry, &Origin::default(), self.at).await?;
        self.tell.push(Happening::PaymentFailed {
            payment_id: self.row.id,
            what: self.title(),
            cents: invoice.amount_due,
            currency: invoice.currency.clone().unwrap_or_default(),
            grace_until: Some(until),
        });
        Ok(())
    }

    /// Writes refunds and disputes of invoices. If all of what was paid for the period went back, it ends at once.
    pub(super) async fn went_back(&mut self, tx: &mut Tx, facts: &SubscriptionFacts) -> Outcome<()> {
        let newest = facts.invoices.iter().filter(|invoice| invoice.amount_paid > 0).max_by_key(|one| one.created);
        let newest = newest.map(|invoice| (invoice.id.clone(), invoice.amount_paid));
        for money in &facts.money {
            let of = Of::Invoice(money.invoice.clone());
            let refunds = claims::refunds(tx, &of, &money.refunds, self.at).await?;
            let disputes = claims::disputes(tx, &of, &money.disputes, self.at).await?;
            let currency = money.refunds.iter().find_map(|refund| refund.currency.clone());
            let currency = currency.or_else(|| money.disputes.iter().find_map(|dispute| dispute.currency.clone()));
            let currency = currency.unwrap_or_default();
            for refund in &refunds {
                if refund.before != Some(refund.status) {
                    let (id, now) = (&refund.stripe_id, refund.status.name());
                    self.changes.push(format!("refund {id} of subscription {} is {now}", self.row.id));
                }
                if refund.begins() {
                    self.tell.push(Happening::PaymentRefunded {
                        payment_id: self.row.id,
                        what: self.title(),
                        cents: refund.cents,
                        currency: currency.clone(),
                        tokens: 0,
                        stripe_id: refund.stripe_id.clone(),
                    });
                }
            }
            for dispute in &disputes {
                if dispute.before != Some(dispute.status) {
                    let (id, now) = (&dispute.stripe_id, dispute.status.name());
                    self.changes.push(format!("dispute {id} of subscription {} is {now}", self.row.id));
                }
                if dispute.begins() {
                    self.tell.push(Happening::PaymentDisputed {
                        payment_id: self.row.id,
                        what: self.title(),
                        cents: dispute.cents,
                        currency: currency.clone(),
                        tokens: 0,
                        stripe_id: dispute.stripe_id.clone(),
                    });
                }
                if let Some(won) = dispute.ended() {
                    let (payment_id, what) = (self.row.id, self.title());
                    self.tell.push(Happening::DisputeEnded {
                        payment_id,
                        what,
                        won,
                        stripe_id: dispute.stripe_id.clone(),
                    });
                }
            }
            let taking = refunds.iter().filter(|one| one.status.claim() == Claim::Takes);
            invoices::refunded(tx, &money.invoice, taking.map(|one| one.cents).sum()).await?;
            let arrived = refunds.iter().filter(|one| one.status == RefundStatus::Succeeded);
            let arrived: i64 = arrived.map(|one| one.cents).sum();
            let lost = disputes.iter().any(|one| one.status == DisputeStatus::Lost);
            let all_of_it =
                newest.as_ref().is_some_and(|(id, paid)| *id == money.invoice && (lost || arrived >= *paid));
            if all_of_it && self.row.revoked_at.is_none() {
                self.row.revoked_at = Some(self.at);
                self.end(tx, Action::SubscriptionRevoke).await?;
            }
        }
        Ok(())
    }

    pub(super) fn title(&self) -> String {
        self.row.item.parse::<Plan>().map_or_else(|_| self.row.item.clone(), |plan| Item::Plan(plan).title())
    }
}
