//! Trying a heist, and its attempts.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vanikeys_core::flow::heist::{self, AttemptView, Executed, HeistDone};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Id, Idem, Signed},
};

/// Who is to be robbed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HeistOrder {
    /// The player, as the leaderboard names them.
    target_user_id: Uuid,
}

impl Check for HeistOrder {}

/// Rob somebody
///
/// Costs one Heist Token. Waits for the outcome up to two seconds; after that answers 202 with the attempt's address.
/// A heist that is refused spends nothing, except by a shield.
#[utoipa::path(post, path = "/api/heist/execute", tag = "heists", operation_id = "executeHeist", request_body = HeistOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = HeistDone),
        (status = 202, body = AttemptView, description = "Still queued", headers(("Location" = String, description = "Where the outcome will be"))),
        (status = 400, description = "`INVALID_TARGET`: yourself (`self`), or too few points (`minimumRequired`, `targetPoints`)"),
        (status = 402, description = "`INSUFFICIENT_TOKENS`"),
        (status = 404, description = "`TARGET_NOT_FOUND`"),
        (status = 409, description = "`TARGET_PROTECTED` (`protectionEndsAt`), or `TARGET_SHIELDED`, which spends the token"),
        (status = 429, description = "`COOLDOWN_ACTIVE` (`cooldownEndsAt`, `hoursRemaining`) or `DAILY_LIMIT`"),
        (status = 503, description = "`FEATURE_DISABLED`")))]
pub(crate) async fn execute(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
    ApiJson { body, hash }: ApiJson<HeistOrder>,
) -> Result<Response, Problem> {
    let key = idem.key(signed.actor.user, "POST /api/heist/execute", hash);
    match heist::execute(&web.app, &signed.actor, key.as_ref(), body.target_user_id).await? {
        Executed::Done(done) => Ok(Json(done).into_response()),
        Executed::Pending(id) => {
            let waiting = heist::attempt(&web.app, &signed.actor, id).await?;
            let mut response = (StatusCode::ACCEPTED, Json(waiting)).into_response();
            let address =
                HeaderValue::try_from(format!("/api/heist/attempts/{id}")).map_err(|_| Problem::internal())?;
            response.headers_mut().insert(header::LOCATION, address);
            Ok(response)
        }
    }
}

/// One attempt
#[utoipa::path(get, path = "/api/heist/attempts/{id}", tag = "heists", operation_id = "showHeistAttempt",
    params(("id" = Uuid, Path)), security(("accessToken" = []), ("session" = [])), responses((status = 200, body = AttemptView)))]
pub(crate) async fn attempt(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<AttemptView>, Problem> {
    Ok(Json(heist::attempt(&web.app, &signed.actor, id).await?))
}
