//! `/api/pulls`: one key there and then, verifiably.

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vanikeys_core::{
    custody::commitment::SignedCommitment,
    domain::time::Timestamp,
    flow::{
        custody::Custody,
        pull::{self, HistoryFilter, PullDone, PullOrder, PullView},
    },
    secret::Secret,
};
use vanikeys_grind::PatternSpec;

use super::downloads::{KeyFormat, KeyJson, file};
use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{ApiJson, ApiQuery, Check, Id, Idem, Listed, Page, Signed},
};

/// The service's promise of its share of the next key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Commitment {
    /// Names the share; used once, by you.
    commitment_id: Uuid,
    /// `BLAKE3-derive_key("vanikeys pull commitment v1", share || commitmentId)`, in hexadecimal.
    commitment: String,
    /// Ed25519 by the receipt key over `"vanikeys commitment v1" || 0x00 || canonical JSON` of the other members.
    signature: String,
    /// Until when it can be used; the text is what was signed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: time::OffsetDateTime,
}

impl From<SignedCommitment> for Commitment {
    fn from(signed: SignedCommitment) -> Self {
        Self {
            commitment_id: signed.commitment_id,
            commitment: signed.commitment.to_string(),
            signature: signed.signature.to_string(),
            expires_at: signed.expires_at,
        }
    }
}

/// Ask for a commitment
///
/// The service draws its share of the next key and promises it, before you show yours. Good for one pull within ten
/// minutes.
#[utoipa::path(post, path = "/api/pulls/commitment", tag = "pulls", operation_id = "commitPull",
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = Commitment),
        (status = 409, description = "`TOO_MANY_COMMITMENTS`")))]
pub(crate) async fn commit(State(web): State<Web>, signed: Signed) -> Result<(StatusCode, Json<Commitment>), Problem> {
    let commitment = pull::commit(&web.app, &signed.actor).await?;
    Ok((StatusCode::CREATED, Json(commitment.into())))
}

/// What a pull is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PullOrder)]
pub(crate) struct Order {
    /// What the key should look like.
    #[schema(example = json!({"text": "GO BE AWE SOME", "kind": "sequence", "caseInsensitive": true, "fuzzy": true}))]
    pattern: PatternSpec,
    /// The commitment whose share is used; together with `clientShare` or not at all.
    #[serde(default)]
    commitment_id: Option<Uuid>,
    /// Your share: 32 random bytes in hexadecimal.
    #[serde(default)]
    client_share: Option<String>,
    /// `service` (default without a recipient) or `sealed`.
    #[serde(default)]
    custody: Option<Custody>,
    /// Who the key is sealed to: one `age1...` line.
    #[serde(default)]
    recipient: Option<String>,
}

impl Check for Order {}

impl From<Order> for PullOrder {
    fn from(order: Order) -> Self {
        let Order { pattern, commitment_id, client_share, custody, recipient } = order;
        Self { pattern, commitment_id, client_share: client_share.map(Secret::new), custody, recipient }
    }
}

/// Why an order is refused whose form is fine.
const ORDER_REFUSED: &str = "Of the pattern `IMPOSSIBLE_PATTERN`, `INVALID_PATTERN` or `PATTERN_TOO_COMPLEX`; of custody `RECIPIENT_MISSING`, `RECIPIENT_NOT_TAKEN`, `INVALID_RECIPIENT`, `PROOF_NOT_TAKEN` or `CUSTODY_NOT_AVAILABLE`; of the commitment \
    `COMMITMENT_INCOMPLETE`, `COMMITMENT_UNKNOWN`, `COMMITMENT_USED` or `INVALID_CLIENT_SHARE`";

/// Pull
///
/// Makes one key there and then, with a free pull or tokens. Debit and result commit together.
#[utoipa::path(post, path = "/api/pulls/execute", tag = "pulls", operation_id = "executePull", request_body = Order,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = PullDone),
        (status = 402, description = "`INSUFFICIENT_TOKENS`"),
        (status = 409, description = "`COMMITMENT_EXPIRED`"),
        (status = 422, description = ORDER_REFUSED)))]
pub(crate) async fn execute(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<Order>,
) -> Result<(StatusCode, Json<PullDone>), Problem> {
    let key = idem.key(signed.actor.user, "POST /api/pulls/execute", hash);
    let done = pull::execute(&web.app, &signed.actor, key.as_ref(), &body.into()).await?;
    Ok((StatusCode::CREATED, Json(done)))
}

/// Which pulls a history shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct PullFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    pub(crate) offset: Option<u32>,
    /// Only pulls with at least this many substrings matched.
    #[param(minimum = 0, maximum = 8)]
    pub(crate) min_score: Option<u8>,
    /// Full matches only (`true`), or the others (`false`).
    pub(crate) wins: Option<bool>,
    /// Kept pulls only (`true`), or the others (`false`).
    pub(crate) kept: Option<bool>,
    /// Not before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) since: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Timestamp>,
}

impl PullFilter {
    /// The page and the filter, if they are in bounds.
    pub(crate) fn checked(self) -> Result<(Page, HistoryFilter), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        if self.min_score.is_some_and(|score| score > 8) {
            return Err(Problem::invalid(&[FieldError::new("minScore", "must be from 0 to 8")]));
        }
        let filter = HistoryFilter {
            min_matched: self.min_score.map(i64::from),
            wins: self.wins,
            kept: self.kept,
            pattern: None,
            text: None,
            since: self.since,
            until: self.until,
        };
        Ok((page, filter))
    }
}

/// Own pulls, newest first
#[utoipa::path(get, path = "/api/pulls/history", tag = "pulls", operation_id = "listPulls", params(PullFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<PullView>)))]
pub(crate) async fn history(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(filter): ApiQuery<PullFilter>,
) -> Result<Json<Listed<PullView>>, Problem> {
    let (page, filter) = filter.checked()?;
    let found = pull::history(&web.app, &signed.actor, &filter, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(found.items, page, found.total)))
}

/// One pull
#[utoipa::path(get, path = "/api/pulls/{id}", tag = "pulls", operation_id = "showPull", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PullView)))]
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<PullView>, Problem> {
    Ok(Json(pull::show(&web.app, &signed.actor, id).await?))
}

/// Keep the key
///
/// A key that is not kept is erased after a day.
#[utoipa::path(post, path = "/api/pulls/{id}/keep", tag = "pulls", operation_id = "keepPull", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PullView), (status = 410, description = "`KEY_ERASED`")))]
pub(crate) async fn keep(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<PullView>, Problem> {
    pull::keep(&web.app, &signed.actor, id).await?;
    Ok(Json(pull::show(&web.app, &signed.actor, id).await?))
}

/// Erase the key
///
/// At once and for good; the public result stays.
#[utoipa::path(post, path = "/api/pulls/{id}/shred", tag = "pulls", operation_id = "shredPull", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = PullView)))]
pub(crate) async fn shred(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<PullView>, Problem> {
    pull::shred(&web.app, &signed.actor, id).await?;
    Ok(Json(pull::show(&web.app, &signed.actor, id).await?))
}

/// Where a shared pull can be seen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Share {
    /// The id of its public page.
    share_id: String,
    /// The page's address.
    #[schema(example = "https://keys.example/p/Zm9vYmFyYmF6cXV4")]
    url: String,
}

/// Share the result
///
/// Makes a public page with the public text, the pattern and the receipt; never a secret. The same page each time.
#[utoipa::path(post, path = "/api/pulls/{id}/share", tag = "pulls", operation_id = "sharePull", params(("id" = Uuid, Path)),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Share)))]
pub(crate) async fn share(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<Share>, Problem> {
    let share_id = pull::share(&web.app, &signed.actor, id).await?;
    Ok(Json(Share { url: format!("{}/p/{share_id}", web.public_origin()), share_id }))
}

/// The private key as a file
#[utoipa::path(get, path = "/api/pulls/{id}/key", tag = "pulls", operation_id = "pullKey",
    params(("id" = Uuid, Path), KeyFormat), security(("accessToken" = []), ("session" = [])),
    responses((status = 200, description = "The key file", content((String = "text/plain"), (String = "application/x-pem-file"),
        (Object = "application/jwk+json"), (inline(KeyJson) = "application/json"), (Object = "application/did+json"), (String = "application/octet-stream"))),
        (status = 409, description = "`FORMAT_NOT_AVAILABLE`: details name the formats that are"), (status = 410, description = "`KEY_ERASED`")))]
pub(crate) async fn key(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiQuery(wanted): ApiQuery<KeyFormat>,
) -> Result<Response, Problem> {
    Ok(file(&pull::key(&web.app, &signed.actor, id, wanted.format.as_deref()).await?))
}
