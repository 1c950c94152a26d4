//! `/api/jobs`: searches that go on until the key is found.

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vanikeys_core::{
    domain::job::Status,
    flow::{
        custody::Custody,
        job::{self, JobOrder, JobView, Quote},
    },
};
use vanikeys_grind::PatternSpec;

use super::downloads::{KeyFormat, KeyJson, file};
use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, ApiQuery, Check, Fields, Id, Idem, Listed, Page, Signed},
};

/// The largest whole number that every program reads from JSON exactly.
const MOST_TOKENS: i64 = (1 << 53) - 1;

/// What is ordered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = JobOrder)]
pub(crate) struct Order {
    /// What the key should look like.
    #[schema(example = json!({"text": "mvp4", "kind": "prefix"}))]
    pattern: PatternSpec,
    /// `service` (default without a recipient), `sealed` or `split`.
    #[serde(default)]
    custody: Option<Custody>,
    /// Who the key is sealed to: one `age1...` line; with `split` the split point in hexadecimal.
    #[serde(default)]
    recipient: Option<String>,
    /// The split point's proof, in hexadecimal: both are what `vanikeys split new` prints.
    #[serde(default)]
    proof: Option<String>,
    /// The most that may be held for it; an order that costs more is refused.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    max_tokens: Option<i64>,
}

impl Check for Order {
    fn check(&self, fields: &mut Fields) {
        let fits = self.max_tokens.is_none_or(|most| (0..=MOST_TOKENS).contains(&most));
        fields.require(fits, "maxTokens", "must be from 0 to 9007199254740991");
    }
}

impl From<Order> for JobOrder {
    fn from(order: Order) -> Self {
        let Order { pattern, custody, recipient, proof, max_tokens } = order;
        Self { pattern, custody, recipient, proof, max_tokens }
    }
}

/// Why an order is refused whose form is fine.
const ORDER_REFUSED: &str = "Of the pattern `IMPOSSIBLE_PATTERN`, `INVALID_PATTERN` or `PATTERN_TOO_COMPLEX`, or `TOO_RARE`; of custody `RECIPIENT_MISSING`, `RECIPIENT_NOT_TAKEN`, `INVALID_RECIPIENT`, `PROOF_NOT_TAKEN` or `CUSTODY_NOT_AVAILABLE`, `SPLIT_POINT_MISSING` or `INVALID_SPLIT_POINT`";

/// Quote a job
///
/// What it would cost, with every term of the price, and the price of a pull beside it.
#[utoipa::path(post, path = "/api/jobs/quote", tag = "jobs", operation_id = "quoteJob", request_body = Order,
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Quote),
        (status = 409, description = "`SPLIT_POINT_USED`"), (status = 422, description = ORDER_REFUSED)))]
pub(crate) async fn quote(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<Order>,
) -> Result<Json<Quote>, Problem> {
    Ok(Json(job::quote(&web.app, &signed.actor, &body.into()).await?))
}

/// Order a job
///
/// Holds its price; tokens are charged when the key is delivered.
#[utoipa::path(post, path = "/api/jobs/create", tag = "jobs", operation_id = "createJob", request_body = Order,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = JobView),
        (status = 402, description = "`INSUFFICIENT_TOKENS`"),
        (status = 409, description = "`PRICE_ABOVE_MAXIMUM` or `SPLIT_POINT_USED`"),
        (status = 422, description = ORDER_REFUSED)))]
pub(crate) async fn create(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<Order>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let key = idem.key(signed.actor.user, "POST /api/jobs/create", hash);
    let created = job::create(&web.app, &signed.actor, key.as_ref(), &body.into()).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Which jobs a list shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct JobFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    pub(crate) offset: Option<u32>,
    /// Of this status only.
    pub(crate) status: Option<Status>,
}

impl JobFilter {
    /// The page, if it is in bounds.
    pub(crate) fn page(&self) -> Result<Page, Problem> {
        Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()
    }
}

/// Own jobs, newest first
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", operation_id = "listJobs", params(JobFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<JobView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(filter): ApiQuery<JobFilter>,
) -> Result<Json<Listed<JobView>>, Problem> {
    let page = filter.page()?;
    let found = job::list(&web.app, &signed.actor, filter.status, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// One job
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs", operation_id = "showJob", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = JobView)))]
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<JobView>, Problem> {
    Ok(Json(job::show(&web.app, &signed.actor, id).await?))
}

/// Cancel a job
///
/// What was searched is charged, the rest released, once the slices that are out have reported.
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", tag = "jobs", operation_id = "cancelJob",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The same key answers as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = JobView), (status = 409, description = "`JOB_ENDED`")))]
pub(crate) async fn cancel(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    Id(id): Id,
) -> Result<Json<JobView>, Problem> {
    let key = idem.key(signed.actor.user, "POST /api/jobs/{id}/cancel", blake3::hash(id.as_bytes()).into());
    Ok(Json(job::cancel(&web.app, &signed.actor, key.as_ref(), id).await?))
}

/// The found private key as a file
#[utoipa::path(get, path = "/api/jobs/{id}/result", tag = "jobs", operation_id = "jobResult",
    params(("id" = Uuid, Path), KeyFormat), security(("accessToken" = []), ("session" = [])),
    responses((status = 200, description = "The key file", content((String = "text/plain"), (String = "application/x-pem-file"),
        (Object = "application/jwk+json"), (inline(KeyJson) = "application/json"), (Object = "application/did+json"), (String = "application/octet-stream"))),
        (status = 409, description = "`JOB_NOT_COMPLETED`, or `FORMAT_NOT_AVAILABLE`: details name the formats that are"),
        (status = 410, description = "`KEY_ERASED`")))]
pub(crate) async fn result(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiQuery(wanted): ApiQuery<KeyFormat>,
) -> Result<Response, Problem> {
    Ok(file(&job::result(&web.app, &signed.actor, id, wanted.format.as_deref()).await?))
}

/// Erase the found key
///
/// At once and for good; the public result stays.
#[utoipa::path(post, path = "/api/jobs/{id}/shred", tag = "jobs", operation_id = "shredJob", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = JobView),
        (status = 409, description = "`JOB_NOT_COMPLETED`"), (status = 410, description = "`KEY_ERASED`")))]
pub(crate) async fn shred(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<JobView>, Problem> {
    job::shred(&web.app, &signed.actor, id).await?;
    Ok(Json(job::show(&web.app, &signed.actor, id).await?))
}
