//! Which rows of ours an object of Stripe's belongs to: by its id, if a row names it; else by the entries that we gave it.

use uuid::Uuid;

use super::{
    call::CallError,
    shop::Shop,
    sync::{Hints, Target},
};
use crate::{
    app::App,
    clients::stripe::{
        Look, Metadata, Trouble,
        api::{
            charges::{GetCharge, GetFraudWarning},
            checkout::GetSession,
            disputes::GetDispute,
            invoices::GetInvoice,
            payments::GetIntent,
            refunds::GetRefund,
            subscriptions::GetSubscription,
        },
    },
    domain::{billing::event::Topic, owner::Owner},
    store::{
        StoreResult,
        billing::{customers, invoices, purchases, subscriptions},
    },
};

/// What an object belongs to.
pub(super) enum Resolved {
    /// These rows, with what they may not know yet.
    Rows(Vec<(Target, Hints)>),
    /// A customer of ours that Stripe no longer has, and its subscriptions.
    CustomerGone(Vec<(Target, Hints)>),
    /// Nothing of ours; why.
    Nothing(String),
}

const FOREIGN: &str = "it is about something that this service did not order";

fn nothing(why: impl Into<String>) -> Resolved {
    Resolved::Nothing(why.into())
}

fn one(target: Target, hints: Hints) -> Resolved {
    Resolved::Rows(vec![(target, hints)])
}

/// A refund that failed leaves no trace at what it was of.
fn claims() -> Hints {
    Hints { claims: true, ..Hints::default() }
}

/// Finds the rows.
pub(super) async fn resolve(app: &App, shop: &Shop<'_>, topic: Topic, id: &str) -> Result<Resolved, CallError> {
    let this = Resolving { app, shop };
    match topic {
        Topic::Session => this.session(id).await,
        Topic::Intent => this.intent(id, Hints::default()).await,
        Topic::Invoice => this.invoice(id).await,
        Topic::Subscription => this.subscription(id).await,
        Topic::Customer => this.customer(id).await,
        Topic::Charge => match this.get(&GetCharge { id: id.to_owned() }).await? {
            Some(charge) => this.payment(charge.payment_intent, claims()).await,
            None => Ok(nothing("the charge is not there")),
        },
        Topic::Refund => match this.get(&GetRefund { id: id.to_owned() }).await? {
            Some(refund) => this.payment(refund.payment_intent, claims()).await,
            None => Ok(nothing("the refund is not there")),
        },
        Topic::Dispute => match this.get(&GetDispute { id: id.to_owned() }).await? {
            Some(dispute) => this.payment(dispute.payment_intent, claims()).await,
            None => Ok(nothing("the dispute is not there")),
        },
        Topic::Warning => match this.get(&GetFraudWarning { id: id.to_owned() }).await? {
            Some(warning) => {
                let intent = warning.payment_intent.clone();
                this.payment(intent, Hints { warning: Some(warning), ..Hints::default() }).await
            }
            None => Ok(nothing("the warning is not there")),
        },
    }
}

/// The row that an object's entries name.
enum Named {
    Row(Target),
    Foreign,
    Lost(String),
}

struct Resolving<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
}

impl Resolving<'_> {
    /// Reads an object; none if Stripe knows nothing of it.
    async fn get<L: Look>(&self, look: &L) -> Result<Option<L::Answer>, CallError> {
        match self.shop.stripe.get(look).await {
            Ok(found) => Ok(Some(found)),
            Err(Trouble::Missing(_)) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn session(&self, id: &str) -> Result<Resolved, CallError> {
        let hints = Hints { session: Some(id.to_owned()), ..Hints::default() };
        if let Some(target) = self.known(id).await? {
            return Ok(one(target, hints));
        }
        let Some(session) = self.get(&GetSession { id: id.to_owned() }).await? else {
            return Ok(nothing("the session is not there"));
        };
        self.by_entries(&session.metadata, hints).await
    }

    async fn subscription(&self, id: &str) -> Result<Resolved, CallError> {
        let hints = Hints { subscription: Some(id.to_owned()), ..Hints::default() };
        if let Some(target) = self.known(id).await? {
            return Ok(one(target, hints));
        }
        let Some(found) = self.get(&GetSubscription { id: id.to_owned() }).await? else {
            return Ok(nothing("the subscription is not there"));
        };
        self.by_entries(&found.metadata, hints).await
    }

    async fn invoice(&self, id: &str) -> Result<Resolved, CallError> {
        let known = invoices::find(&mut self.app.db.read().await?, id).await?;
        if let Some(known) = known {
            return Ok(one(Target::Subscription(known.subscription_id), Hints::default()));
        }
        let Some(invoice) = self.get(&GetInvoice::new(id)).await? else {
            return Ok(nothing("the invoice is not there"));
        };
        match invoice.subscription {
            Some(subscription) => self.subscription(&subscription).await,
            None => Ok(nothing("it is about an invoice of no subscription")),
        }
    }

    /// What a payment pays: a purchase, or an invoice of a subscription.
    async fn payment(&self, intent: Option<String>, hints: Hints) -> Result<Resolved, CallError> {
        match intent {
            Some(intent) => self.intent(&intent, hints).await,
            None => Ok(nothing("it is about a charge of no payment intent")),
        }
    }

    async fn intent(&self, id: &str, hints: Hints) -> Result<Resolved, CallError> {
        let hints = Hints { intent: Some(id.to_owned()), ..hints };
        if let Some(target) = self.known(id).await? {
            return Ok(one(target, hints));
        }
        if let Some(paid) = self.invoice_of(id, &hints).await? {
            return Ok(paid);
        }
        let Some(intent) = self.get(&GetIntent { id: id.to_owned() }).await? else {
            return Ok(nothing("the payment is not there"));
        };
        if self.shop.owns(&intent.metadata) {
            return self.by_entries(&intent.metadata, hints).await;
        }
        // Intents of invoices have no entries of ours. Their customer has.
        let customer = match &intent.customer {
            Some(customer) => customers::by_stripe(&mut self.app.db.read().await?, customer).await?,
            None => None,
        };
        let Some(customer) = customer else { return Ok(nothing(FOREIGN)) };
        let rows = self.subscriptions_of(customer.owner, &hints).await?;
        if rows.is_empty() { Ok(nothing(FOREIGN)) } else { Ok(Resolved::Rows(rows)) }
    }

    async fn invoice_of(&self, intent: &str, hints: &Hints) -> StoreResult<Option<Resolved>> {
        let invoice = invoices::by_intent(&mut self.app.db.read().await?, intent).await?;
        Ok(invoice.map(|invoice| {
            let hints = Hints { invoice: Some(invoice.stripe_id), ..hints.clone() };
            one(Target::Subscription(invoice.subscription_id), hints)
        }))
    }

    async fn customer(&self, id: &str) -> Result<Resolved, CallError> {
        let customer = customers::by_stripe(&mut self.app.db.read().await?, id).await?;
        match customer {
            Some(customer) => {
                Ok(Resolved::CustomerGone(self.subscriptions_of(customer.owner, &Hints::default()).await?))
            }
            None => Ok(nothing("it is about a customer whom nobody here pays as")),
        }
    }

    /// Every subscription of an owner, those that are over too: a refund may be of their invoices.
    async fn subscriptions_of(&self, owner: Owner, hints: &Hints) -> StoreResult<Vec<(Target, Hints)>> {
        let all = subscriptions::of(&mut self.app.db.read().await?, owner).await?;
        let all = all.into_iter().filter(|row| row.stripe_id.is_some() || row.session_id.is_some());
        Ok(all.map(|row| (Target::Subscription(row.id), hints.clone())).collect())
    }

    /// The row that names an object.
    async fn known(&self, id: &str) -> StoreResult<Option<Target>> {
        let mut on = self.app.db.read().await?;
        if let Some(purchase) = purchases::by_stripe(&mut on, id).await? {
            return Ok(Some(Target::Purchase(purchase.id)));
        }
        let subscription = subscriptions::by_stripe(&mut on, id).await?;
        Ok(subscription.map(|subscription| Target::Subscription(subscription.id)))
    }

    async fn by_entries(&self, metadata: &Metadata, hints: Hints) -> Result<Resolved, CallError> {
        Ok(match self.named(metadata).await? {
            Named::Row(target) => one(target, hints),
            Named::Foreign => nothing(FOREIGN),
            Named::Lost(what) => {
                tracing::error!(alert = "lost_order", "Stripe has {what}, and there is no such row here");
                nothing(format!("it is about {what}, of which nothing is known here"))
            }
        })
    }

    async fn named(&self, metadata: &Metadata) -> StoreResult<Named> {
        if !self.shop.owns(metadata) {
            return Ok(Named::Foreign);
        }
        let id = |name: &str| metadata.get(name).and_then(|id| id.parse::<Uuid>().ok());
        let mut on = self.app.db.read().await?;
        if let Some(id) = id("purchase") {
            let found = purchases::find(&mut on, id).await?.is_some();
            return Ok(if found { Named::Row(Target::Purchase(id)) } else { Named::Lost(format!("purchase {id}")) });
        }
        if let Some(id) = id("subscription") {
            let found = subscriptions::find(&mut on, id).await?.is_some();
            let target = Target::Subscription(id);
            return Ok(if found { Named::Row(target) } else { Named::Lost(format!("subscription {id}")) });
        }
        Ok(Named::Lost("an object of this service that names no order".to_owned()))
    }
}
