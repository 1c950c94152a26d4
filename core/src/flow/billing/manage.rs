//! What the owner of a subscription does with it: end it with its period, take that back, go to Stripe's portal.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    refusal::{BillingRefusal, Outcome, refused},
    shop::{self, Shop, away, key_is_spent},
    sync::{self, Hints, Target},
    view::{self, SubscriptionView},
};
use crate::{
    app::App,
    clients::{
        acting::Acting,
        stripe::{
            Trouble,
            api::{
                portal::CreatePortalSession,
                subscriptions::{GetSubscription, UpdateSubscription},
            },
        },
    },
    domain::{audit::Action, billing::subscription::Kind, owner::Owner, time::Timestamp},
    flow::{
        Actor, Failure, Key, Unavailable,
        outside::{
            requests::{self, Request, Settled},
            rows,
        },
    },
    store::{
        Tx,
        audit::{self, Entry},
        billing::{customers, subscriptions},
    },
};

/// The way into Stripe's portal, for a short time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PortalPage {
    /// Where it is.
    pub url: String,
}

/// Has the user's plan end with the period that is paid.
///
/// # Errors
/// [`BillingRefusal::NotSubscribed`], [`BillingRefusal::Disabled`], or [`Failure::Unavailable`].
pub async fn cancel(app: &App, actor: &Actor, key: &Key) -> Outcome<SubscriptionView> {
    change(app, actor, key, Change::End).await
}

/// Takes that back.
///
/// # Errors
/// As [`cancel`].
pub async fn resume(app: &App, actor: &Actor, key: &Key) -> Outcome<SubscriptionView> {
    change(app, actor, key, Change::Keep).await
}

/// Opens the portal for the user, whose own customer it is.
///
/// # Errors
/// [`BillingRefusal::NoCustomer`], [`BillingRefusal::NotSoldHere`], or [`Failure::Unavailable`].
pub async fn portal(app: &App, actor: &Actor) -> Outcome<PortalPage> {
    let shop = shop::shop(app).await?;
    let customer = customers::find(&mut app.db.read().await?, actor.owner(), shop.mode).await?;
    let Some(customer) = customer.and_then(|customer| customer.stripe_id) else {
        return refused(BillingRefusal::NoCustomer);
    };
    let create = CreatePortalSession {
        customer,
        configuration: super::setup::portal_configuration(app).await?,
        return_url: Some(super::pages::plan(app)),
    };
    // Each way in is a new one, so nothing is to be known by an id that stays.
    match shop.stripe.send(&rows::acting(Uuid::now_v7()), "portal", &create).await {
        Ok(session) => Ok(PortalPage { url: session.url }),
        Err(Trouble::Missing(_)) => refused(BillingRefusal::NoCustomer),
        Err(Trouble::Refused(no)) => refused(BillingRefusal::Refused { message: no.message }),
        Err(trouble) => Err(Failure::Unavailable(away(&trouble))),
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    End,
    Keep,
}

impl Change {
    const fn action(self) -> Action {
        match self {
            Self::End => Action::SubscriptionCancel,
            Self::Keep => Action::SubscriptionResume,
        }
    }
}

async fn change(app: &App, actor: &Actor, key: &Key, change: Change) -> Outcome<SubscriptionView> {
    let shop = shop::open_shop(app).await?;
    requests::run(app, key, &Changing { app, shop: &shop, actor, owner: actor.owner(), change }).await
}

struct Changing<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
    actor: &'a Actor,
    owner: Owner,
    change: Change,
}

/// The subscription that is changed.
#[derive(Serialize, Deserialize)]
struct Planned {
    row: Uuid,
    stripe_id: String,
}

impl Request for Changing<'_> {
    type Plan = Planned;
    type Outcome = Result<(), String>;
    type Answer = SubscriptionView;
    type Refusal = BillingRefusal;

    async fn prepare(&self, tx: &mut Tx, at: Timestamp) -> Outcome<Planned> {
        let live = subscriptions::live(tx, self.owner, Kind::Plan, self.shop.mode).await?;
        let live = live.and_then(|live| Some(Planned { row: live.id, stripe_id: live.stripe_id? }));
        let Some(planned) = live else { return refused(BillingRefusal::NotSubscribed) };
        let detail = json!({ "subscription": planned.row });
        let entry = Entry::new(Some(self.actor.user), self.change.action(), Some(self.actor.user), detail);
        audit::record(tx, &entry, &self.actor.origin, at).await?;
        Ok(planned)
    }

    async fn act(&self, acting: &Acting, plan: &Planned) -> Result<Result<(), String>, Unavailable> {
        let stripe = self.shop.stripe;
        let (step, update) = match self.change {
            Change::End => ("end", UpdateSubscription::end_with_the_period(&plan.stripe_id)),
            Change::Keep => {
                let look = GetSubscription { id: plan.stripe_id.clone() };
                let now = stripe.get(&look).await.map_err(|trouble| away(&trouble))?;
                if !now.ends() {
                    return self.look(plan).await.map(Ok);
                }
                ("keep", UpdateSubscription::keep(&now))
            }
        };
        let sent = match stripe.send(acting, step, &update).await {
            // Done once more it is the same.
            Err(trouble) if key_is_spent(&trouble) => stripe.send(acting, &format!("{step}-again"), &update).await,
            other => other,
        };
        match sent {
            Ok(_) => self.look(plan).await.map(Ok),
            Err(Trouble::Refused(no)) => Ok(Err(no.message)),
            Err(Trouble::Missing(no)) => Ok(Err(no.message)),
            Err(trouble) => Err(away(&trouble)),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        plan: &Planned,
        done: &Result<(), String>,
        _: Timestamp,
    ) -> Settled<SubscriptionView, BillingRefusal> {
        if let Err(message) = done {
            return Ok(Err(BillingRefusal::Refused { message: message.clone() }));
        }
        let row = subscriptions::find(tx, plan.row).await?;
        let row = row.ok_or_else(|| Failure::broken("a subscription is gone"))?;
        Ok(Ok(view::subscription(self.app, &row)))
    }
}

impl Changing<'_> {
    /// Writes what the subscription is now.
    async fn look(&self, plan: &Planned) -> Result<(), Unavailable> {
        let synced = sync::sync(self.app, self.shop, Target::Subscription(plan.row), &Hints::default()).await;
        synced.map(drop).map_err(|failure| match failure {
            Failure::Unavailable(what) => what,
            Failure::Refused(_) | Failure::KeyReused | Failure::Store(_) | Failure::Broken(_) => {
                Unavailable::new("the database", failure.to_string())
            }
        })
    }
}
