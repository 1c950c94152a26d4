//! A handler that panics answers 500 like any other fault of ours, and the process lives on.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::error::Problem;

#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer calls")]
pub(super) fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = said.unwrap_or("(no words)"), "a handler panicked");
    Problem::internal().into_response()
}
