//! Endpoints together with what they say of themselves.

use std::collections::BTreeMap;

use utoipa::openapi::{OpenApi, RefOr, Schema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::Web;

/// A router that keeps the names of schemas apart. utoipa knows a schema by its name alone: of two types of one name it
/// keeps the last and lets it describe both, without a word.
#[derive(Default)]
pub(crate) struct Endpoints {
    router: OpenApiRouter<Web>,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Endpoints {
    /// None yet, under a document that says what it is about.
    pub(crate) fn under(document: OpenApi) -> Self {
        let schemas = document.components.as_ref().map(|components| components.schemas.clone()).unwrap_or_default();
        Self { router: OpenApiRouter::with_openapi(document), schemas }
    }

    /// Adds an endpoint.
    ///
    /// # Panics
    /// If a schema of it has the name of another one. Every start, and with it nearly every test, shows that.
    pub(crate) fn routes(mut self, endpoint: UtoipaMethodRouter<Web>) -> Self {
        for (name, schema) in &endpoint.0 {
            self.keep(name, schema.clone());
        }
        Self { router: self.router.routes(endpoint), ..self }
    }

    /// Adds other endpoints.
    ///
    /// # Panics
    /// As [`routes`](Self::routes).
    pub(crate) fn merge(mut self, other: Self) -> Self {
        for (name, schema) in other.schemas {
            self.keep(&name, schema);
        }
        Self { router: self.router.merge(other.router), ..self }
    }

    /// The same endpoints behind a layer.
    pub(crate) fn map(self, layer: impl FnOnce(OpenApiRouter<Web>) -> OpenApiRouter<Web>) -> Self {
        Self { router: layer(self.router), ..self }
    }

    /// The router, and the document.
    pub(crate) fn split(self) -> (axum::Router<Web>, OpenApi) {
        self.router.split_for_parts()
    }

    fn keep(&mut self, name: &str, schema: RefOr<Schema>) {
        let known = self.schemas.entry(name.to_owned()).or_insert_with(|| schema.clone());
        assert!(
            *known == schema,
            "two types have the schema name {name}; give one of them another by #[schema(as = ...)]"
        );
    }
}

#[cfg(test)]
mod tests {
    use utoipa_axum::routes;

    use super::*;

    mod one {
        #[derive(utoipa::ToSchema)]
        #[expect(dead_code, reason = "only its schema is looked at")]
        pub(super) struct Order {
            text: String,
        }
        #[utoipa::path(post, path = "/one", request_body = Order, responses((status = 204)))]
        pub(super) async fn create() {}
        #[utoipa::path(post, path = "/again", request_body = Order, responses((status = 204)))]
        pub(super) async fn again() {}
    }

    mod two {
        #[derive(utoipa::ToSchema)]
        #[expect(dead_code, reason = "only its schema is looked at")]
        pub(super) struct Order {
            count: u8,
        }
        #[utoipa::path(post, path = "/two", request_body = Order, responses((status = 204)))]
        pub(super) async fn create() {}
    }

    #[test]
    #[should_panic(expected = "two types have the schema name Order")]
    fn a_name_that_is_taken_stops_everything() {
        let _ = Endpoints::default().routes(routes!(one::create)).routes(routes!(two::create));
    }

    #[test]
    #[should_panic(expected = "two types have the schema name Order")]
    fn so_it_does_across_routers() {
        let other = Endpoints::default().routes(routes!(two::create));
        let _ = Endpoints::default().routes(routes!(one::create)).merge(other);
    }

    #[test]
    fn the_same_type_may_be_used_twice() {
        let endpoints = Endpoints::default().routes(routes!(one::create)).routes(routes!(one::again));
        assert_eq!(endpoints.split().1.paths.paths.len(), 2);
    }
}
