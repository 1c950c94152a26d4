//! A purchase that is paid on Stripe's page.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    super::{
        pages,
        refusal::{BillingRefusal, Outcome},
        session::{self, For, Opened},
    },
    Order, PackPage, Plan,
};
use crate::{
    clients::{
        acting::Acting,
        stripe::api::{
            Enabled,
            checkout::{
                CreateSession, CustomerUpdate, Keep, LineItem, PaymentIntentData, PriceData, ProductData, Session,
                SessionMode,
            },
        },
    },
    config::Tax,
    domain::{
        billing::{
            CURRENCY,
            purchase::{State, Way},
            shop::Item,
        },
        owner::Owner,
        time::Timestamp,
    },
    flow::{
        Failure, Unavailable,
        outside::requests::{Request, Settled},
    },
    store::{Tx, billing::purchases},
};

/// The purchase is to be paid on Stripe's page.
pub(super) struct OpenPage<'a>(pub(super) Order<'a>);

/// What Stripe made of it.
pub(super) enum Page {
    Known(PackPage),
    Session(Box<Session>),
    Refused(String),
}

impl OpenPage<'_> {
    fn session(&self, purchase: Uuid, price: Option<&str>, customer: &str) -> CreateSession {
        let (item, tax) = (Item::Pack(self.0.pack), self.0.app.config.billing.tax == Tax::Stripe);
        let metadata = self.0.shop.entries(&[("purchase", purchase.to_string())]);
        let price_data = price.is_none().then(|| PriceData {
            currency: CURRENCY.to_owned(),
            unit_amount: self.0.pack.cents,
            product_data: ProductData { name: item.title(), description: None, metadata: BTreeMap::new() },
        });
        CreateSession {
            mode: SessionMode::Payment,
            customer: customer.to_owned(),
            line_items: vec![LineItem { price: price.map(str::to_owned), price_data, quantity: 1 }],
            success_url: pages::purchase(self.0.app, purchase),
            cancel_url: Some(pages::purchase_canceled(self.0.app, purchase)),
            client_reference_id: Some(purchase.to_string()),
            metadata: metadata.clone(),
            payment_intent_data: Some(PaymentIntentData { description: Some(item.title()), metadata }),
            subscription_data: None,
            expires_at: None,
            automatic_tax: tax.then_some(Enabled { enabled: true }),
            customer_update: tax.then_some(CustomerUpdate { address: Keep::Auto }),
        }
    }
}

impl Request for OpenPage<'_> {
    type Plan = Plan;
    type Outcome = Page;
    type Answer = PackPage;
    type Refusal = BillingRefusal;

    async fn prepare(&self, tx: &mut Tx, at: Timestamp) -> Outcome<Plan> {
        self.0.prepare(tx, Way::Checkout, at).await
    }

    async fn act(&self, _: &Acting, plan: &Plan) -> Result<Page, Unavailable> {
        let (purchase, price, at) = match plan {
            Plan::Known(page) => return Ok(Page::Known(page.clone())),
            Plan::New { purchase, price, at } => (*purchase, price.as_deref(), *at),
        };
        let Order { app, shop, actor, .. } = &self.0;
        let this = For { row: purchase, entry: "purchase", owner: Owner::User(actor.user), at };
        match session::open(app, shop, this, |customer| self.session(purchase, price, customer)).await {
            Ok(Opened::Session(session)) => Ok(Page::Session(session)),
            Ok(Opened::Refused(message)) => Ok(Page::Refused(message)),
            Err(error) => Err(error.into()),
        }
    }

    async fn settle(&self, tx: &mut Tx, plan: &Plan, page: &Page, at: Timestamp) -> Settled<PackPage, BillingRefusal> {
        let Plan::New { purchase, .. } = plan else {
            let Page::Known(page) = page else { return Err(Failure::broken("an open page was opened again")) };
            return Ok(Ok(page.clone()));
        };
        let session = match page {
            Page::Known(page) => return Ok(Ok(page.clone())),
            Page::Refused(message) => return Ok(Err(self.0.give_up(tx, *purchase, message, at).await?)),
            Page::Session(session) => session,
        };
        let row = purchases::lock(tx, *purchase).await?;
        let mut row = row.ok_or_else(|| Failure::broken("a purchase is gone"))?;
        // A webhook may have come first, and it knows more.
        if row.state == State::Wanted {
            row.state = State::Open;
        }
        row.session_id = Some(session.id.clone());
        row.checkout_url.clone_from(&session.url);
        row.expires_at = session.expires_at;
        purchases::save(tx, &row).await?;
        metrics::counter!("vanikeys_billing_checkouts_total", "what" => "pack").increment(1);
        match &session.url {
            Some(url) => Ok(Ok(PackPage { checkout_url: url.clone(), purchase_id: row.id })),
            None => Ok(Err(BillingRefusal::Refused { message: "the page is closed already".to_owned() })),
        }
    }
}
