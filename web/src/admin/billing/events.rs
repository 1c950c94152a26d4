//! Stripe's events and what became of them.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use vanikeys_core::{
    domain::billing::event::EventState,
    flow::billing::{
        admin::{self as books, StripeEventView},
        webhook,
    },
};

use crate::{
    Web,
    error::Problem,
    extract::{Admin, ApiQuery, Listed, Page, Slug, word},
};

/// Which events a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct EventFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
    /// With this outcome.
    #[param(example = "failed", inline, value_type = Option<EventState>)]
    pub(super) state: Option<String>,
}

impl EventFilter {
    /// The same as a form means it, whose "any" is an empty text.
    pub(super) fn of_form(mut self) -> Self {
        self.state.take_if(|word| word.is_empty());
        self
    }

    /// The page and the outcome, if they are in bounds.
    pub(super) fn checked(self) -> Result<(Page, Option<EventState>), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        Ok((page, word("state", self.state)?))
    }
}

/// Stripe's events, newest first
///
/// Each with what became of it, and why it was ignored or failed.
#[utoipa::path(get, path = "/admin/api/billing/events", tag = "admin", operation_id = "listBillingEvents", params(EventFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<StripeEventView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(filter): ApiQuery<EventFilter>,
) -> Result<Json<Listed<StripeEventView>>, Problem> {
    let (page, state) = filter.checked()?;
    let found = books::events(&web.app, state, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// Handle an event again
///
/// Fetches what it is about and writes what differs. However often, the end is the same.
#[utoipa::path(post, path = "/admin/api/billing/events/{id}/run-again", tag = "admin", operation_id = "runBillingEventAgain",
    params(("id" = String, Path, example = "evt_1Ab2Cd")), security(("accessToken" = []), ("session" = [])), responses((status = 204)))]
pub(crate) async fn run_again(State(web): State<Web>, admin: Admin, Slug(id): Slug) -> Result<StatusCode, Problem> {
    webhook::run_again(&web.app, &admin.by, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
