//! The OpenAPI document: what the handlers say of themselves, completed with what holds for all of them (errors,
//! headers, credentials), so that no handler has to repeat it.

mod common;
mod endpoints;
mod tighten;

pub(super) use endpoints::Endpoints;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::error::ProblemDocument;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "VaniKeys",
        description = "Vanity Ed25519 keys: exact odds, pulls, guaranteed searches.\n\n\
            Bodies are JSON in camelCase; unknown fields are refused. Ids are UUIDs, times RFC 3339 in UTC. Lists take \
            `limit` and `offset` and answer `total`. Errors are `application/problem+json` (RFC 9457): programs look at \
            `error`. `VALIDATION_FAILED` names every field in `details.fields`; a `code` there stands for a rule that \
            the schema cannot say, such as a password being too common. Send an `Idempotency-Key` with whatever spends \
            or moves something: the same key and body answer as the first time, for 24 hours.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Credentials),
    tags(
        (name = "accounts", description = "Registering, signing in, one's own account"),
        (name = "patterns", description = "What a pattern means and what it takes"),
        (name = "pulls", description = "One key there and then"),
        (name = "jobs", description = "A search until the key is found"),
        (name = "tokens", description = "Balance and transfers"),
        (name = "payments", description = "Packs of VaniTokens, plans, purchases"),
        (name = "heists", description = "Robbing, being robbed, shields"),
        (name = "points", description = "Points, the leaderboard of a month, referrals"),
        (name = "notices", description = "What happened while one was away"),
        (name = "webhooks", description = "Events sent to one's own endpoints"),
        (name = "admin", description = "Operation"),
        (name = "service", description = "Health, metrics, keys for checking")
    )
)]
pub(super) struct Document;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("accessToken", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description(
            super::extract::SECURE_COOKIE,
            "Set at sign-in on the site. Without TLS, on one's own machine, its name has no `__Host-`.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// What the routes declare, completed, as JSON.
pub(super) fn json(mut document: openapi::OpenApi) -> String {
    common::complete(&mut document);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    tighten::tighten(&mut document);
    document.to_string()
}
