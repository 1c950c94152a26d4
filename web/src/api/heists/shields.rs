//! Shields.

use axum::{Json, extract::State};
use http::StatusCode;
use vanikeys_core::flow::heist::{self, ShieldView};

use crate::{
    Web,
    error::Problem,
    extract::{Idem, Signed},
};

/// What a purchase without a body is told apart by.
pub(crate) const NO_BODY: [u8; 32] = [0; 32];

/// Buy a shield
///
/// For VaniTokens. It lasts seven days, or until it blocks one heist.
#[utoipa::path(post, path = "/api/heist/shields", tag = "heists", operation_id = "buyShield",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers as the first time")),
    security(("accessToken" = []), ("session" = [])), responses((status = 201, body = ShieldView),
        (status = 402, description = "`INSUFFICIENT_TOKENS`"), (status = 409, description = "`SHIELD_ACTIVE` (`expiresAt`)"),
        (status = 503, description = "`FEATURE_DISABLED`")))]
pub(crate) async fn buy(
    State(web): State<Web>,
    signed: Signed,
    idem: Idem,
) -> Result<(StatusCode, Json<ShieldView>), Problem> {
    let key = idem.key(signed.actor.user, "POST /api/heist/shields", NO_BODY);
    Ok((StatusCode::CREATED, Json(heist::buy_shield(&web.app, &signed.actor, key.as_ref()).await?)))
}
