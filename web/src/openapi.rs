//! The OpenAPI document: what the handlers say of themselves, completed with what holds for all of them (errors,
//! headers, credentials), so that no handler has to repeat it.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, ContentBuilder, HttpMethod, Ref, RefOr, ResponseBuilder,
        path::{Operation, ParameterIn},
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
            `error`. Send an `Idempotency-Key` with whatever spends or moves something: the same key and body answer \
            as the first time, for 24 hours.",
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
    complete(&mut document);
    document.to_json().unwrap_or_default()
}

/// Adds what holds for every operation of its kind.
fn complete(document: &mut openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let admin = path.starts_with("/admin/");
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                add_common(&method, admin, operation);
            }
        }
    }
}

fn add_common(method: &HttpMethod, admin: bool, operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let words = status.parse().ok().and_then(|code| http::StatusCode::from_u16(code).ok());
            response.description = words.and_then(|code| code.canonical_reason()).unwrap_or("Done").to_owned();
        }
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            *response = described(&response.description);
        }
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: &ParameterIn| {
        parameters.iter().any(|parameter| matches!(parameter, RefOr::T(own) if own.parameter_in == *place))
    };
    let (path, query, header) = (has(&ParameterIn::Path), has(&ParameterIn::Query), has(&ParameterIn::Header));
    let body = operation.request_body.is_some();
    let signed = operation.security.as_ref().is_some_and(|security| !security.is_empty());
    let mut add = |status: &str, wanted: bool, description: &str| {
        if wanted && !operation.responses.responses.contains_key(status) {
            operation.responses.responses.insert(status.to_owned(), RefOr::T(described(description)));
        }
    };
    add("400", body || header, "The body is not JSON, or a header is not what it must be");
    add("401", signed, "Nobody is signed in, or the credential is not valid");
    add("403", admin, "Not an administrator, or a cookie from a page of another site");
    add("403", !matches!(method, HttpMethod::Get), "A cookie from a page of another site");
    add("404", path, "Nothing is there, or it is somebody else's");
    add("413", body, "The body is over 64 KiB");
    add("415", body, "The body is not `application/json`");
    add("422", body || query, "A field is not valid; `details.fields` names each");
    add("422", header, "The Idempotency-Key was used for another request before");
    add("429", true, "Too many requests; `Retry-After` says how long to wait");
    add("500", true, "A fault on our side, logged under `requestId`");
    add("503", true, "The database or queue does not answer right now");
}

fn described(description: &str) -> openapi::Response {
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
