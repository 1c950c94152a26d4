//! What admins look at: purchases, subscriptions, events with what became of them, refunds, disputes, revenue.

use serde::{Deserialize, Serialize};

use super::{
    refusal::{BillingRefusal, Outcome, no_purchase, refused},
    view::{self, DisputeView, Listed, PurchaseView, RefundView, SubscriptionView},
};
use crate::{
    app::App,
    custody::event_box,
    domain::{
        billing::{Mode, event::EventState, purchase::State, subscription::Status},
        time::Timestamp,
    },
    flow::Failure,
    store::{
        StoreError,
        billing::{
            Part, disputes,
            events::{self, Event},
            prices, purchases, refunds, revenue, subscriptions,
        },
    },
};

pub use crate::store::billing::revenue::Takings;

/// An event, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StripeEventView {
    /// Its id at Stripe.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The object that it is about.
    pub object_id: Option<String>,
    /// Whether money moves.
    pub mode: Mode,
    /// What became of it.
    pub state: EventState,
    /// Why it was ignored or failed.
    pub reason: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was first delivered.
    pub received_at: Timestamp,
    /// When it was handled or ignored.
    pub handled_at: Option<Timestamp>,
}

impl From<Event> for StripeEventView {
    fn from(row: Event) -> Self {
        let Event { id, kind, object_id, mode, state, reason, created_at, received_at, handled_at } = row;
        Self { id, kind, object_id, mode, state, reason, created_at, received_at, handled_at }
    }
}

/// What an item's price at Stripe was when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PriceView {
    /// The item's key.
    pub item: String,
    /// The price.
    pub price_id: Option<String>,
    /// What the pages say, in cents.
    pub cents: i64,
    /// Why it is not sold.
    pub problem: Option<String>,
    /// When it was looked at.
    pub checked_at: Timestamp,
}

/// Everybody's purchases, in a state or in any.
///
/// # Errors
/// The store's.
pub async fn purchases(
    app: &App,
    state: Option<State>,
    limit: i64,
    offset: i64,
) -> Result<Listed<PurchaseView>, StoreError> {
    let mut on = app.db.read().await?;
    let (rows, total) = purchases::list(&mut on, state, Part { offset, limit }).await?;
    let mut items = Vec::new();
    for row in rows {
        items.push(view::whole(&mut on, row).await?);
    }
    Ok(Listed { items, total })
}

/// Anybody's purchase.
///
/// # Errors
/// [`BillingRefusal::NotFound`], or the store's.
pub async fn purchase(app: &App, id: uuid::Uuid) -> Outcome<PurchaseView> {
    let mut on = app.db.read().await?;
    match purchases::find(&mut on, id).await? {
        Some(row) => Ok(view::whole(&mut on, row).await?),
        None => refused(no_purchase(id)),
    }
}

/// Everybody's subscriptions that Stripe knows, with a status or with any.
///
/// # Errors
/// The store's.
pub async fn subscriptions(
    app: &App,
    status: Option<Status>,
    limit: i64,
    offset: i64,
) -> Result<Listed<SubscriptionView>, StoreError> {
    let (rows, total) = subscriptions::list(&mut app.db.read().await?, status, Part { offset, limit }).await?;
    Ok(Listed { items: rows.iter().map(|row| view::subscription(app, row)).collect(), total })
}

/// Events in a state, or in any.
///
/// # Errors
/// The store's.
pub async fn events(
    app: &App,
    state: Option<EventState>,
    limit: i64,
    offset: i64,
) -> Result<Listed<StripeEventView>, StoreError> {
    let (rows, total) = events::list(&mut app.db.read().await?, state, Part { offset, limit }).await?;
    Ok(Listed { items: rows.into_iter().map(StripeEventView::from).collect(), total })
}

/// An event as it was signed, until its retention is over.
///
/// # Errors
/// [`BillingRefusal::NotFound`], the store's, or a key that is gone.
pub async fn event_text(app: &App, id: &str) -> Outcome<String> {
    let body = events::body(&mut app.db.read().await?, id).await?;
    let Some(body) = body else {
        return refused(BillingRefusal::NotFound { what: "event's text".to_owned(), id: id.to_owned() });
    };
    let text = event_box::open(&app.keyring, id, &body).map_err(Failure::broken)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// All refunds.
///
/// # Errors
/// The store's.
pub async fn refunds(app: &App, limit: i64, offset: i64) -> Result<Listed<RefundView>, StoreError> {
    let (rows, total) = refunds::list(&mut app.db.read().await?, Part { offset, limit }).await?;
    Ok(Listed { items: rows.into_iter().map(RefundView::from).collect(), total })
}

/// All disputes.
///
/// # Errors
/// The store's.
pub async fn disputes(app: &App, limit: i64, offset: i64) -> Result<Listed<DisputeView>, StoreError> {
    let (rows, total) = disputes::list(&mut app.db.read().await?, Part { offset, limit }).await?;
    Ok(Listed { items: rows.into_iter().map(DisputeView::from).collect(), total })
}

/// What Stripe's prices were when they were last looked at.
///
/// # Errors
/// The store's.
pub async fn prices(app: &App) -> Result<Vec<PriceView>, StoreError> {
    let rows = prices::list(&mut app.db.read().await?).await?;
    let view = |row: prices::Price| {
        let prices::Price { item, price_id, cents, problem, checked_at, .. } = row;
        PriceView { item, price_id, cents, problem, checked_at }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// What was paid and went back, by UTC day, in a mode; days on which nothing happened are left out.
///
/// # Errors
/// The store's.
pub async fn revenue(app: &App, mode: Mode, since: Timestamp) -> Result<Vec<Takings>, StoreError> {
    revenue::by_day(&mut app.db.read().await?, mode, since).await
}
