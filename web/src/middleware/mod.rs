//! What every request passes before and after its handler, outermost first: unread bodies, request id and log line, metrics,
//! security headers, compression, problems as documents, panics, time limit, identity, the same-origin rule.

mod context;
mod headers;
mod identity;
mod limits;
mod origin;
mod panic;
mod problems;
mod timeout;
mod unread;

pub(crate) use context::RequestId;
pub(crate) use limits::{Group, limited, limited_pages};

use axum::{Router, middleware};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
};

use super::{
    Web,
    extract::{BODY_LIMIT, at_most},
};

/// Wraps the whole site. Callbacks are called by other services, so nobody is identified there, and no page of ours
/// sends to them.
pub(super) fn wrap(router: Router<Web>, callbacks: Router<Web>, web: &Web) -> Router<Web> {
    let state = || web.clone();
    // Fonts are compressed already; private keys are not compressed beside other text.
    let worthwhile = DefaultPredicate::new()
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/x-pem-file"))
        .and(NotForContentType::const_new("application/octet-stream"));
    router
        .layer(middleware::from_fn_with_state(state(), origin::same_origin))
        .layer(middleware::from_fn_with_state(state(), identity::identify))
        .layer(at_most(BODY_LIMIT))
        .merge(callbacks)
        .layer(middleware::from_fn(timeout::within))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(middleware::from_fn_with_state(state(), problems::write))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worthwhile))
        .layer(middleware::from_fn_with_state(state(), headers::secure))
        .layer(middleware::from_fn_with_state(state(), context::enter))
        .layer(middleware::from_fn(unread::settle))
}
