//! A subscription: its page, how it stands, its invoices, and what was refunded and disputed of those.

mod entitle;
mod money;

use uuid::Uuid;

use super::{Hints, Written, begin, unknown_word};
use crate::{
    app::App,
    clients::stripe::api::{
        checkout::{GetSession, Session},
        disputes::{Dispute, ListDisputes},
        invoices::{GetInvoice, Invoice, ListInvoices},
        refunds::{ListRefunds, Refund},
        subscriptions::{GetSubscription, Subscription as AtStripe},
    },
    domain::{
        billing::subscription::{self as rule, Kind, Status},
        happening::Happening,
        owner::Owner,
        time::Timestamp,
    },
    flow::{
        Failure,
        billing::{
            call::CallError,
            refusal::Outcome,
            shop::{self, Shop},
        },
        notify::{Notification, notify},
    },
    store::{
        Tx,
        billing::{
            disputes, fetches,
            fetches::Turn,
            invoices, refunds,
            subscriptions::{self, Subscription},
        },
        players, users,
    },
};

/// What Stripe says about a subscription.
pub(in super::super) struct SubscriptionFacts {
    id: Uuid,
    owner: Owner,
    kind: Kind,
    turn: Turn,
    session: Option<Session>,
    subscription: Option<AtStripe>,
    invoices: Vec<Invoice>,
    money: Vec<Money>,
}

/// What went back of an invoice.
struct Money {
    invoice: String,
    refunds: Vec<Refund>,
    disputes: Vec<Dispute>,
}

fn object(id: Uuid) -> String {
    format!("subscription:{id}")
}

pub(super) async fn fetch(
    app: &App,
    shop: &Shop<'_>,
    id: Uuid,
    hints: &Hints,
) -> Result<Option<SubscriptionFacts>, CallError> {
    let turn = begin(app, &object(id)).await?;
    let mut on = app.db.read().await?;
    let Some(row) = subscriptions::find(&mut on, id).await? else { return Ok(None) };
    let known = invoices::of(&mut on, id).await?;
    let mut touched: Vec<String> = hints.invoice.iter().cloned().collect();
    for invoice in &known {
        let refunded = !refunds::of_invoice(&mut on, &invoice.stripe_id).await?.is_empty();
        if refunded || !disputes::of_invoice(&mut on, &invoice.stripe_id).await?.is_empty() {
            touched.push(invoice.stripe_id.clone());
        }
    }
    drop(on);
    let stripe = shop.stripe;
    let mut stripe_id = row.stripe_id.clone().or_else(|| hints.subscription.clone());
    let mut session = None;
    if stripe_id.is_none()
        && let Some(id) = row.session_id.clone().or_else(|| hints.session.clone())
    {
        let fetched = stripe.get(&GetSession { id }).await?;
        stripe_id.clone_from(&fetched.subscription);
        session = Some(fetched);
    }
    let (owner, kind) = (row.owner, row.kind);
    let mut facts = SubscriptionFacts {
        id,
        owner,
        kind,
        turn,
        session,
        subscription: None,
        invoices: Vec::new(),
        money: Vec::new(),
    };
    let Some(stripe_id) = stripe_id else { return Ok(Some(facts)) };
    facts.subscription = Some(stripe.get(&GetSubscription { id: stripe_id.clone() }).await?);
    let of_it = ListInvoices { subscription: Some(stripe_id), ..ListInvoices::default() };
    for mut invoice in stripe.list(&of_it).await? {
        let intent = known.iter().find(|one| one.stripe_id == invoice.id).and_then(|one| one.intent_id.clone());
        invoice.payment_intent = match intent {
            // The list does not say what paid it.
            None if invoice.amount_paid > 0 => stripe.get(&GetInvoice::new(&invoice.id)).await?.payment_intent,
            known => known,
        };
        facts.invoices.push(invoice);
    }
    let hinted = |one: &&Invoice| one.payment_intent.is_some() && one.payment_intent == hints.intent;
    touched.extend(facts.invoices.iter().filter(hinted).map(|one| one.id.clone()));
    touched.sort();
    touched.dedup();
    for invoice in touched {
        let intent = facts.invoices.iter().find(|one| one.id == invoice).and_then(|one| one.payment_intent.clone());
        let Some(intent) = intent else { continue };
        let refunds = ListRefunds { payment_intent: Some(intent.clone()), ..ListRefunds::default() };
        let disputes = ListDisputes { payment_intent: Some(intent), ..ListDisputes::default() };
        let (refunds, disputes) = (stripe.list(&refunds).await?, stripe.list(&disputes).await?);
        facts.money.push(Money { invoice, refunds, disputes });
    }
    Ok(Some(facts))
}

/// A subscription while it is written.
struct Writing<'a> {
    app: &'a App,
    at: Timestamp,
    row: Subscription,
    tell: Vec<Happening>,
    changes: Vec<String>,
}

pub(super) async fn write(tx: &mut Tx, app: &App, facts: &SubscriptionFacts, at: Timestamp) -> Outcome<Written> {
    if let Some(user) = facts.owner.user() {
        players::lock(tx, [user]).await?;
    }
    let all = subscriptions::lock_all(tx, facts.owner, facts.kind).await?;
    let Some(row) = all.iter().find(|row| row.id == facts.id).cloned() else { return Ok(Written::default()) };
    if !fetches::admit(tx, &object(facts.id), facts.turn).await? {
        return Ok(Written::default());
    }
    let before = row.clone();
    let mut writing = Writing { app, at, row, tell: Vec::new(), changes: Vec::new() };
    writing.stands(tx, facts).await?;
    writing.invoices(tx, facts).await?;
    writing.went_back(tx, facts).await?;
    let others: Vec<Subscription> = all.into_iter().filter(|row| row.id != facts.id).collect();
    writing.only_one(tx, &others).await?;
    if writing.row != before {
        subscriptions::save(tx, &writing.row).await?;
    }
    writing.entitle(tx, &before, &others).await?;
    let Writing { mut tell, changes, .. } = writing;
    let Some(user) = facts.owner.user() else { return Ok(Written { changes, users: Vec::new() }) };
    if users::find(tx, user).await?.is_none_or(|user| !user.is_active()) {
        tell.clear();
    }
    let users = if tell.is_empty() && changes.is_empty() { Vec::new() } else { vec![user] };
    let tell: Vec<Notification> = tell.into_iter().map(|what| Notification::new(user, what)).collect();
    notify(tx, app, &tell).await?;
    Ok(Written { changes, users })
}

impl Writing<'_> {
    /// How it stands.
    async fn stands(&mut self, tx: &mut Tx, facts: &SubscriptionFacts) -> Outcome<()> {
        let before = self.row.status;
        if let Some(session) = &facts.session {
            self.row.session_id = Some(session.id.clone());
            self.row.checkout_url.clone_from(&session.url);
            self.row.expires_at = session.expires_at;
            self.row.status = match session.status.as_str() {
                "open" => Status::Open,
                "expired" => Status::Expired,
                _ => Status::Incomplete,
            };
        }
        if let Some(found) = &facts.subscription {
            self.row.stripe_id = Some(found.id.clone());
            self.row.status = found.status.parse().map_err(unknown_word)?;
            self.row.checkout_url = None;
            if found.period_end().is_none() && self.row.status.is_live() {
                // Fields have moved before; one that is not where it should be is no end that is not there.
                return Err(Failure::broken(format!("subscription {} has no end of its period", found.id)));
            }
            self.row.period_end = found.period_end();
            self.row.cancel_at = rule::ends(found.cancel_at, found.cancel_at_period_end, found.period_end());
            self.named_by_price(tx, found).await?;
            let open = facts.invoices.iter().filter(|invoice| invoice.status == "open");
            let open =
                open.map(|invoice| (invoice.billing_reason.as_deref().unwrap_or_default(), invoice.finalized_at));
            self.row.grace_from = match self.row.status {
                Status::PastDue => rule::grace_from(open),
                Status::Wanted
                | Status::Open
                | Status::Expired
                | Status::Incomplete
                | Status::IncompleteExpired
                | Status::Trialing
                | Status::Active
                | Status::Unpaid
                | Status::Paused
                | Status::Canceled => None,
            };
        }
        if before != self.row.status {
            let (id, now) = (self.row.id, self.row.status.name());
            self.changes.push(format!("subscription {id} is {now}, not {}", before.name()));
        }
        let ended = facts.subscription.as_ref().and_then(|found| found.ended_at);
        self.row.ended_at =
            if self.row.status.is_over() { self.row.ended_at.or(ended).or(Some(self.at)) } else { None };
        Ok(())
    }

    /// What it is for follows its price; a price that nobody knows leaves it as it was.
    async fn named_by_price(&mut self, tx: &mut Tx, found: &AtStripe) -> Outcome<()> {
        let Some(price) = found.items.first().and_then(|item| item.price.clone()) else { return Ok(()) };
        if self.row.price_id.as_ref() == Some(&price) {
            return Ok(());
        }
        match shop::plan_of(tx, self.app, &price).await? {
            Some(plan) => {
                plan.name().clone_into(&mut self.row.item);
                self.row.price_id = Some(price);
            }
            None => tracing::error!(
                subscription = %found.id,
                price,
                alert = "unknown_price",
                "a subscription has a price that nothing is sold for; it stays what it was ({})",
                self.row.item
            ),
        }
        Ok(())
    }
}
