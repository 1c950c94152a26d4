//! What works without a connection: the page that the service worker keeps for then, and the worker's own address,
//! which must be at the root and must not be kept by caches.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::{Frame, page};
use crate::{assets, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/offline.html")]
struct Offline {
    frame: Frame,
}

/// The page for when there is no connection; the same for everybody.
pub(crate) async fn show() -> Result<Response, Problem> {
    page(&Offline { frame: Frame::bare(Viewer(None), "No connection") })
}

/// The service worker.
pub(crate) async fn worker() -> Result<Response, Problem> {
    let script = assets::content("js/worker.js").ok_or_else(|| Problem::not_found("file"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, script).into_response())
}
