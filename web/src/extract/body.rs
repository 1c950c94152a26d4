//! Bodies as they were sent, up to a limit.

use axum::{
    Extension,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request},
};
use http::StatusCode;

use crate::{Web, error::Problem};

/// The most that is read of a body, unless [`at_most`] says otherwise.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// The most that is read of a request's body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimit(usize);

/// Layers that let the handlers inside read bodies of at most so many bytes. Of several around a handler the innermost
/// counts, so a route may have a limit of its own: `.route("/upload", post(upload).layer(at_most(1024 * 1024)))`.
pub(crate) fn at_most(bytes: usize) -> (Extension<BodyLimit>, DefaultBodyLimit) {
    (Extension(BodyLimit(bytes)), DefaultBodyLimit::max(bytes))
}

/// A body, byte for byte as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct RawBody(pub(crate) Bytes);

impl FromRequest<Web> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let limit = request.extensions().get::<BodyLimit>().map_or(BODY_LIMIT, |limit| limit.0);
        Bytes::from_request(request, web).await.map(Self).map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(limit),
            _ => Problem::unreadable(),
        })
    }
}
