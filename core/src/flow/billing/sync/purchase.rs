//! A purchase of a pack: its page, its payment, what was refunded and disputed of it.

use uuid::Uuid;

use super::{
    Hints, Written, begin,
    claims::{self, DisputeNow, Of, RefundNow},
    hold, unknown_word,
};
use crate::{
    app::App,
    clients::stripe::api::{
        charges::{Charge, FraudWarning, GetCharge},
        checkout::{GetSession, Session},
        disputes::{Dispute, ListDisputes},
        payments::{GetIntent, PaymentIntent},
        refunds::{ListRefunds, Refund},
    },
    domain::{
        billing::{
            pack,
            purchase::{self as rule, State},
            refund::Claim,
            shop::Item,
        },
        happening::Happening,
        ledger::Asset,
        price::Pack,
        time::Timestamp,
    },
    flow::{
        Failure,
        billing::{call::CallError, refusal::Outcome, shop::Shop},
        notify::{Notification, notify},
        points,
        purchase::{Payment, Purchase as InLedger},
    },
    store::{
        Tx,
        billing::{
            disputes, fetches,
            fetches::Turn,
            purchases::{self, Purchase},
            refunds,
        },
        ledger, players, users,
    },
};

/// What Stripe says about a purchase.
pub(in super::super) struct PurchaseFacts {
    id: Uuid,
    user: Uuid,
    turn: Turn,
    session: Option<Session>,
    intent: Option<PaymentIntent>,
    charge: Option<Charge>,
    refunds: Vec<Refund>,
    disputes: Vec<Dispute>,
    warning: Option<FraudWarning>,
}

fn object(id: Uuid) -> String {
    format!("purchase:{id}")
}

pub(super) async fn fetch(
    app: &App,
    shop: &Shop<'_>,
    id: Uuid,
    hints: &Hints,
) -> Result<Option<PurchaseFacts>, CallError> {
    let turn = begin(app, &object(id)).await?;
    let mut on = app.db.read().await?;
    let Some(row) = purchases::find(&mut on, id).await? else { return Ok(None) };
    let refunded = hints.claims || !refunds::of_purchase(&mut on, id).await?.is_empty();
    let disputed = hints.claims || !disputes::of_purchase(&mut on, id).await?.is_empty();
    drop(on);
    let stripe = shop.stripe;
    let mut session = None;
    let mut intent_id = row.intent_id.clone().or_else(|| hints.intent.clone());
    // Once an intent pays it, its page says nothing more.
    if (intent_id.is_none() || row.paid_at.is_none())
        && let Some(id) = row.session_id.clone().or_else(|| hints.session.clone())
    {
        let fetched = stripe.get(&GetSession { id }).await?;
        intent_id = fetched.payment_intent.clone().or(intent_id);
        session = Some(fetched);
    }
    let intent = match intent_id {
        Some(id) => Some(stripe.get(&GetIntent { id }).await?),
        None => None,
    };
    let charge = match intent.as_ref().filter(|intent| intent.status == "succeeded") {
        Some(PaymentIntent { latest_charge: Some(id), .. }) => Some(stripe.get(&GetCharge { id: id.clone() }).await?),
        Some(_) | None => None,
    };
    let payment_intent = intent.as_ref().map(|intent| intent.id.clone());
    let has = |some: fn(&Charge) -> bool| charge.as_ref().is_some_and(some);
    let refunds = match charge.is_some() && (refunded || has(|charge| charge.amount_refunded > 0)) {
        true => stripe.list(&ListRefunds { payment_intent: payment_intent.clone(), ..ListRefunds::default() }).await?,
        false => Vec::new(),
    };
    let disputes = match charge.is_some() && (disputed || has(|charge| charge.disputed)) {
        true => stripe.list(&ListDisputes { payment_intent, ..ListDisputes::default() }).await?,
        false => Vec::new(),
    };
    let (user, warning) = (row.user_id, hints.warning.clone());
    Ok(Some(PurchaseFacts { id, user, turn, session, intent, charge, refunds, disputes, warning }))
}

/// A purchase while it is written.
struct Writing<'a> {
    app: &'a App,
    at: Timestamp,
    /// Whether the buyer's account still is there.
    active: bool,
    row: Purchase,
    tell: Vec<Happening>,
    changes: Vec<String>,
}

pub(super) async fn write(tx: &mut Tx, app: &App, facts: &PurchaseFacts, at: Timestamp) -> Outcome<Written> {
    // Users are locked before what is theirs, everywhere.
    players::lock(tx, [facts.user]).await?;
    let Some(row) = purchases::lock(tx, facts.id).await? else { return Ok(Written::default()) };
    if !fetches::admit(tx, &object(facts.id), facts.turn).await? {
        return Ok(Written::default());
    }
    let before = row.clone();
    let active = users::find(tx, facts.user).await?.is_some_and(|user| user.is_active());
    let mut writing = Writing { app, at, active, row, tell: Vec::new(), changes: Vec::new() };
    writing.stands(tx, facts).await?;
    if writing.row.paid_at.is_some() {
        writing.claimed(tx, facts).await?;
    }
    if writing.row != before {
        purchases::save(tx, &writing.row).await?;
    }
    let Writing { mut tell, changes, active, .. } = writing;
    if !active {
        tell.clear();
    }
    let user = facts.user;
    let users = if tell.is_empty() && changes.is_empty() { Vec::new() } else { vec![user] };
    let tell: Vec<Notification> = tell.into_iter().map(|what| Notification::new(user, what)).collect();
    notify(tx, app, &tell).await?;
    Ok(Written { changes, users })
}

impl Writing<'_> {
    /// How it stands; when its payment is seen for the first time, its tokens are credited.
    async fn stands(&mut self, tx: &mut Tx, facts: &PurchaseFacts) -> Outcome<()> {
        if let Some(session) = &facts.session {
            self.row.session_id = Some(session.id.clone());
            self.row.expires_at = session.expires_at;
            self.row.checkout_url.clone_from(&session.url);
        }
        if let Some(intent) = &facts.intent {
            self.row.intent_id = Some(intent.id.clone());
            self.row.failure.clone_from(&intent.failure);
        }
        if let Some(charge) = &facts.charge {
            self.row.charge_id = Some(charge.id.clone());
            self.row.receipt_url.clone_from(&charge.receipt_url);
        }
        if self.row.paid_at.is_some() {
            return Ok(());
        }
        let session = facts
            .session
            .as_ref()
            .map(|session| rule::Session { status: &session.status, payment_status: &session.payment_status });
        let intent = facts.intent.as_ref().map(|intent| intent.status.as_str());
        if session.is_none() && intent.is_none() {
            return Ok(());
        }
        let (before, state) = (self.row.state, rule::state(session, intent).map_err(unknown_word)?);
        self.row.state = state;
        if before != state {
            self.changes.push(format!("purchase {} is {}, not {}", self.row.id, state.name(), before.name()));
        }
        self.row.ended_at =
            if state.is_open() || state == State::Paid { None } else { self.row.ended_at.or(Some(self.at)) };
        match state {
            State::Paid => self.paid(tx, facts).await,
            State::Failed if before != State::Failed => {
                self.tell.push(Happening::PaymentFailed {
                    payment_id: self.row.id,
                    what: self.title(),
                    cents: self.row.cents,
                    currency: self.row.currency.clone(),
                    grace_until: None,
                });
                Ok(())
            }
            State::Wanted | State::Open | State::Processing | State::Failed | State::Expired | State::Canceled => {
                Ok(())
            }
        }
    }

    async fn paid(&mut self, tx: &mut Tx, facts: &PurchaseFacts) -> Outcome<()> {
        let received = facts.intent.as_ref().and_then(|intent| intent.amount_received);
        let received = received.or_else(|| facts.session.as_ref().and_then(|session| session.amount_total));
        self.row.paid_cents = Some(received.unwrap_or_default());
        self.row.paid_at = Some(self.at);
        let stripe_id = self.payment_id()?;
        let payment = match &self.row.intent_id {
            Some(id) => Payment::Intent(id),
            None => Payment::Checkout(&stripe_id),
        };
        self.in_ledger().paid(tx, self.app, payment).await.map_err(Failure::unexpected)?;
        if self.active {
            points::bought(tx, self.app, self.row.user_id, self.row.id).await?;
        }
        metrics::counter!("vanikeys_billing_paid_total", "what" => "pack").increment(1);
        metrics::counter!("vanikeys_billing_paid_cents_total")
            .increment(u64::try_from(received.unwrap_or_default()).unwrap_or(0));
        self.tell.push(Happening::PaymentSucceeded {
            payment_id: self.row.id,
            what: self.title(),
            cents: received.unwrap_or_default(),
            currency: self.row.currency.clone(),
            tokens: self.row.tokens,
            stripe_id,
        });
        Ok(())
    }

    /// What refunds, disputes and warnings claim of what was paid.
    async fn claimed(&mut self, tx: &mut Tx, facts: &PurchaseFacts) -> Outcome<()> {
        let of = Of::Purchase(self.row.id);
        let refunds = claims::refunds(tx, &of, &facts.refunds, self.at).await?;
        let disputes = claims::disputes(tx, &of, &facts.disputes, self.at).await?;
        let takes = refunds.iter().any(|one| one.status.claim() == Claim::Takes)
            || disputes.iter().any(|one| one.status.claim() == Claim::Takes);
        // What was held back because of a warning pays for what the warning was about.
        if takes {
            hold::release(tx, self.app, &mut self.row).await?;
        }
        if !refunds.is_empty() {
            let taking = refunds.iter().filter(|one| one.status.claim() == Claim::Takes);
            self.row.refunded_cents = taking.map(|one| one.cents).sum();
        }
        for refund in &refunds {
            self.refund(tx, refund).await?;
        }
        for dispute in &disputes {
            self.dispute(tx, dispute).await?;
        }
        match &facts.warning {
            Some(warning) if self.row.warning_id.is_none() => {
                self.changes.push(format!("purchase {} was warned of ({})", self.row.id, warning.id));
                if takes {
                    self.row.warning_id = Some(warning.id.clone());
                    return Ok(());
                }
                hold::freeze(tx, &mut self.row, &warning.id, self.at).await
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn refund(&mut self, tx: &mut Tx, refund: &RefundNow) -> Outcome<()> {
        let (id, purchase) = (&refund.stripe_id, self.in_ledger());
        let done = match refund.status.claim() {
            Claim::Takes => purchase.refunded(tx, self.app, id, refund.cents).await.map(Some),
            Claim::GivesBack => purchase.refund_failed(tx, self.app, id).await.map(Some),
            Claim::None => Ok(None),
        };
        done.map_err(Failure::unexpected)?;
        if refund.before != Some(refund.status) {
            self.changes.push(format!("refund {id} of purchase {} is {}", self.row.id, refund.status.name()));
        }
        if refund.begins() {
            self.tell.push(Happening::PaymentRefunded {
                payment_id: self.row.id,
                what: self.title(),
                cents: refund.cents,
                currency: self.row.currency.clone(),
                tokens: self.taken(tx, &format!("refund:{id}")).await?,
                stripe_id: id.clone(),
            });
        }
        Ok(())
    }

    async fn dispute(&mut self, tx: &mut Tx, dispute: &DisputeNow) -> Outcome<()> {
        let (id, purchase) = (&dispute.stripe_id, self.in_ledger());
        let done = match dispute.status.claim() {
            Claim::Takes => purchase.disputed(tx, self.app, id, dispute.cents).await.map(Some),
            Claim::GivesBack => purchase.dispute_won(tx, self.app, id).await.map(Some),
            Claim::None => Ok(None),
        };
        done.map_err(Failure::unexpected)?;
        if dispute.before != Some(dispute.status) {
            self.changes.push(format!("dispute {id} of purchase {} is {}", self.row.id, dispute.status.name()));
        }
        if dispute.begins() {
            self.tell.push(Happening::PaymentDisputed {
                payment_id: self.row.id,
                what: self.title(),
                cents: dispute.cents,
                currency: self.row.currency.clone(),
                tokens: self.taken(tx, &format!("dispute:{id}")).await?,
                stripe_id: id.clone(),
            });
        }
        if let Some(won) = dispute.ended() {
            let (payment_id, what) = (self.row.id, self.title());
            self.tell.push(Happening::DisputeEnded { payment_id, what, won, stripe_id: id.clone() });
        }
        Ok(())
    }

    /// What an event claims of the purchase's tokens.
    async fn taken(&self, tx: &mut Tx, key: &str) -> Outcome<i64> {
        let takings = ledger::takings_of(tx, self.row.user_id, &Asset::VaniToken).await?;
        Ok(takings.iter().find(|taking| taking.key == key).map_or(0, |taking| taking.asked))
    }

    fn in_ledger(&self) -> InLedger {
        let Purchase { id, user_id: user, tokens, paid_cents, cents, .. } = self.row;
        // Nothing can be refunded of what cost nothing; the share needs something to be one of.
        InLedger { id, user, tokens, cents: paid_cents.unwrap_or(cents).max(1) }
    }

    /// Stripe's id of the payment: its intent's, or its session's where there was nothing to pay.
    fn payment_id(&self) -> Outcome<String> {
        let id = self.row.intent_id.clone().or_else(|| self.row.session_id.clone());
        id.ok_or_else(|| Failure::broken(format!("purchase {} is paid by nothing", self.row.id)))
    }

    fn title(&self) -> String {
        let pack = Pack { tokens: self.row.tokens, cents: self.row.cents };
        if pack::key(&pack) == self.row.pack { Item::Pack(pack).title() } else { format!("{} VaniTokens", pack.tokens) }
    }
}
