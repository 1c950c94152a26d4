//! `/admin/billing`: the same on pages.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;
use vanikeys_core::{
    domain::{
        billing::{event::EventState, purchase::State as Stands, refund::DisputeStatus, subscription::Status},
        word,
    },
    flow::billing::{
        self, Catalog, RefundOrder,
        admin::{self as books, PriceView, StripeEventView},
        view::{DisputeView, PurchaseView, RefundView, SubscriptionView},
        webhook,
    },
};

use super::{
    events::EventFilter,
    purchases::{PurchaseFilter, refund_key},
    revenue,
    subscriptions::SubscriptionFilter,
};
use crate::{
    Web,
    admin::pages::frame,
    error::{FieldError, Problem},
    extract::{Admin, ApiQuery, Form, Id, Idem, Page, Slug},
    pages::{Frame, Steps, chart::Chart, encode, failed, page, paying, words},
};

#[derive(Template)]
#[template(path = "admin/billing.html")]
struct Overview {
    frame: Frame,
    catalog: Catalog,
    charts: [Chart; 4],
    prices: Vec<PriceView>,
    /// Events that were not handled.
    failed: i64,
    open_disputes: i64,
}

#[derive(Template)]
#[template(path = "admin/billing_purchases.html")]
struct Purchases {
    frame: Frame,
    purchases: Vec<PurchaseView>,
    steps: Steps,
    states: &'static [&'static str],
    state: String,
}

#[derive(Template)]
#[template(path = "admin/billing_purchase.html")]
struct Purchase {
    frame: Frame,
    purchase: PurchaseView,
    error: Option<Problem>,
}

impl Purchase {
    /// Cents that can still be refunded.
    fn left(&self) -> i64 {
        self.purchase.paid_cents.unwrap_or(0) - self.purchase.refunded_cents
    }
}

#[derive(Template)]
#[template(path = "admin/billing_subscriptions.html")]
struct Subscriptions {
    frame: Frame,
    subscriptions: Vec<SubscriptionView>,
    steps: Steps,
    statuses: &'static [&'static str],
    status: String,
}

#[derive(Template)]
#[template(path = "admin/billing_events.html")]
struct Events {
    frame: Frame,
    events: Vec<StripeEventView>,
    steps: Steps,
    states: &'static [&'static str],
    state: String,
}

#[derive(Template)]
#[template(path = "admin/billing_claims.html")]
struct Claims {
    frame: Frame,
    disputes: Vec<DisputeView>,
    refunds: Vec<RefundView>,
    steps: Steps,
}

/// The most disputes that are shown at once.
const DISPUTES: i64 = 200;

/// Revenue, prices, and what waits for somebody.
pub(crate) async fn overview(State(web): State<Web>, admin: Admin) -> Result<Response, Problem> {
    let app = &web.app;
    let disputes = books::disputes(app, DISPUTES, 0).await?.items;
    let waits =
        |one: &&DisputeView| matches!(one.status, DisputeStatus::NeedsResponse | DisputeStatus::WarningNeedsResponse);
    page(&Overview {
        frame: frame(&web, &admin, "Billing").await?,
        catalog: billing::catalog(app).await?,
        charts: revenue::charts(app).await?,
        prices: books::prices(app).await?,
        failed: books::events(app, Some(EventState::Failed), 1, 0).await?.total,
        open_disputes: i64::try_from(disputes.iter().filter(waits).count()).unwrap_or(i64::MAX),
    })
}

/// Everybody's purchases.
pub(crate) async fn purchases(
    State(web): State<Web>,
    admin: Admin,
    ApiQuery(filter): ApiQuery<PurchaseFilter>,
) -> Result<Response, Problem> {
    let state = filter.state.clone().unwrap_or_default();
    let (wanted, wish) = filter.of_form().checked()?;
    let found = books::purchases(&web.app, wish, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new(&format!("/admin/billing/purchases?state={}&", encode(&state)), wanted, found.total);
    let frame = frame(&web, &admin, "Purchases").await?;
    page(&Purchases { frame, purchases: found.items, steps, states: word::words::<Stands>(), state })
}

/// One purchase.
pub(crate) async fn purchase(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Response, Problem> {
    page(&purchase_page(&web, &admin, id, None).await?)
}

async fn purchase_page(web: &Web, admin: &Admin, id: Uuid, error: Option<Problem>) -> Result<Purchase, Problem> {
    let purchase = books::purchase(&web.app, id).await?;
    Ok(Purchase { frame: frame(web, admin, "Purchase").await?, purchase, error })
}

/// What a form refunds. A number field that is left empty comes as an empty text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RefundForm {
    cents: String,
    note: String,
    once: Option<String>,
}

/// Refunds a purchase.
pub(crate) async fn refund(
    State(web): State<Web>,
    admin: Admin,
    Id(id): Id,
    Form(form): Form<RefundForm>,
) -> Result<Response, Problem> {
    let wrong = |field: &str, why: &str| Problem::invalid(&[FieldError::new(field, why)]);
    let cents = match form.cents.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| wrong("cents", "must be a number"))?),
    };
    if form.note.chars().count() > 200 {
        return Err(wrong("note", "must have at most 200 characters"));
    }
    let content = format!("{}/{}", form.cents, form.note);
    let key = refund_key(Idem::form(form.once)?, &admin, id, content.as_bytes());
    let note = (!form.note.is_empty()).then_some(form.note);
    match billing::refund(&web.app, &admin.by, &key, &RefundOrder { purchase: id, cents, note }).await {
        Ok(_) => Ok(Redirect::to(&format!("/admin/billing/purchases/{id}")).into_response()),
        Err(failure) => {
            let problem = paying::shown(failure)?;
            failed(&problem, &purchase_page(&web, &admin, id, Some(problem.clone())).await?)
        }
    }
}

/// Releases tokens that were held back.
pub(crate) async fn unfreeze(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Response, Problem> {
    billing::unfreeze(&web.app, &admin.by, id).await?;
    Ok(Redirect::to(&format!("/admin/billing/purchases/{id}")).into_response())
}

/// Everybody's subscriptions.
pub(crate) async fn subscriptions(
    State(web): State<Web>,
    admin: Admin,
    ApiQuery(filter): ApiQuery<SubscriptionFilter>,
) -> Result<Response, Problem> {
    let status = filter.status.clone().unwrap_or_default();
    let (wanted, wish) = filter.of_form().checked()?;
    let found = books::subscriptions(&web.app, wish, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new(&format!("/admin/billing/subscriptions?status={}&", encode(&status)), wanted, found.total);
    let frame = frame(&web, &admin, "Subscriptions").await?;
    page(&Subscriptions { frame, subscriptions: found.items, steps, statuses: word::words::<Status>(), status })
}

/// Events with what became of them.
pub(crate) async fn events(
    State(web): State<Web>,
    admin: Admin,
    ApiQuery(filter): ApiQuery<EventFilter>,
) -> Result<Response, Problem> {
    let state = filter.state.clone().unwrap_or_default();
    let (wanted, wish) = filter.of_form().checked()?;
    let found = books::events(&web.app, wish, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new(&format!("/admin/billing/events?state={}&", encode(&state)), wanted, found.total);
    let frame = frame(&web, &admin, "Events").await?;
    page(&Events { frame, events: found.items, steps, states: word::words::<EventState>(), state })
}

/// Has an event handled again.
pub(crate) async fn run_again(State(web): State<Web>, admin: Admin, Slug(id): Slug) -> Result<Response, Problem> {
    webhook::run_again(&web.app, &admin.by, &id).await?;
    Ok(Redirect::to("/admin/billing/events").into_response())
}

/// Refunds and disputes.
pub(crate) async fn claims(State(web): State<Web>, admin: Admin, wanted: Page) -> Result<Response, Problem> {
    let disputes = books::disputes(&web.app, DISPUTES, 0).await?.items;
    let found = books::refunds(&web.app, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/admin/billing/claims?", wanted, found.total);
    let frame = frame(&web, &admin, "Refunds and disputes").await?;
    page(&Claims { frame, disputes, refunds: found.items, steps })
}
