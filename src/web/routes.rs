//! Every URL of the site on one page. The comment beside each API route is its method and path as the handler
//! declares them; a test holds the two together.

use axum::{Router, routing::get};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web, api, assets,
    error::Problem,
    middleware::{self, Group, limited, limited_pages},
    openapi, pages,
};

/// The whole site.
pub(super) fn site(web: Web) -> Router {
    let (api, _) = api(Some(&web)).split_for_parts();
    let router = Router::new()
        .merge(api)
        .merge(limited_pages(&web, people()))
        .route("/assets/{*path}", get(assets::serve))
        .fallback(async || Problem::not_found("page"))
        .method_not_allowed_fallback(async || Problem::method_not_allowed());
    middleware::wrap(router, &web).with_state(web)
}

/// The OpenAPI document as the handlers declare it.
pub(super) fn document() -> utoipa::openapi::OpenApi {
    api(None).into_openapi()
}

/// What programs call. Without a running site it only declares itself.
fn api(web: Option<&Web>) -> OpenApiRouter<Web> {
    let within = |group: Group, router: OpenApiRouter<Web>| match web {
        Some(web) => limited(web, group, router),
        None => router,
    };
    let _ = within;
    OpenApiRouter::with_openapi(openapi::Document::openapi()).merge(service())
}

/// Health and what belongs to the service itself; not limited, since operators poll it.
fn service() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(api::service::healthz)) // GET /healthz
        .routes(routes!(api::service::readyz)) // GET /readyz
        .routes(routes!(api::service::metrics)) // GET /metrics
        .routes(routes!(api::service::document)) // GET /openapi.json
}

/// What people look at.
fn people() -> Router<Web> {
    Router::new().route("/", get(pages::home::show)).route("/docs/api", get(pages::reference::show))
}
