//! A purchase that is paid on a page of the client's own.

use uuid::Uuid;

use super::{
    super::{
        customer,
        refusal::{BillingRefusal, Outcome},
        shop::{self, away, customer_is_gone, key_is_spent},
    },
    Order, PackIntent, Plan,
};
use crate::{
    clients::{
        acting::Acting,
        stripe::{
            Trouble,
            api::{
                Enabled,
                payments::{CreateIntent, PaymentIntent},
            },
        },
    },
    domain::{
        billing::{
            CURRENCY,
            purchase::{State, Way},
            shop::Item,
        },
        time::Timestamp,
    },
    flow::{
        Failure, Unavailable,
        outside::{
            requests::{Request, Settled},
            rows,
        },
    },
    store::{Tx, billing::purchases},
};

/// The purchase is to be paid on a page of the client's own.
pub(super) struct MakeIntent<'a>(pub(super) Order<'a>);

/// What Stripe made of it.
pub(super) enum Made {
    Intent(Box<PaymentIntent>),
    Refused(String),
}

impl MakeIntent<'_> {
    async fn make(&self, purchase: Uuid, customer: &str, step: &str) -> Result<PaymentIntent, Trouble> {
        let Order { shop, pack, .. } = &self.0;
        let acting = rows::acting(purchase);
        let create = CreateIntent {
            amount: pack.cents,
            currency: CURRENCY.to_owned(),
            customer: Some(customer.to_owned()),
            description: Some(Item::Pack(*pack).title()),
            receipt_email: None,
            automatic_payment_methods: Enabled { enabled: true },
            metadata: shop.entries(&[("purchase", purchase.to_string())]),
        };
        match shop.stripe.send(&acting, step, &create).await {
            Err(trouble) if key_is_spent(&trouble) => match self.find(purchase).await? {
                Some(intent) => Ok(intent),
                None => shop.stripe.send(&acting, "intent-again", &create).await,
            },
            other => other,
        }
    }

    /// The intent that was made for the purchase, if one was.
    async fn find(&self, purchase: Uuid) -> Result<Option<PaymentIntent>, Trouble> {
        let (shop, id) = (self.0.shop, purchase.to_string());
        let entries = [("instance", shop.instance.as_str()), ("purchase", id.as_str())];
        Ok(shop.stripe.search(&entries).await?.into_iter().next())
    }
}

impl Request for MakeIntent<'_> {
    type Plan = Plan;
    type Outcome = Made;
    type Answer = PackIntent;
    type Refusal = BillingRefusal;

    async fn prepare(&self, tx: &mut Tx, at: Timestamp) -> Outcome<Plan> {
        if self.0.app.config.billing.stripe.as_ref().is_none_or(|account| account.publishable_key.is_none()) {
            return Err(Failure::Refused(BillingRefusal::NotSoldHere));
        }
        self.0.prepare(tx, Way::Intent, at).await
    }

    async fn act(&self, _: &Acting, plan: &Plan) -> Result<Made, Unavailable> {
        let Plan::New { purchase, at, .. } = plan else { return Ok(Made::Refused(String::new())) };
        let Order { app, shop, actor, .. } = &self.0;
        let customer = customer::at_stripe(app, shop, actor.owner()).await?;
        let known = match shop::key_is_old(*at, app.clock.now()) {
            true => self.find(*purchase).await.map_err(|trouble| away(&trouble))?,
            false => None,
        };
        let made = match known {
            Some(intent) => Ok(intent),
            None => match self.make(*purchase, &customer, "intent").await {
                Err(trouble) if customer_is_gone(&trouble) => {
                    let other = customer::again(app, shop, actor.owner(), &customer).await?;
                    self.make(*purchase, &other, "intent-for-another-customer").await
                }
                other => other,
            },
        };
        match made {
            Ok(intent) => Ok(Made::Intent(Box::new(intent))),
            Err(Trouble::Refused(refused)) => Ok(Made::Refused(refused.message)),
            Err(trouble) => Err(away(&trouble)),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        made: &Made,
        at: Timestamp,
    ) -> Settled<PackIntent, BillingRefusal> {
        let Plan::New { purchase, .. } = plan else { return Err(Failure::broken("an intent has no page")) };
        let intent = match made {
            Made::Refused(message) => return Ok(Err(self.0.give_up(tx, *purchase, message, at).await?)),
            Made::Intent(intent) => intent,
        };
        let row = purchases::lock(tx, *purchase).await?;
        let mut row = row.ok_or_else(|| Failure::broken("a purchase is gone"))?;
        if row.state == State::Wanted {
            row.state = State::Open;
        }
        row.intent_id = Some(intent.id.clone());
        purchases::save(tx, &row).await?;
        metrics::counter!("vanikeys_billing_checkouts_total", "what" => "intent").increment(1);
        let account = self.0.app.config.billing.stripe.as_ref();
        let publishable_key = account.and_then(|account| account.publishable_key.clone()).unwrap_or_default();
        match &intent.client_secret {
            Some(secret) => Ok(Ok(PackIntent { client_secret: secret.clone(), publishable_key, payment_id: row.id })),
            None => Err(Failure::broken("a payment intent has no client secret")),
        }
    }
}
