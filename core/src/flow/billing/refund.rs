//! An admin has a purchase refunded, or lets the tokens of one go that were held back. Tokens are taken for a refund when
//! Stripe says that it is one.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    end,
    refusal::{BillingRefusal, Outcome, no_purchase, refused},
    shop::{self, Shop, away},
    sync::{self, Facts, Hints, Target},
    view::{self, PurchaseView},
};
use crate::{
    app::App,
    clients::{
        acting::Acting,
        stripe::{Trouble, api::refunds::RefundReason},
    },
    domain::{
        audit::Action,
        billing::refund::{Claim, RefundStatus},
        time::Timestamp,
    },
    flow::{
        By, Failure, Key, Unavailable, nudge,
        outside::requests::{self, Request, Settled},
    },
    store::{
        Tx,
        audit::{self, Entry},
        billing::{
            purchases,
            refunds::{self, Refund},
        },
        transact,
    },
};

/// What is to be refunded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// The purchase.
    pub purchase: Uuid,
    /// So many cents of it; everything that is left without it.
    pub cents: Option<i64>,
    /// Why, for the audit.
    pub note: Option<String>,
}

/// Asks Stripe to refund a purchase.
///
/// # Errors
/// [`BillingRefusal::NotFound`], [`BillingRefusal::NotPaid`], [`BillingRefusal::TooMuch`], [`BillingRefusal::Refused`];
/// [`Failure::Unavailable`] if Stripe cannot be used right now.
pub async fn refund(app: &App, by: &By, key: &Key, order: &RefundOrder) -> Outcome<PurchaseView> {
    let shop = shop::shop(app).await?;
    let done = requests::run(app, key, &Refunding { app, shop: &shop, by, order }).await?;
    nudge::told(app, done.user_id);
    Ok(done)
}

struct Refunding<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
    by: &'a By,
    order: &'a RefundOrder,
}

/// The refund that Stripe is asked for.
#[derive(Serialize, Deserialize)]
struct Planned {
    refund: Uuid,
    intent: String,
}

/// What Stripe says.
enum Answered {
    Facts(Box<Facts>),
    Refused(String),
}

impl Request for Refunding<'_> {
    type Plan = Planned;
    type Outcome = Answered;
    type Answer = PurchaseView;
    type Refusal = BillingRefusal;

    async fn prepare(&self, tx: &mut Tx, at: Timestamp) -> Outcome<Planned> {
        let id = self.order.purchase;
        let Some(row) = purchases::lock(tx, id).await? else { return refused(no_purchase(id)) };
        let (Some(paid), Some(intent)) = (row.paid_cents.filter(|paid| *paid > 0), row.intent_id) else {
            return refused(BillingRefusal::NotPaid);
        };
        let claimed = refunds::of_purchase(tx, id).await?;
        let claims = |refund: &&Refund| refund.status.claim() == Claim::Takes || refund.status == RefundStatus::Wanted;
        let left = paid - claimed.iter().filter(claims).map(|refund| refund.cents).sum::<i64>();
        let cents = self.order.cents.unwrap_or(left);
        if cents < 1 || cents > left {
            return refused(BillingRefusal::TooMuch { left });
        }
        let refund = Refund {
            id: Uuid::now_v7(),
            stripe_id: None,
            purchase_id: Some(id),
            invoice_id: None,
            cents,
            status: RefundStatus::Wanted,
            note: self.order.note.clone(),
            asked_by: self.by.id(),
            created_at: at,
            changed_at: at,
        };
        refunds::insert(tx, &refund).await?;
        let detail = json!({ "purchase": id, "refund": refund.id, "cents": cents, "note": refund.note });
        let entry = Entry::new(self.by.id(), Action::BillingRefund, Some(row.user_id), detail);
        audit::record(tx, &entry, &self.by.origin, at).await?;
        Ok(Planned { refund: refund.id, intent })
    }

    async fn act(&self, _: &Acting, plan: &Planned) -> Result<Answered, Unavailable> {
        let row = async { refunds::find(&mut self.app.db.read().await?, plan.refund).await };
        let row = row.await.map_err(|error| Unavailable::new("the database", error.to_string()))?;
        let Some(row) = row else { return Ok(Answered::Refused("the refund is gone".to_owned())) };
        let how = (RefundReason::RequestedByCustomer, self.app.clock.now());
        match end::ask(self.shop, &row, &plan.intent, how).await {
            Ok(_) => {}
            Err(Trouble::Refused(no)) => return Ok(Answered::Refused(no.message)),
            Err(trouble) => return Err(away(&trouble)),
        }
        let target = Target::Purchase(self.order.purchase);
        match sync::fetch(self.app, self.shop, target, &Hints::default()).await? {
            Some(facts) => Ok(Answered::Facts(Box::new(facts))),
            None => Ok(Answered::Refused("the purchase is gone".to_owned())),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        plan: &Planned,
        answered: &Answered,
        at: Timestamp,
    ) -> Settled<PurchaseView, BillingRefusal> {
        match answered {
            Answered::Refused(message) => {
                refunds::refused(tx, plan.refund, at).await?;
                Ok(Err(BillingRefusal::Refused { message: message.clone() }))
            }
            Answered::Facts(facts) => {
                sync::write(tx, self.app, facts, at).await?;
                let row = purchases::find(tx, self.order.purchase).await?;
                let row = row.ok_or_else(|| Failure::broken("a purchase is gone"))?;
                Ok(Ok(view::whole(tx, row).await?))
            }
        }
    }
}

/// Lets the tokens of a purchase go that were held back because of a warning of fraud; false if none are.
///
/// # Errors
/// [`BillingRefusal::NotFound`], or the store's.
pub async fn unfreeze(app: &App, by: &By, purchase: Uuid) -> Outcome<bool> {
    let at = app.clock.now();
    let released: Outcome<Option<Uuid>> = async {
        transact!(app.db, tx => {
            let Some(mut row) = purchases::lock(tx, purchase).await? else { return refused(no_purchase(purchase)) };
            if !sync::release(tx, app, &mut row).await? {
                return Ok(None);
            }
            purchases::save(tx, &row).await?;
            let entry =
                Entry::new(by.id(), Action::BillingUnfreeze, Some(row.user_id), json!({ "purchase": purchase }));
            audit::record(tx, &entry, &by.origin, at).await?;
            Ok(Some(row.user_id))
        })
    }
    .await;
    let user = released?;
    if let Some(user) = user {
        nudge::user_changed(app, user);
    }
    Ok(user.is_some())
}
