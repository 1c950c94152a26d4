//! `/app/plan`: the personal plan, what it gives, what it costs, when it ends; subscribing, canceling, resuming, invoices.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;
use vanikeys_core::{
    domain::plan::Plan,
    flow::{
        Failure,
        account::show::show as account,
        billing::{
            self, BillingRefusal, Catalog,
            view::{self, InvoiceView, SubscriptionView},
        },
    },
};

use super::{Frame, Steps, failed, page, paying, purchases::reload, words};
use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{ApiQuery, Form, Id, Idem, Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/plan.html")]
struct PlanPage {
    frame: Frame,
    /// What the account has right now.
    plan: Plan,
    free_pulls: u32,
    catalog: Catalog,
    live: Option<SubscriptionView>,
    /// One that is not paid yet, or came to nothing, to whose page its buyer came back.
    asked: Option<SubscriptionView>,
    invoices: Vec<InvoiceView>,
    steps: Steps,
    error: Option<Problem>,
}

impl PlanPage {
    /// What a plan gives.
    fn gives(&self, name: &str) -> String {
        let plan = name.parse::<Plan>().unwrap_or_default();
        match plan.free_pulls(self.free_pulls.into()) {
            Some(pulls) => format!("{} free pulls a day", words::count(pulls)),
            None => String::from("Unlimited free pulls"),
        }
    }

    /// What a plan costs a month, as its page says.
    fn price(&self, name: &str) -> String {
        let offer = self.catalog.plans.iter().find(|offer| offer.key == name);
        offer.map_or_else(String::new, |offer| words::cents(offer.cents))
    }

    /// Whether it is the plan that runs.
    fn has(&self, name: &str) -> bool {
        self.live.as_ref().is_some_and(|live| live.item == name)
    }

    /// Whether the page looks again by itself.
    fn waits(&self) -> bool {
        self.asked.as_ref().is_some_and(pending)
    }
}

/// Whether a payment for it may still be on its way.
fn pending(subscription: &SubscriptionView) -> bool {
    !subscription.status.is_live() && !subscription.status.is_over()
}

/// Which part of the invoices is shown, and which subscription its buyer comes back from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    limit: Option<u32>,
    offset: Option<u32>,
    subscription: Option<Uuid>,
}

/// The page.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, Problem> {
    let shown = plan_page(&web, &signed, asked, None).await?;
    Ok(paying::leads_to_stripe(&web, page(&shown)?))
}

async fn plan_page(web: &Web, signed: &Signed, asked: Asked, error: Option<Problem>) -> Result<PlanPage, Problem> {
    let (app, actor) = (&web.app, &signed.actor);
    let wanted = Page { limit: asked.limit.unwrap_or(20), offset: asked.offset.unwrap_or(0) }.checked()?;
    let found = view::invoices_of(app, actor.owner(), wanted.limit.into(), wanted.offset.into()).await?;
    let asked = match asked.subscription {
        Some(id) => Some(view::subscription_of(app, actor, id).await?).filter(|one| !one.status.is_live()),
        None => None,
    };
    let user = account(app, actor).await?;
    Ok(PlanPage {
        frame: Frame::signed(web, signed, "Plan").await?.section("wallet"),
        plan: user.plan.in_force(user.plan_expires_at, app.clock.now()),
        free_pulls: app.config.free_pulls_per_day,
        catalog: billing::catalog(app).await?,
        live: view::plan_of(app, actor).await?,
        asked,
        invoices: found.items,
        steps: Steps::new("/app/plan?", wanted, found.total),
        error,
    })
}

/// The page with what went wrong.
async fn refused(web: &Web, signed: &Signed, failure: Failure<BillingRefusal>) -> Result<Response, Problem> {
    let problem = paying::shown(failure)?;
    let shown = plan_page(web, signed, Asked::default(), Some(problem.clone())).await?;
    Ok(paying::leads_to_stripe(web, failed(&problem, &shown)?))
}

/// Which plan a form buys.
#[derive(Debug, Deserialize)]
pub(crate) struct SubscribeForm {
    plan: String,
    once: Option<String>,
}

/// Opens Stripe's page for a plan and leads there.
pub(crate) async fn subscribe(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<SubscribeForm>,
) -> Result<Response, Problem> {
    let plan: Plan =
        form.plan.parse().map_err(|_| Problem::invalid(&[FieldError::new("plan", "must be pro or unlimited")]))?;
    let content = blake3::hash(form.plan.as_bytes()).into();
    let key = Idem::form(form.once)?.always(signed.actor.user, "POST /app/plan", content);
    match billing::subscribe(&web.app, &signed.actor, &key, plan).await {
        Ok(opened) => Ok(Redirect::to(&opened.checkout_url).into_response()),
        Err(failure) => refused(&web, &signed, failure).await,
    }
}

/// A form that only carries its key.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OnceForm {
    once: Option<String>,
}

/// Has the plan end with its period.
pub(crate) async fn cancel(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OnceForm>,
) -> Result<Response, Problem> {
    let key = Idem::form(form.once)?.always(signed.actor.user, "POST /app/plan/cancel", [0; 32]);
    changed(&web, &signed, billing::cancel(&web.app, &signed.actor, &key).await).await
}

/// Takes that back.
pub(crate) async fn resume(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OnceForm>,
) -> Result<Response, Problem> {
    let key = Idem::form(form.once)?.always(signed.actor.user, "POST /app/plan/resume", [0; 32]);
    changed(&web, &signed, billing::resume(&web.app, &signed.actor, &key).await).await
}

async fn changed(
    web: &Web,
    signed: &Signed,
    ended: Result<SubscriptionView, Failure<BillingRefusal>>,
) -> Result<Response, Problem> {
    match ended {
        Ok(_) => Ok(Redirect::to("/app/plan").into_response()),
        Err(failure) => refused(web, signed, failure).await,
    }
}

/// Leads to Stripe's portal.
pub(crate) async fn portal(State(web): State<Web>, signed: Signed) -> Result<Response, Problem> {
    match billing::portal(&web.app, &signed.actor).await {
        Ok(portal) => Ok(Redirect::to(&portal.url).into_response()),
        Err(failure) => refused(&web, &signed, failure).await,
    }
}

/// Whether a subscription is paid or over by now; the page that waits for that then reloads.
pub(crate) async fn news(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    let subscription = view::subscription_of(&web.app, &signed.actor, id).await?;
    Ok(reload(!pending(&subscription)))
}
