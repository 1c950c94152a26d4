//! The web front: an HTTP API and server-rendered pages over the use cases of `vanikeys-core`. A handler parses,
//! calls one use case and renders; it knows no SQL and starts no search.

mod admin;
mod api;
mod assets;
mod callbacks;
mod error;
mod extract;
mod meter;
mod middleware;
mod openapi;
mod pages;
mod policy;
mod routes;
mod serve;
#[cfg(test)]
mod tests;

pub use serve::{Capacity, ListenError, listen, serve};

use std::sync::Arc;

use axum::{Router, extract::FromRef};
use tokio_util::sync::CancellationToken;
use vanikeys_core::app::App;

use meter::Meter;

/// What handlers share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Web {
    /// The use cases' context.
    pub(crate) app: App,
    /// Metrics.
    pub(crate) meter: Meter,
    /// The OpenAPI document, as JSON.
    pub(crate) document: Arc<str>,
    /// Ends long answers when the process stops.
    pub(crate) stopping: CancellationToken,
    /// Whether pages for development are there.
    pub(crate) development: bool,
    /// The pages of the sandbox that plays Stripe, if one does.
    pub(crate) sandbox: Option<Router>,
}

/// Where the pages of the sandbox that plays Stripe are.
pub const SANDBOX_PATH: &str = "/sandbox";

impl Web {
    /// The web front over `app`; `stopping` is its word to end.
    pub fn new(app: App, stopping: CancellationToken) -> Self {
        let meter = Meter::install();
        let document = openapi::json(routes::document()).into();
        Self { app, meter, document, stopping, development: false, sandbox: None }
    }

    /// The same with pages for development, such as `/design`.
    pub fn in_development(self) -> Self {
        Self { development: true, ..self }
    }

    /// The same with the pages of a sandbox that plays Stripe, under [`SANDBOX_PATH`].
    pub fn with_sandbox(self, pages: Router) -> Self {
        Self { sandbox: Some(pages), ..self }
    }

    /// The origin under which people reach the site, like `https://keys.example`.
    pub(crate) fn public_origin(&self) -> &str {
        &self.app.config.public_url.origin
    }

    /// Whether people reach the site over TLS.
    pub(crate) fn secure(&self) -> bool {
        self.app.config.public_url.https
    }
}

impl FromRef<Web> for App {
    fn from_ref(web: &Web) -> Self {
        web.app.clone()
    }
}
