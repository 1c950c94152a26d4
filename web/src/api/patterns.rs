//! `/api/patterns`: whether a pattern is possible, and what it takes.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanikeys_core::flow::pattern::{self, Estimate};
use vanikeys_grind::PatternSpec;

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Viewer},
};

/// A pattern to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PatternQuestion {
    /// The pattern.
    #[schema(example = json!({"text": "GO BE AWE SOME", "kind": "sequence", "target": "did", "caseInsensitive": true, "fuzzy": true}))]
    pattern: PatternSpec,
}

impl Check for PatternQuestion {}

/// A pattern that some key can match.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PossiblePattern {
    /// Always true: an impossible pattern is a problem instead.
    valid: bool,
    /// The pattern with every option spelt out.
    pattern: PatternSpec,
}

/// Validate a pattern
///
/// An impossible pattern is answered with `IMPOSSIBLE_PATTERN`, whose details name the position, the reason and the
/// nearest patterns that are possible.
#[utoipa::path(post, path = "/api/patterns/validate", tag = "patterns", operation_id = "validatePattern",
    request_body = PatternQuestion, security((), ("accessToken" = []), ("session" = [])), responses((status = 200, body = PossiblePattern),
        (status = 422, description = "`IMPOSSIBLE_PATTERN`, `INVALID_PATTERN` or `PATTERN_TOO_COMPLEX`")))]
pub(crate) async fn validate(
    State(web): State<Web>,
    _: Viewer,
    ApiJson { body, .. }: ApiJson<PatternQuestion>,
) -> Result<Json<PossiblePattern>, Problem> {
    pattern::validate(&web.app, &body.pattern).await?;
    Ok(Json(PossiblePattern { valid: true, pattern: body.pattern }))
}

/// Estimate a pattern
///
/// Exact odds, times and prices; with the credit that applies if you are signed in.
#[utoipa::path(post, path = "/api/patterns/estimate", tag = "patterns", operation_id = "estimatePattern",
    request_body = PatternQuestion, security((), ("accessToken" = []), ("session" = [])), responses((status = 200, body = Estimate),
        (status = 422, description = "`IMPOSSIBLE_PATTERN`, `INVALID_PATTERN` or `PATTERN_TOO_COMPLEX`")))]
pub(crate) async fn estimate(
    State(web): State<Web>,
    viewer: Viewer,
    ApiJson { body, .. }: ApiJson<PatternQuestion>,
) -> Result<Json<Estimate>, Problem> {
    Ok(Json(pattern::estimate(&web.app, viewer.id(), &body.pattern).await?))
}
