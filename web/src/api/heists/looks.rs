//! Looking: own Heist Tokens, and whether somebody could be robbed.

use axum::{Json, extract::State};
use vanikeys_core::flow::heist::{self, Eligibility, TokenView};

use crate::{
    Web,
    error::Problem,
    extract::{Id, Signed},
};

/// Own Heist Tokens
#[utoipa::path(get, path = "/api/heist/tokens", tag = "heists", operation_id = "showHeistTokens",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = TokenView)))]
pub(crate) async fn tokens(State(web): State<Web>, signed: Signed) -> Result<Json<TokenView>, Problem> {
    Ok(Json(heist::tokens(&web.app, &signed.actor).await?))
}

/// Could somebody be robbed?
///
/// Every check by name. A shield does not show.
#[utoipa::path(get, path = "/api/heist/can-rob/{targetUserId}", tag = "heists", operation_id = "canRob",
    params(("targetUserId" = Uuid, Path)), security(("accessToken" = []), ("session" = [])),
    responses((status = 200, body = Eligibility)))]
pub(crate) async fn can_rob(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Json<Eligibility>, Problem> {
    Ok(Json(heist::can_rob(&web.app, &signed.actor, id).await?))
}
