//! A user subscribes to a personal plan, on Stripe's page.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    manage, pages,
    refusal::{BillingRefusal, Outcome, refused},
    session::{self, For, Opened},
    shop::{self, PLANS, Shop},
};
use crate::{
    app::App,
    clients::{
        acting::Acting,
        stripe::api::{
            Enabled,
            checkout::{
                CreateSession, CustomerUpdate, ExpireSession, Keep, LineItem, Session, SessionMode, SubscriptionData,
            },
        },
    },
    config::Tax,
    domain::{
        billing::{
            shop::Item,
            subscription::{Kind, Status},
        },
        plan::Plan,
        time::Timestamp,
    },
    flow::{
        Actor, Failure, Key, Unavailable,
        outside::{
            requests::{self, Request, Settled},
            rows,
        },
    },
    store::{
        Tx,
        billing::subscriptions::{self, Subscription},
        users,
    },
};

/// A page on which a plan is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanPage {
    /// Where it is.
    pub checkout_url: String,
    /// The subscription that comes of it.
    pub subscription_id: Uuid,
}

/// Opens a page of Checkout for a plan; one that is open already is handed out again.
///
/// # Errors
/// A [`BillingRefusal`], among them [`BillingRefusal::AlreadySubscribed`] with the way to Stripe's portal;
/// [`Failure::Unavailable`] if Stripe cannot be used right now, and then nothing was charged.
pub async fn subscribe(app: &App, actor: &Actor, key: &Key, plan: Plan) -> Outcome<PlanPage> {
    if !PLANS.contains(&plan) {
        let known = PLANS.map(|plan| plan.name().to_owned()).to_vec();
        return refused(BillingRefusal::Unknown { wanted: plan.name().to_owned(), known });
    }
    let shop = shop::open_shop(app).await?;
    let answer = requests::run(app, key, &Subscribe { app, shop: &shop, actor, plan }).await;
    if matches!(answer, Err(Failure::Refused(BillingRefusal::AlreadySubscribed { .. }))) {
        let portal = manage::portal(app, actor).await.ok().map(|portal| portal.url);
        return refused(BillingRefusal::AlreadySubscribed { portal });
    }
    answer
}

/// Somebody wants a plan.
struct Subscribe<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
    actor: &'a Actor,
    plan: Plan,
}

/// What is about to be done.
#[derive(Serialize, Deserialize)]
enum Planned {
    /// A page that is open already.
    Known(PlanPage),
    /// Stripe is asked for one; the pages of other plans are closed first, so that only one can be paid.
    New { subscription: Uuid, price: String, close: Vec<(Uuid, String)>, at: Timestamp },
}

/// What Stripe made of it.
enum Page {
    Known(PlanPage),
    Session(Box<Session>),
    Refused(String),
}

impl Subscribe<'_> {
    fn session(&self, subscription: Uuid, price: &str, customer: &str) -> CreateSession {
        let tax = self.app.config.billing.tax == Tax::Stripe;
        let metadata = self.shop.entries(&[("subscription", subscription.to_string())]);
        CreateSession {
            mode: SessionMode::Subscription,
            customer: customer.to_owned(),
            line_items: vec![LineItem { price: Some(price.to_owned()), price_data: None, quantity: 1 }],
            success_url: pages::subscription(self.app, subscription),
            cancel_url: Some(pages::plan(self.app)),
            client_reference_id: Some(subscription.to_string()),
            metadata: metadata.clone(),
            payment_intent_data: None,
            subscription_data: Some(SubscriptionData { description: Some(Item::Plan(self.plan).title()), metadata }),
            expires_at: None,
            automatic_tax: tax.then_some(Enabled { enabled: true }),
            customer_update: tax.then_some(CustomerUpdate { address: Keep::Auto }),
        }
    }
}

impl Request for Subscribe<'_> {
    type Plan = Planned;
    type Outcome = Page;
    type Answer = PlanPage;
    type Refusal = BillingRefusal;

    async fn prepare(&self, tx: &mut Tx, at: Timestamp) -> Outcome<Planned> {
        let (owner, mode) = (self.actor.owner(), self.shop.mode);
        if users::lock(tx, self.actor.user).await?.is_none_or(|user| !user.is_active()) {
            return refused(BillingRefusal::Gone);
        }
        let item = Item::Plan(self.plan);
        let Some(price) = shop::sold(tx, self.app, &item).await? else {
            return refused(BillingRefusal::NotSold { item: item.title(), why: "it has no price".to_owned() });
        };
        if subscriptions::live(tx, owner, Kind::Plan, mode).await?.is_some() {
            return refused(BillingRefusal::AlreadySubscribed { portal: None });
        }
        let mut close = Vec::new();
        for row in subscriptions::lock_all(tx, owner, Kind::Plan).await? {
            let open = row.status == Status::Open && row.mode == mode;
            let (Some(url), Some(session), true) = (row.checkout_url, row.session_id, open) else { continue };
            let stays = row.expires_at.is_some_and(|end| end > at + pages::OPEN_FOR);
            if stays && row.item == self.plan.name() && close.is_empty() {
                return Ok(Planned::Known(PlanPage { checkout_url: url, subscription_id: row.id }));
            }
            close.push((row.id, session));
        }
        let new = Subscription {
            id: Uuid::now_v7(),
            owner,
            kind: Kind::Plan,
            item: self.plan.name().to_owned(),
            mode,
            status: Status::Wanted,
            live: false,
            session_id: None,
            checkout_url: None,
            expires_at: None,
            stripe_id: None,
            price_id: None,
            period_end: None,
            cancel_at: None,
            grace_from: None,
            told_of: None,
            surplus: false,
            revoked_at: None,
            created_at: at,
            ended_at: None,
        };
        subscriptions::insert(tx, &new).await?;
        Ok(Planned::New { subscription: new.id, price, close, at })
    }

    async fn act(&self, _: &Acting, plan: &Planned) -> Result<Page, Unavailable> {
        let (subscription, price, close, at) = match plan {
            Planned::Known(page) => return Ok(Page::Known(page.clone())),
            Planned::New { subscription, price, close, at } => (*subscription, price, close, *at),
        };
        for (row, id) in close {
            let expire = ExpireSession { id: id.clone() };
            // One that was paid meanwhile cannot be closed; if both are paid, one is canceled and refunded.
            if let Err(trouble) = self.shop.stripe.send(&rows::acting(*row), "expire", &expire).await {
                tracing::info!(session = id, %trouble, "a page of another plan stays open");
            }
        }
        let this = For { row: subscription, entry: "subscription", owner: self.actor.owner(), at };
        let create = |customer: &str| self.session(subscription, price, customer);
        match session::open(self.app, self.shop, this, create).await? {
            Opened::Session(session) => Ok(Page::Session(session)),
            Opened::Refused(message) => Ok(Page::Refused(message)),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        plan: &Planned,
        page: &Page,
        at: Timestamp,
    ) -> Settled<PlanPage, BillingRefusal> {
        let id = match (plan, page) {
            (_, Page::Known(page)) => return Ok(Ok(page.clone())),
            (Planned::New { subscription, .. }, _) => *subscription,
            (Planned::Known(page), _) => return Ok(Ok(page.clone())),
        };
        let all = subscriptions::lock_all(tx, self.actor.owner(), Kind::Plan).await?;
        let row = all.into_iter().find(|row| row.id == id);
        let mut row = row.ok_or_else(|| Failure::broken("a subscription is gone"))?;
        let answer = match page {
            Page::Known(page) => return Ok(Ok(page.clone())),
            Page::Refused(message) => {
                if row.status == Status::Wanted {
                    row.status = Status::Expired;
                    row.ended_at = Some(at);
                }
                Err(BillingRefusal::Refused { message: message.clone() })
            }
            Page::Session(session) => {
                // A webhook may have come first, and it knows more.
                if row.status == Status::Wanted {
                    row.status = Status::Open;
                }
                row.session_id = Some(session.id.clone());
                row.checkout_url.clone_from(&session.url);
                row.expires_at = session.expires_at;
                metrics::counter!("vanikeys_billing_checkouts_total", "what" => "plan").increment(1);
                match session.url.clone() {
                    Some(checkout_url) => Ok(PlanPage { checkout_url, subscription_id: id }),
                    None => Err(BillingRefusal::Refused { message: "the page is closed already".to_owned() }),
                }
            }
        };
        subscriptions::save(tx, &row).await?;
        Ok(answer)
    }
}
