//! Personal plans: what there is, subscribing, ending, the way to Stripe's portal.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;
use vanikeys_core::{
    domain::plan::Plan,
    flow::billing::{
        self, PlanPage, PortalPage,
        view::{self, InvoiceView, SubscriptionView},
    },
};

use super::{
    polled::polled,
    purchases::{AWAY, Offers},
};
use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Id, Idem, Listed, Page, Signed},
};

/// Plans that are paid for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PaidPlan {
    /// Fifty free pulls a day.
    Pro,
    /// Free pulls without a limit.
    Unlimited,
}

impl From<PaidPlan> for Plan {
    fn from(plan: PaidPlan) -> Self {
        match plan {
            PaidPlan::Pro => Self::Pro,
            PaidPlan::Unlimited => Self::Unlimited,
        }
    }
}

/// Personal plans
///
/// With their prices a month, and why one cannot be bought right now.
#[utoipa::path(get, path = "/api/plans", tag = "payments", operation_id = "listPlans",
    responses((status = 200, body = Offers, example = json!({"closed": null, "test": false, "items": [
        {"key": "pro", "title": "VaniKeys pro", "cents": 999, "tokens": null, "unavailable": null}]}))))]
pub(crate) async fn list(State(web): State<Web>) -> Result<Json<Offers>, Problem> {
    let catalog = billing::catalog(&web.app).await?;
    Ok(Json(Offers { closed: catalog.closed, test: catalog.test, items: catalog.plans }))
}

/// Which plan is bought.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlanOrder {
    /// The plan.
    #[schema(example = "pro")]
    plan: PaidPlan,
}

impl Check for PlanOrder {}

/// Subscribe to a plan
///
/// Opens a page at Stripe on which it is paid; one that is open already is handed out again. The plan begins when Stripe
/// says that it is paid.
#[utoipa::path(post, path = "/api/plans/checkout", tag = "payments", operation_id = "subscribe", request_body = PlanOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = PlanPage,
            headers(("Location" = String, description = "The subscription")),
            example = json!({"checkoutUrl": "https://checkout.stripe.com/c/pay/cs_test_d4e5f6", "subscriptionId": "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3d"})),
        (status = 409, description = "`ALREADY_SUBSCRIBED`: `details.portalUrl` is where it can be changed; `NOT_SOLD_HERE`; `NOT_SOLD_NOW` (`details.why`); `PAYMENT_REFUSED` (`details.reason`)"),
        (status = 503, description = AWAY)))]
pub(crate) async fn checkout(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<PlanOrder>,
) -> Result<Response, Problem> {
    let key = idem.always(signed.actor.user, "POST /api/plans/checkout", hash);
    let page = billing::subscribe(&web.app, &signed.actor, &key, body.plan.into()).await?;
    let place = format!("/api/plans/subscriptions/{}", page.subscription_id);
    let place = HeaderValue::try_from(place).map_err(|_| Problem::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(page)).into_response())
}

/// The way to Stripe's portal
///
/// A link for a short time: payment method, invoices, canceling.
#[utoipa::path(get, path = "/api/plans/portal", tag = "payments", operation_id = "planPortal",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PortalPage,
            example = json!({"url": "https://billing.stripe.com/p/session/test_YWNjdA"})),
        (status = 409, description = "`NOTHING_BOUGHT`, `NOT_SOLD_HERE` or `PAYMENT_REFUSED` (`details.reason`)"), (status = 503, description = AWAY)))]
pub(crate) async fn portal(State(web): State<Web>, signed: Signed) -> Result<Json<PortalPage>, Problem> {
    Ok(Json(billing::portal(&web.app, &signed.actor).await?))
}

/// Why a plan cannot be changed.
const NOT_CHANGED: &str = "`NOT_SUBSCRIBED`, `NOT_SOLD_HERE` or `PAYMENT_REFUSED` (`details.reason`)";

/// Cancel the plan
///
/// It stays until the end of the period that is paid, and is not renewed.
#[utoipa::path(post, path = "/api/plans/cancel", tag = "payments", operation_id = "cancelPlan",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = SubscriptionView),
        (status = 409, description = NOT_CHANGED), (status = 503, description = AWAY)))]
pub(crate) async fn cancel(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
) -> Result<Json<SubscriptionView>, Problem> {
    let key = idem.always(signed.actor.user, "POST /api/plans/cancel", [0; 32]);
    Ok(Json(billing::cancel(&web.app, &signed.actor, &key).await?))
}

/// Resume the plan
///
/// Takes a cancellation back while the period still runs.
#[utoipa::path(post, path = "/api/plans/resume", tag = "payments", operation_id = "resumePlan",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = SubscriptionView),
        (status = 409, description = NOT_CHANGED), (status = 503, description = AWAY)))]
pub(crate) async fn resume(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
) -> Result<Json<SubscriptionView>, Problem> {
    let key = idem.always(signed.actor.user, "POST /api/plans/resume", [0; 32]);
    Ok(Json(billing::resume(&web.app, &signed.actor, &key).await?))
}

/// The subscription that runs
#[utoipa::path(get, path = "/api/plans/subscription", tag = "payments", operation_id = "currentSubscription",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = SubscriptionView),
        (status = 404, description = "`NOT_FOUND`: there is none")))]
pub(crate) async fn current(State(web): State<Web>, signed: Signed) -> Result<Json<SubscriptionView>, Problem> {
    let live = view::plan_of(&web.app, &signed.actor).await?;
    live.map(Json).ok_or_else(|| Problem::not_found("subscription"))
}

/// One subscription
///
/// Whatever became of it. Until it is paid or over, `Retry-After` says when to look again.
#[utoipa::path(get, path = "/api/plans/subscriptions/{id}", tag = "payments", operation_id = "showSubscription",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = SubscriptionView),
        (status = 304, description = "It is as the `If-None-Match` says")))]
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    Id(id): Id,
) -> Result<Response, Problem> {
    let subscription = view::subscription_of(&web.app, &signed.actor, id).await?;
    let done = subscription.status.is_live() || subscription.status.is_over();
    polled(&headers, &subscription, done)
}

/// Own invoices, newest first
///
/// What was or is to be paid for plans, with Stripe's page of each.
#[utoipa::path(get, path = "/api/plans/invoices", tag = "payments", operation_id = "listInvoices", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<InvoiceView>)))]
pub(crate) async fn invoices(
    State(web): State<Web>,
    signed: Signed,
    page: Page,
) -> Result<Json<Listed<InvoiceView>>, Problem> {
    let owner = signed.actor.owner();
    let found = view::invoices_of(&web.app, owner, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}
