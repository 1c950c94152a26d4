//! Packs of VaniTokens and their purchases.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vanikeys_core::flow::billing::{
    self, Offer, PackIntent, PackPage,
    view::{self, PurchaseView},
};

use super::polled::polled;
use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Id, Idem, Listed, Page, Signed},
};

/// What is for sale, of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offers {
    /// Why nothing is sold right now, in a sentence; null if something is.
    #[schema(example = json!(null))]
    pub(super) closed: Option<String>,
    /// Whether no real money moves.
    pub(super) test: bool,
    /// The cheapest first.
    pub(super) items: Vec<Offer>,
}

/// Packs of VaniTokens
///
/// With their prices, and why one cannot be bought right now.
#[utoipa::path(get, path = "/api/tokens/packs", tag = "payments", operation_id = "listPacks",
    responses((status = 200, body = Offers, example = json!({"closed": null, "test": false, "items": [
        {"key": "popular", "title": "Popular (500 VaniTokens)", "cents": 399, "tokens": 500, "unavailable": null}]}))))]
pub(crate) async fn packs(State(web): State<Web>) -> Result<Json<Offers>, Problem> {
    let catalog = billing::catalog(&web.app).await?;
    Ok(Json(Offers { closed: catalog.closed, test: catalog.test, items: catalog.packs }))
}

/// Which pack is bought.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PackOrder {
    /// Its key in the list of packs, or its number of tokens.
    #[schema(example = "popular")]
    pack: String,
}

impl Check for PackOrder {}

/// Why nothing is sold to whoever asks, however well they ask.
const NOT_SOLD: &str =
    "`NOT_SOLD_HERE`; `NOT_SOLD_NOW`: its price does not fit (`details.why`); `PAYMENT_REFUSED` (`details.reason`)";
const UNKNOWN: &str = "`NOT_FOR_SALE`: there is no such pack; `details.known` has those that there are";
const TOO_MANY: &str = "`TOO_MANY_PURCHASES`: as many today as an account may make; `NEW_ACCOUNT_LIMIT`: on its first day \
    an account can buy `details.tokens`, more from `details.until` on";
pub(super) const AWAY: &str = "`FEATURE_DISABLED`: nothing can be bought or changed right now; `PAYMENTS_UNAVAILABLE`: the payment \
    provider does not answer, and nothing was charged";

/// Buy a pack
///
/// Opens a page at Stripe on which it is paid; one that is open already is handed out again. Tokens are credited when
/// Stripe says that it is paid: look at the purchase until its state is `paid`.
#[utoipa::path(post, path = "/api/tokens/purchase", tag = "payments", operation_id = "buyPack", request_body = PackOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = PackPage,
            headers(("Location" = String, description = "The purchase")),
            example = json!({"checkoutUrl": "https://checkout.stripe.com/c/pay/cs_test_a1b2c3", "purchaseId": "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3c"})),
        (status = 409, description = NOT_SOLD), (status = 422, description = UNKNOWN),
        (status = 429, description = TOO_MANY), (status = 503, description = AWAY)))]
pub(crate) async fn buy(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<PackOrder>,
) -> Result<Response, Problem> {
    let key = idem.always(signed.actor.user, "POST /api/tokens/purchase", hash);
    let page = billing::checkout(&web.app, &signed.actor, &key, &body.pack).await?;
    created(page.purchase_id, Json(page))
}

/// Buy a pack on a page of your own
///
/// Makes a payment intent, to be paid with Stripe's script on the client's own page.
#[utoipa::path(post, path = "/api/payments/create-intent", tag = "payments", operation_id = "createPaymentIntent", request_body = PackOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = PackIntent,
            headers(("Location" = String, description = "The purchase")),
            example = json!({"clientSecret": "pi_3Ab_secret_9Yz", "publishableKey": "pk_test_51Xy", "paymentId": "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3c"})),
        (status = 409, description = NOT_SOLD), (status = 422, description = UNKNOWN),
        (status = 429, description = TOO_MANY), (status = 503, description = AWAY)))]
pub(crate) async fn intent(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<PackOrder>,
) -> Result<Response, Problem> {
    let key = idem.always(signed.actor.user, "POST /api/payments/create-intent", hash);
    let intent = billing::intent(&web.app, &signed.actor, &key, &body.pack).await?;
    created(intent.payment_id, Json(intent))
}

fn created(purchase: Uuid, body: impl IntoResponse) -> Result<Response, Problem> {
    let place = HeaderValue::try_from(format!("/api/tokens/purchases/{purchase}")).map_err(|_| Problem::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], body).into_response())
}

/// Own purchases, newest first
#[utoipa::path(get, path = "/api/tokens/purchases", tag = "payments", operation_id = "listPurchases", params(Page),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<PurchaseView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    page: Page,
) -> Result<Json<Listed<PurchaseView>>, Problem> {
    let found = view::purchases_of(&web.app, signed.actor.user, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// One purchase
///
/// Its tokens are credited when its state is `paid`. Until it has ended, `Retry-After` says when to look again.
#[utoipa::path(get, path = "/api/tokens/purchases/{id}", tag = "payments", operation_id = "showPurchase", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PurchaseView),
        (status = 304, description = "It is as the `If-None-Match` says")))]
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    Id(id): Id,
) -> Result<Response, Problem> {
    let purchase = view::purchase(&web.app, &signed.actor, id).await?;
    polled(&headers, &purchase, !purchase.state.is_open())
}
