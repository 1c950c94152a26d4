//! Endpoints that other services call on events of their own, a file each. What is different here:
//!
//! - A handler takes the body raw (`extract::RawBody`), since a signature is over its bytes; that
//!   signature says who calls. Nobody is signed in: cookies and access tokens are not looked at, and the same-origin
//!   rule does not apply.
//! - Bodies may have 512 KiB; a route with another limit says so by [`at_most`].
//! - Rate limits do not apply: a provider sends its events when they happen, from few addresses. A handler checks the
//!   signature first, and does what is slow in a task.
//!
//! Request ids, logs, metrics, security headers, problems, panics and the time limit are those of the whole site. A new
//! callback is a file here and a line in `routes.rs`.

pub(crate) mod stripe;

use axum::Router;

use crate::{Web, error::Problem, extract::at_most};

/// The most that is read of a body.
pub(crate) const BODY_LIMIT: usize = 512 * 1024;

/// What all callbacks have in common.
pub(crate) fn open(routes: Router<Web>) -> Router<Web> {
    routes.method_not_allowed_fallback(async || Problem::method_not_allowed()).layer(at_most(BODY_LIMIT))
}
