//! The shape of a problem in the OpenAPI document and on the wire (RFC 9457).

use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not served (RFC 9457, `application/problem+json`).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// A link to the explanation of this kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/docs/api#problems")]
    pub(crate) kind: String,
    /// The status in words.
    #[schema(example = "Not Found")]
    pub(crate) title: String,
    /// The status code.
    #[schema(example = 404)]
    pub(crate) status: u16,
    /// The code that programs tell problems by.
    #[schema(example = "NOT_FOUND")]
    pub(crate) error: String,
    /// What happened, why, and what to do.
    #[schema(example = "There is no such job here. Check the address.")]
    pub(crate) message: String,
    /// Particulars that belong to the code, such as the fields that were not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) details: Option<serde_json::Value>,
    /// The id under which the request is found in the logs; also in the header `X-Request-Id`.
    #[schema(example = "0199c0de-7a2b-7c11-a5f0-3d6f7f1a2b3c")]
    pub(crate) request_id: String,
    /// When it was answered.
    #[schema(format = DateTime, example = "2026-11-21T08:00:00Z")]
    pub(crate) timestamp: String,
}
