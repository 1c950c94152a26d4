//! What holds for every operation of its kind: answers by method, parameters and body, with the codes of their problems.

use utoipa::openapi::{
    self, ContentBuilder, HttpMethod, Ref, RefOr, ResponseBuilder,
    path::{Operation, ParameterIn},
};

/// Adds what holds for every operation of its kind.
pub(super) fn complete(document: &mut openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                describe(operation);
                add_common(&method, path, operation);
            }
        }
    }
}

/// Gives every answer words, and every refusal the schema of a problem.
fn describe(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            let words = status.parse().ok().and_then(|code| http::StatusCode::from_u16(code).ok());
            response.description = words.and_then(|code| code.canonical_reason()).unwrap_or("Done").to_owned();
        }
        if status.starts_with(['4', '5']) && response.content.is_empty() {
            *response = problem(&response.description);
        }
    }
}

fn add_common(method: &HttpMethod, path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: &ParameterIn| {
        parameters.iter().any(|parameter| matches!(parameter, RefOr::T(own) if own.parameter_in == *place))
    };
    let (in_path, query, key) = (has(&ParameterIn::Path), has(&ParameterIn::Query), has(&ParameterIn::Header));
    let body = operation.request_body.is_some();
    let signed = operation.security.as_ref().is_some_and(|security| !security.is_empty());
    let changes = !matches!(method, HttpMethod::Get);
    let common = [
        (body, "400", "`MALFORMED_JSON` or `UNREADABLE_BODY`: the body is not JSON, or did not arrive in full"),
        (key, "400", "`INVALID_IDEMPOTENCY_KEY`"),
        (signed, "401", "`UNAUTHENTICATED`: nobody is signed in, or the credential is not valid"),
        (path.starts_with("/admin/"), "403", "`NOT_ADMIN`: not an administrator"),
        (changes, "403", "`FOREIGN_ORIGIN`: a cookie from a page of another site"),
        (in_path, "404", "`NOT_FOUND`: nothing is there, or it is somebody else's"),
        (body, "413", "`BODY_TOO_LARGE`: over 64 KiB"),
        (body, "415", "`UNSUPPORTED_MEDIA_TYPE`: not `application/json`"),
        (body || query, "422", "`VALIDATION_FAILED`: a field is not valid; `details.fields` names each"),
        (key, "422", "`IDEMPOTENCY_KEY_REUSED`: the key was used for another request before"),
        (true, "429", "`RATE_LIMITED`: too many requests; `Retry-After` says how long to wait"),
        (true, "500", "`INTERNAL`: a fault on our side, logged under `requestId`"),
        (true, "503", "`UNAVAILABLE` or `TIMED_OUT`: database or queue do not answer right now, or not in time"),
    ];
    for (wanted, status, description) in common {
        if wanted {
            add(operation, status, description);
        }
    }
}

/// Adds a reason for a status to those that the handler named.
fn add(operation: &mut Operation, status: &str, description: &str) {
    let responses = &mut operation.responses.responses;
    match responses.get_mut(status) {
        Some(RefOr::T(response)) => response.description = format!("{}; {description}", response.description),
        Some(RefOr::Ref(_)) => {}
        None => drop(responses.insert(status.to_owned(), RefOr::T(problem(description)))),
    }
}

fn problem(description: &str) -> openapi::Response {
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
