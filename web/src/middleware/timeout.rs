//! No answer may take for ever. Streams are not touched: their head is sent at once.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::error::Problem;

const LIMIT: Duration = Duration::from_secs(30);

pub(super) async fn within(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::timed_out().into_response(),
    }
}
