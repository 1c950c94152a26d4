//! What users read about their payments.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::refusal::{BillingRefusal, Outcome, no_purchase, refused};
use crate::{
    app::App,
    domain::{
        billing::{
            Mode,
            purchase::{State, Way},
            refund::{DisputeStatus, RefundStatus},
            subscription::{Entitled, Kind, Status},
        },
        owner::Owner,
        time::Timestamp,
    },
    flow::Actor,
    store::{
        Sql, StoreError, StoreResult,
        billing::{
            Part, disputes,
            invoices::{self, Invoice},
            purchases::{self, Purchase},
            refunds,
            subscriptions::{self, Subscription},
        },
    },
};

/// A purchase of a pack, as its buyer and admins read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PurchaseView {
    /// Its id.
    pub id: Uuid,
    /// Who bought.
    pub user_id: Uuid,
    /// The pack's key.
    pub pack: String,
    /// The VaniTokens that it gives.
    pub tokens: i64,
    /// What it costs, in the currency's smallest unit.
    pub cents: i64,
    /// What was paid, with taxes.
    pub paid_cents: Option<i64>,
    /// What was refunded.
    pub refunded_cents: i64,
    /// The currency.
    pub currency: String,
    /// Whether money moves.
    pub mode: Mode,
    /// How it is paid.
    pub way: Way,
    /// How it stands. Its tokens are credited when it is `paid`.
    pub state: State,
    /// Where it can still be paid.
    pub checkout_url: Option<String>,
    /// Stripe's id of the payment.
    pub payment: Option<String>,
    /// Stripe's receipt.
    pub receipt_url: Option<String>,
    /// Why the last attempt to pay failed.
    pub failure: Option<String>,
    /// Whether its tokens are held back because the card's issuer warned of fraud.
    pub frozen: bool,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When its payment was seen.
    pub paid_at: Option<Timestamp>,
    /// What was refunded.
    pub refunds: Vec<RefundView>,
    /// What was disputed.
    pub disputes: Vec<DisputeView>,
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefundView {
    /// Its id here.
    pub id: Uuid,
    /// Its id at Stripe.
    pub stripe_id: Option<String>,
    /// The purchase that it is about; none for an invoice.
    pub purchase_id: Option<Uuid>,
    /// How much.
    pub cents: i64,
    /// How it stands.
    pub status: RefundStatus,
    /// When it was asked for or made.
    pub created_at: Timestamp,
}

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DisputeView {
    /// Its id at Stripe.
    pub stripe_id: String,
    /// The purchase that it is about; none for an invoice.
    pub purchase_id: Option<Uuid>,
    /// How much.
    pub cents: i64,
    /// How it stands.
    pub status: DisputeStatus,
    /// Stripe's word for why.
    pub reason: String,
    /// Until when the bank takes an answer.
    pub due_at: Option<Timestamp>,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// A subscription, as its owner and admins read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// Its id.
    pub id: Uuid,
    /// The user who pays it, if it is one.
    pub user_id: Option<Uuid>,
    /// What is subscribed to.
    pub kind: Kind,
    /// What its price stands for, like the plan's name.
    pub item: String,
    /// Whether money moves.
    pub mode: Mode,
    /// How it stands.
    pub status: Status,
    /// Whether it gives what it is for right now.
    pub entitled: bool,
    /// Its id at Stripe.
    pub stripe_id: Option<String>,
    /// When what is paid for ends or is renewed.
    pub period_end: Option<Timestamp>,
    /// When it ends for good, if that is decided.
    pub ends_at: Option<Timestamp>,
    /// Until when a renewal that failed may still be paid.
    pub grace_until: Option<Timestamp>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// An invoice of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvoiceView {
    /// Its id at Stripe.
    pub stripe_id: String,
    /// The subscription.
    pub subscription_id: Uuid,
    /// Stripe's word for how it stands.
    pub status: String,
    /// What was paid, or is to be.
    pub cents: i64,
    /// What was refunded of it.
    pub refunded_cents: i64,
    /// The currency.
    pub currency: String,
    /// Stripe's id of the payment.
    pub payment: Option<String>,
    /// Where Stripe shows it.
    pub url: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The newest first.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: i64,
}

/// One purchase of the user.
///
/// # Errors
/// [`BillingRefusal::NotFound`], or the store's.
pub async fn purchase(app: &App, actor: &Actor, id: Uuid) -> Outcome<PurchaseView> {
    let mut on = app.db.read().await?;
    match purchases::find(&mut on, id).await? {
        Some(row) if row.user_id == actor.user => Ok(whole(&mut on, row).await?),
        Some(_) | None => refused(no_purchase(id)),
    }
}

/// The user's purchases.
///
/// # Errors
/// The store's.
pub async fn purchases_of(app: &App, user: Uuid, limit: i64, offset: i64) -> Result<Listed<PurchaseView>, StoreError> {
    let mut on = app.db.read().await?;
    let (rows, total) = purchases::of_user(&mut on, user, Part { offset, limit }).await?;
    let mut items = Vec::new();
    for row in rows {
        items.push(whole(&mut on, row).await?);
    }
    Ok(Listed { items, total })
}

/// A purchase with what went back of it.
pub(super) async fn whole(on: &mut impl Sql, row: Purchase) -> StoreResult<PurchaseView> {
    let refunds = refunds::of_purchase(on, row.id).await?;
    let disputes = disputes::of_purchase(on, row.id).await?;
    Ok(PurchaseView {
        id: row.id,
        user_id: row.user_id,
        pack: row.pack,
        tokens: row.tokens,
        cents: row.cents,
        paid_cents: row.paid_cents,
        refunded_cents: row.refunded_cents,
        currency: row.currency,
        mode: row.mode,
        way: row.way,
        state: row.state,
        checkout_url: row.checkout_url.filter(|_| row.state == State::Open),
        payment: row.intent_id,
        receipt_url: row.receipt_url,
        failure: row.failure,
        frozen: row.hold_id.is_some(),
        created_at: row.created_at,
        paid_at: row.paid_at,
        refunds: refunds.into_iter().map(RefundView::from).collect(),
        disputes: disputes.into_iter().map(DisputeView::from).collect(),
    })
}

impl From<refunds::Refund> for RefundView {
    fn from(row: refunds::Refund) -> Self {
        let refunds::Refund { id, stripe_id, purchase_id, cents, status, created_at, .. } = row;
        Self { id, stripe_id, purchase_id, cents, status, created_at }
    }
}

impl From<disputes::Dispute> for DisputeView {
    fn from(row: disputes::Dispute) -> Self {
        let disputes::Dispute { stripe_id, purchase_id, cents, status, reason, due_at, created_at, .. } = row;
        Self { stripe_id, purchase_id, cents, status, reason, due_at, created_at }
    }
}

/// The user's plan that Stripe collects for, if there is one.
///
/// # Errors
/// The store's.
pub async fn plan_of(app: &App, actor: &Actor) -> Result<Option<SubscriptionView>, StoreError> {
    let Some(stripe) = &app.stripe else { return Ok(None) };
    let mode = Mode::of(stripe.livemode());
    let live = subscriptions::live(&mut app.db.read().await?, actor.owner(), Kind::Plan, mode).await?;
    Ok(live.map(|row| subscription(app, &row)))
}

/// One subscription of the user, whatever became of it; for whoever comes back from Checkout.
///
/// # Errors
/// [`BillingRefusal::NotFound`], or the store's.
pub async fn subscription_of(app: &App, actor: &Actor, id: Uuid) -> Outcome<SubscriptionView> {
    match subscriptions::find(&mut app.db.read().await?, id).await? {
        Some(row) if row.owner == actor.owner() => Ok(subscription(app, &row)),
        Some(_) | None => refused(BillingRefusal::NotFound { what: "subscription".to_owned(), id: id.to_string() }),
    }
}

/// A subscription in words.
#[must_use]
pub(super) fn subscription(app: &App, row: &Subscription) -> SubscriptionView {
    let (now, grace) = (app.clock.now(), app.config.billing.grace);
    let entitled = row.standing().entitled(grace);
    let until = match (row.status, entitled) {
        (Status::PastDue, Entitled::Until(end)) => Some(end),
        _ => None,
    };
    SubscriptionView {
        id: row.id,
        user_id: row.owner.user(),
        kind: row.kind,
        item: row.item.clone(),
        mode: row.mode,
        status: row.status,
        entitled: entitled.at(now),
        stripe_id: row.stripe_id.clone(),
        period_end: row.period_end,
        ends_at: row.cancel_at,
        grace_until: until,
        created_at: row.created_at,
        ended_at: row.ended_at,
    }
}

/// Invoices of an owner's subscriptions.
///
/// # Errors
/// The store's.
pub async fn invoices_of(app: &App, owner: Owner, limit: i64, offset: i64) -> Result<Listed<InvoiceView>, StoreError> {
    let (rows, total) = invoices::of_owner(&mut app.db.read().await?, owner, Part { offset, limit }).await?;
    Ok(Listed { items: rows.into_iter().map(InvoiceView::from).collect(), total })
}

impl From<Invoice> for InvoiceView {
    fn from(row: Invoice) -> Self {
        let Invoice { stripe_id, subscription_id, status, cents, refunded_cents, currency, url, .. } = row;
        Self {
            stripe_id,
            subscription_id,
            status,
            cents,
            refunded_cents,
            currency,
            payment: row.intent_id,
            url,
            created_at: row.created_at,
            paid_at: row.paid_at,
        }
    }
}
