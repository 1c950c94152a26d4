//! Everybody's purchases, and what an admin does with one.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vanikeys_core::{
    domain::billing::purchase::State as Stands,
    flow::{
        Key,
        billing::{self, RefundOrder, admin as books, view::PurchaseView},
    },
};

use crate::{
    Web,
    admin::queues::Changed,
    error::Problem,
    extract::{Admin, ApiJson, ApiQuery, Check, Fields, Id, Idem, Listed, Page, word},
};

/// Which purchases a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct PurchaseFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
    /// In this state.
    #[param(example = "paid", inline, value_type = Option<Stands>)]
    pub(super) state: Option<String>,
}

impl PurchaseFilter {
    /// The same as a form means it, whose "any" is an empty text.
    pub(super) fn of_form(mut self) -> Self {
        self.state.take_if(|word| word.is_empty());
        self
    }

    /// The page and the state, if they are in bounds.
    pub(super) fn checked(self) -> Result<(Page, Option<Stands>), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        Ok((page, word("state", self.state)?))
    }
}

/// Everybody's purchases, newest first
#[utoipa::path(get, path = "/admin/api/billing/purchases", tag = "admin", operation_id = "listAllPurchases", params(PurchaseFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<PurchaseView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(filter): ApiQuery<PurchaseFilter>,
) -> Result<Json<Listed<PurchaseView>>, Problem> {
    let (page, state) = filter.checked()?;
    let found = books::purchases(&web.app, state, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// Anybody's purchase
#[utoipa::path(get, path = "/admin/api/billing/purchases/{id}", tag = "admin", operation_id = "showAnyPurchase",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PurchaseView)))]
pub(crate) async fn show(State(web): State<Web>, _: Admin, Id(id): Id) -> Result<Json<PurchaseView>, Problem> {
    Ok(Json(books::purchase(&web.app, id).await?))
}

/// Letters of the note that the audit keeps with a refund.
const NOTE: usize = 200;

/// What is refunded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RefundOrder)]
pub(crate) struct Order {
    /// How many cents of it; left out: everything that is left.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000_000, example = 399)]
    pub(super) cents: Option<i64>,
    /// Why, for the audit.
    #[serde(default)]
    #[schema(max_length = 200, example = "bought twice by mistake")]
    pub(super) note: Option<String>,
}

impl Check for Order {
    fn check(&self, fields: &mut Fields) {
        let fits = self.cents.is_none_or(|cents| (1..=100_000_000).contains(&cents));
        fields.require(fits, "cents", "must be from 1 to 100000000");
        let short = self.note.as_ref().is_none_or(|note| note.chars().count() <= NOTE);
        fields.require(short, "note", "must have at most 200 characters");
    }
}

/// Refund a purchase
///
/// Asks Stripe for it. Tokens are taken back when Stripe says that it is on its way; what was spent becomes debt.
#[utoipa::path(post, path = "/admin/api/billing/purchases/{id}/refund", tag = "admin", operation_id = "refundPurchase", request_body = Order,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The same key refunds once within 24 h")),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PurchaseView),
        (status = 409, description = "`NOT_PAID`; `REFUND_TOO_LARGE`: `details.leftCents` are left; `PAYMENT_REFUSED` (`details.reason`); `NOT_SOLD_HERE`"),
        (status = 503, description = "`PAYMENTS_UNAVAILABLE`: nothing was refunded; try again with the same key")))]
pub(crate) async fn refund(
    State(web): State<Web>,
    admin: Admin,
    idem: Idem,
    Id(id): Id,
    ApiJson { body, hash }: ApiJson<Order>,
) -> Result<Json<PurchaseView>, Problem> {
    let key = refund_key(idem, &admin, id, &hash);
    let order = RefundOrder { purchase: id, cents: body.cents, note: body.note };
    Ok(Json(billing::refund(&web.app, &admin.by, &key, &order).await?))
}

/// The key of a refund of `purchase`.
pub(super) fn refund_key(idem: Idem, admin: &Admin, purchase: Uuid, content: &[u8]) -> Key {
    let content = blake3::Hasher::new().update(purchase.as_bytes()).update(content).finalize();
    let by = admin.by.id().unwrap_or_default();
    idem.always(by, "POST /admin/api/billing/purchases/{id}/refund", content.into())
}

/// Release the tokens of a purchase
///
/// That were held back because the card's issuer warned of fraud.
#[utoipa::path(post, path = "/admin/api/billing/purchases/{id}/unfreeze", tag = "admin", operation_id = "unfreezePurchase",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Changed)))]
pub(crate) async fn unfreeze(State(web): State<Web>, admin: Admin, Id(id): Id) -> Result<Json<Changed>, Problem> {
    Ok(Json(Changed { changed: billing::unfreeze(&web.app, &admin.by, id).await? }))
}
