//! Everybody's subscriptions.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use vanikeys_core::{
    domain::billing::subscription::Status,
    flow::billing::{admin as books, view::SubscriptionView},
};

use crate::{
    Web,
    error::Problem,
    extract::{Admin, ApiQuery, Listed, Page, word},
};

/// Which subscriptions a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct SubscriptionFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
    /// With this status.
    #[param(example = "past_due", inline, value_type = Option<Status>)]
    pub(super) status: Option<String>,
}

impl SubscriptionFilter {
    /// The same as a form means it, whose "any" is an empty text.
    pub(super) fn of_form(mut self) -> Self {
        self.status.take_if(|word| word.is_empty());
        self
    }

    /// The page and the status, if they are in bounds.
    pub(super) fn checked(self) -> Result<(Page, Option<Status>), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        Ok((page, word("status", self.status)?))
    }
}

/// Everybody's subscriptions, newest first
///
/// Those that Stripe knows.
#[utoipa::path(get, path = "/admin/api/billing/subscriptions", tag = "admin", operation_id = "listAllSubscriptions", params(SubscriptionFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<SubscriptionView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(filter): ApiQuery<SubscriptionFilter>,
) -> Result<Json<Listed<SubscriptionView>>, Problem> {
    let (page, status) = filter.checked()?;
    let found = books::subscriptions(&web.app, status, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}
