//! Compares what is here with what is at Stripe, all pages of it, and repairs what differs: after an outage, once a day,
//! and when an operator asks. Each repair is reported, audited and counted.

use std::{collections::BTreeSet, time::Duration};

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    end,
    refusal::{BillingRefusal, Outcome},
    resolve::{Resolved, resolve},
    session::{self, For},
    shop::{self, Shop, away},
    sync::{self, Hints, Target, Written},
    webhook::{self, Taken},
};
use crate::{
    app::App,
    clients::stripe::{
        List, Trouble,
        api::{
            Created,
            disputes::ListDisputes,
            events::ListEvents,
            payments::ListIntents,
            refunds::ListRefunds,
            subscriptions::{ListSubscriptions, Standing},
        },
    },
    domain::{
        audit::Action,
        billing::{
            event::{self, Topic},
            purchase::State,
            subscription::{Kind, Status},
        },
        owner::Owner,
        time::Timestamp,
    },
    flow::{By, Failure},
    store::{
        StoreError, StoreResult, Tx,
        audit::{self, Entry},
        billing::{customers, disputes, invoices, purchases, refunds, subscriptions},
        transact,
    },
};

/// Stripe lists events of so long.
const EVENTS: Duration = Duration::from_secs(30 * 24 * 3600);

/// Refunds and disputes are compared over so long.
const CLAIMS: Duration = Duration::from_secs(35 * 24 * 3600);

/// Whatever is younger than this is under way.
const SETTLED: Duration = Duration::from_secs(10 * 60);

/// Rows read at a time.
const PAGE: i64 = 500;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Events that had not been delivered and are handled now.
    pub events: u64,
    /// Objects that were compared.
    pub compared: u64,
    /// What differed and was repaired, a sentence each.
    pub repaired: Vec<String>,
    /// What differs and could not be repaired, a sentence each.
    pub failed: Vec<String>,
}

/// Compares and repairs.
///
/// # Errors
/// [`BillingRefusal::NotSoldHere`] without an account; [`Failure::Unavailable`] if Stripe cannot be used right now, and
/// then what was repaired until then stays so.
pub async fn reconcile(app: &App, by: &By) -> Outcome<Report> {
    let shop = shop::shop(app).await?;
    let now = app.clock.now();
    let mut this = Reconciling { app, shop: &shop, now, report: Report::default(), done: BTreeSet::new() };
    this.events().await?;
    this.purchases().await?;
    this.subscriptions().await?;
    this.claims().await?;
    this.unanswered().await?;
    let report = this.report;
    let mismatches = report.repaired.len() + report.failed.len();
    metrics::counter!("vanikeys_billing_mismatches_total").increment(u64::try_from(mismatches).unwrap_or(u64::MAX));
    if mismatches > 0 {
        tracing::warn!(mismatches, alert = "billing_mismatch", "reconcile found what differs from Stripe: {report:?}");
    }
    let noted: StoreResult<()> = async { transact!(app.db, tx => note(tx, by, &report, now).await) }.await;
    noted?;
    Ok(report)
}

async fn note(tx: &mut Tx, by: &By, report: &Report, at: Timestamp) -> StoreResult<()> {
    for what in &report.repaired {
        let entry = Entry::new(by.id(), Action::BillingRepair, None, json!({ "repaired": what }));
        audit::record(tx, &entry, &by.origin, at).await?;
    }
    for what in &report.failed {
        let entry = Entry::new(by.id(), Action::BillingRepair, None, json!({ "failed": what }));
        audit::record(tx, &entry, &by.origin, at).await?;
    }
    Ok(())
}

struct Reconciling<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
    now: Timestamp,
    report: Report,
    /// Rows that were compared in this run, and whether refunds and disputes, of which invoice, were looked at.
    done: BTreeSet<(Uuid, bool, Option<String>)>,
}

impl Reconciling<'_> {
    async fn list<L: List>(&self, list: &L) -> Outcome<Vec<L::Item>> {
        self.shop.stripe.list(list).await.map_err(|trouble| Failure::Unavailable(away(&trouble)))
    }

    fn since(&self, span: Duration) -> Option<Created> {
        Some(Created::since((self.now - span).seconds()))
    }

    /// Compares a row, once a run.
    async fn compare(&mut self, target: Target, hints: &Hints) -> Outcome<()> {
        let id = match target {
            Target::Purchase(id) | Target::Subscription(id) => id,
        };
        if !self.done.insert((id, hints.claims, hints.invoice.clone())) {
            return Ok(());
        }
        self.report.compared += 1;
        match sync::sync(self.app, self.shop, target, hints).await {
            Ok(Written { changes, .. }) => self.report.repaired.extend(changes),
            Err(Failure::Unavailable(what)) => return Err(what.into()),
            Err(Failure::Store(error)) => return Err(error.into()),
            Err(failure) => self.report.failed.push(format!("{target:?}: {failure}")),
        }
        Ok(())
    }

    /// Compares whatever rows an object of Stripe's belongs to.
    async fn compare_object(&mut self, topic: Topic, id: &str) -> Outcome<()> {
        match resolve(self.app, self.shop, topic, id).await? {
            Resolved::Rows(rows) | Resolved::CustomerGone(rows) => {
                for (target, hints) in rows {
                    self.compare(target, &hints).await?;
                }
            }
            Resolved::Nothing(_) => {}
        }
        Ok(())
    }

    /// Events that Stripe could not deliver: taken now, and handled like any other.
    async fn events(&mut self) -> Outcome<()> {
        let list = ListEvents { delivery_success: Some(false), created: self.since(EVENTS), ..ListEvents::default() };
        let mut all = self.list(&list).await?;
        // The oldest first, so that tasks are owed in the order of the events.
        all.reverse();
        for one in all.into_iter().filter(|one| event::topic(&one.kind).is_some()) {
            if webhook::take_listed(self.app, &one).await? == Taken::Owed {
                self.report.events += 1;
                self.report.repaired.push(format!("event {} ({}) was not delivered", one.id, one.kind));
            }
        }
        Ok(())
    }

    async fn purchases(&mut self) -> Outcome<()> {
        let (before, mut after) = (self.now - SETTLED, Uuid::nil());
        loop {
            let page =
                purchases::unfinished(&mut self.app.db.read().await?, self.shop.mode, before, (after, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                self.purchase(&row).await?;
            }
        }
        // What was paid by an intent of ours that nothing here remembers being paid.
        let list = ListIntents { created: self.since(CLAIMS), ..ListIntents::default() };
        let paid = self.list(&list).await?.into_iter().filter(|intent| intent.status == "succeeded");
        for intent in paid {
            let known = purchases::by_stripe(&mut self.app.db.read().await?, &intent.id).await?;
            if self.shop.owns(&intent.metadata) && known.is_none_or(|known| known.paid_at.is_none()) {
                self.compare_object(Topic::Intent, &intent.id).await?;
            }
        }
        Ok(())
    }

    /// An open purchase; one that Stripe never heard of is closed.
    async fn purchase(&mut self, row: &purchases::Purchase) -> Outcome<()> {
        let target = Target::Purchase(row.id);
        if row.session_id.is_some() || row.intent_id.is_some() {
            return self.compare(target, &Hints::default()).await;
        }
        let this = For { row: row.id, entry: "purchase", owner: Owner::User(row.user_id), at: row.created_at };
        match self.unanswered_call(this).await? {
            Some(hints) => self.compare(target, &hints).await,
            None => {
                self.close_purchase(row.id).await?;
                self.report.repaired.push(format!("purchase {} never reached Stripe and is closed", row.id));
                Ok(())
            }
        }
    }

    /// What Stripe made for a row whose call was never answered, if it made anything.
    async fn unanswered_call(&self, this: For) -> Outcome<Option<Hints>> {
        let customer = customers::find(&mut self.app.db.read().await?, this.owner, self.shop.mode).await?;
        let Some(customer) = customer.and_then(|customer| customer.stripe_id) else { return Ok(None) };
        let found = session::find(self.shop, &customer, this).await;
        let found = found.map_err(|trouble| Failure::Unavailable(away(&trouble)))?;
        if let Some(session) = found {
            return Ok(Some(Hints { session: Some(session.id), ..Hints::default() }));
        }
        let list = ListIntents { customer: Some(customer), ..ListIntents::default() };
        let id = this.row.to_string();
        let intents = self.list(&list).await?;
        let intent = intents
            .into_iter()
            .find(|intent| self.shop.owns(&intent.metadata) && intent.metadata.get(this.entry) == Some(&id));
        Ok(intent.map(|intent| Hints { intent: Some(intent.id), ..Hints::default() }))
    }

    async fn close_purchase(&self, id: Uuid) -> Result<(), StoreError> {
        let at = self.now;
        transact!(self.app.db, tx => {
            if let Some(mut row) = purchases::lock(tx, id).await?.filter(|row| row.state == State::Wanted) {
                row.state = State::Expired;
                row.ended_at = Some(at);
                purchases::save(tx, &row).await?;
            }
            Ok(())
        })
    }

    async fn subscriptions(&mut self) -> Outcome<()> {
        let (before, mut after) = (self.now - SETTLED, Uuid::nil());
        loop {
            let page = subscriptions::unfinished(&mut self.app.db.read().await?, self.shop.mode, before, (after, PAGE))
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                let this = For { row: row.id, entry: "subscription", owner: row.owner, at: row.created_at };
                if row.session_id.is_some() || row.stripe_id.is_some() {
                    self.compare(Target::Subscription(row.id), &Hints::default()).await?;
                    continue;
                }
                match self.unanswered_call(this).await? {
                    Some(hints) => self.compare(Target::Subscription(row.id), &hints).await?,
                    None => {
                        self.close_subscription(row.owner, row.id).await?;
                        self.report
                            .repaired
                            .push(format!("subscription {} never reached Stripe and is closed", row.id));
                    }
                }
            }
        }
        let there = self.list(&ListSubscriptions { status: None, ..ListSubscriptions::default() }).await?;
        let ended = ListSubscriptions {
            status: Some(Standing::Canceled),
            created: self.since(CLAIMS),
            ..ListSubscriptions::default()
        };
        let ended = self.list(&ended).await?;
        for one in there.into_iter().chain(ended) {
            if !self.shop.owns(&one.metadata) {
                continue;
            }
            let known = subscriptions::by_stripe(&mut self.app.db.read().await?, &one.id).await?;
            let differs = known.is_none_or(|known| known.status.name() != one.status);
            if differs {
                self.compare_object(Topic::Subscription, &one.id).await?;
            }
        }
        Ok(())
    }

    async fn close_subscription(&self, owner: Owner, id: Uuid) -> Result<(), StoreError> {
        let at = self.now;
        transact!(self.app.db, tx => {
            let all = subscriptions::lock_all(tx, owner, Kind::Plan).await?;
            if let Some(mut row) = all.into_iter().find(|row| row.id == id && row.status == Status::Wanted) {
                row.status = Status::Expired;
                row.ended_at = Some(at);
                subscriptions::save(tx, &row).await?;
            }
            Ok(())
        })
    }

    /// Refunds and disputes of the last weeks.
    async fn claims(&mut self) -> Outcome<()> {
        let list = ListRefunds { created: self.since(CLAIMS), ..ListRefunds::default() };
        for refund in self.list(&list).await? {
            let known = refunds::by_stripe(&mut self.app.db.read().await?, &refund.id).await?;
            if known.is_none_or(|known| known.status.name() != refund.status) {
                self.compare_object(Topic::Refund, &refund.id).await?;
            }
        }
        let list = ListDisputes { created: self.since(CLAIMS), ..ListDisputes::default() };
        for dispute in self.list(&list).await? {
            let known = disputes::find(&mut self.app.db.read().await?, &dispute.id).await?;
            if known.is_none_or(|known| known.status.name() != dispute.status) {
                self.compare_object(Topic::Dispute, &dispute.id).await?;
            }
        }
        Ok(())
    }

    /// Refunds that Stripe was asked for and did not answer about: what it made is written, the others are closed, to be
    /// asked for again by whoever still wants them.
    async fn unanswered(&mut self) -> Outcome<()> {
        let waiting = refunds::unanswered(&mut self.app.db.read().await?, self.now - SETTLED).await?;
        for refund in waiting {
            let Some(intent) = self.intent_of(&refund).await? else { continue };
            match end::made(self.shop, &refund, &intent).await {
                Ok(Some(_)) => self.compare_object(Topic::Intent, &intent).await?,
                Ok(None) => {
                    let at = self.now;
                    let closed: StoreResult<bool> =
                        async { transact!(self.app.db, tx => refunds::refused(tx, refund.id, at).await) }.await;
                    if closed? {
                        self.report.repaired.push(format!("refund {} never reached Stripe and is closed", refund.id));
                    }
                }
                Err(trouble @ Trouble::Unavailable { .. }) => return Err(Failure::Unavailable(away(&trouble))),
                Err(trouble) => self.report.failed.push(format!("refund {}: {trouble}", refund.id)),
            }
        }
        Ok(())
    }

    async fn intent_of(&self, refund: &refunds::Refund) -> StoreResult<Option<String>> {
        let mut on = self.app.db.read().await?;
        if let Some(purchase) = refund.purchase_id {
            return Ok(purchases::find(&mut on, purchase).await?.and_then(|row| row.intent_id));
        }
        let Some(invoice) = &refund.invoice_id else { return Ok(None) };
        let invoice = invoices::find(&mut on, invoice).await?;
        Ok(invoice.and_then(|row| row.intent_id))
    }
}

/// The daily run: without an account there is nothing to compare.
///
/// # Errors
/// As [`reconcile`].
pub async fn daily(app: &App) -> Outcome<()> {
    match reconcile(app, &By::default()).await {
        Err(Failure::Refused(BillingRefusal::NotSoldHere)) => Ok(()),
        other => other.map(drop),
    }
}
