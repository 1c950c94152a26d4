//! The only place that chooses status codes. A handler ends in `Result<_, Problem>`; each refusal of a use case is
//! mapped in `refusals`, and the middleware `problems` writes the answer as problem+json or as a page.

mod document;
mod refusals;

pub(crate) use document::ProblemDocument;

use std::{borrow::Cow, time::Duration};

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use vanikeys_core::flow::{Failure, StoreError, Unavailable, billing::PAYMENTS, ready::NotReady};

/// Why a request was not served, ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// The code that programs tell it by, such as `NOT_FOUND`.
    pub(crate) code: &'static str,
    /// What happened, why, and what to do.
    pub(crate) message: Cow<'static, str>,
    /// Particulars that belong to the code.
    pub(crate) details: Option<Box<Value>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// One field that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct FieldError {
    /// Its path in the body, like `pattern.text`; empty for the body itself.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) message: String,
    /// Names a rule that no schema of the field can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), code: None }
    }

    /// The same for a rule with a code.
    pub(crate) fn code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }
}

/// A refusal that knows how it is told.
pub(crate) trait Refuse: std::fmt::Display {
    /// The problem it is answered with.
    fn problem(&self) -> Problem;
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), details: None, headers: Vec::new() }
    }

    pub(crate) fn details(self, details: impl Into<Value>) -> Self {
        Self { details: Some(Box::new(details.into())), ..self }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn refused(status: StatusCode, code: &'static str, refusal: &impl std::fmt::Display) -> Self {
        Self::new(status, code, sentence(&refusal.to_string()))
    }

    /// 404: nothing is there, or it is somebody else's.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("There is no such {what} here. Check the address."))
    }

    /// 405: the address exists, the method does not.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "This address does not take that method; the Allow header lists those it takes.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
    }

    /// 401: nobody is signed in, or what was presented is not valid.
    pub(crate) fn unauthenticated() -> Self {
        let message = "Sign in first: send a valid access token as a bearer, or sign in with the browser.";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: signed in, but not an admin.
    pub(crate) fn not_admin() -> Self {
        Self::new(StatusCode::FORBIDDEN, "NOT_ADMIN", "Only an administrator may do this.")
    }

    /// 403: a request with a cookie that did not come from our own page.
    pub(crate) fn foreign_origin() -> Self {
        let message = "This request carries a cookie but did not come from a page of this site, so it was not obeyed. \
            Open the page and try again; programs use an access token instead of a cookie.";
        Self::new(StatusCode::FORBIDDEN, "FOREIGN_ORIGIN", message)
    }

    /// 400: not JSON at all.
    pub(crate) fn malformed(reason: impl std::fmt::Display) -> Self {
        let message = format!("The body is not valid JSON: {reason}.");
        Self::new(StatusCode::BAD_REQUEST, "MALFORMED_JSON", message)
    }

    /// 400: the body could not be read.
    pub(crate) fn unreadable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "UNREADABLE_BODY", "The body could not be read to its end; send it again.")
    }

    /// 422: understood, but some fields will not do.
    pub(crate) fn invalid(fields: &[FieldError]) -> Self {
        let named = |error: &FieldError| match error.field.as_str() {
            "" => error.message.clone(),
            field => format!("{field}: {}", error.message),
        };
        let list = fields.iter().map(named).collect::<Vec<_>>().join("; ");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_FAILED", format!("The request is not valid. {list}."))
            .details(json!({ "fields": fields }))
    }

    /// 400: an `Idempotency-Key` that is not one.
    pub(crate) fn bad_idempotency_key() -> Self {
        let message = "The Idempotency-Key header must be 1 to 255 visible ASCII characters; send a UUID, for example.";
        Self::new(StatusCode::BAD_REQUEST, "INVALID_IDEMPOTENCY_KEY", message)
    }

    /// 413: the body is over the limit.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("The body is larger than {} KiB, the most that is read here.", limit / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message).details(json!({ "limitBytes": limit }))
    }

    /// 415: the body is of another type.
    pub(crate) fn unsupported_type(wanted: &'static str) -> Self {
        let message = format!("The body must be {wanted}; say so in the Content-Type header.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    /// 429: too often. Headers are added by the limiter.
    pub(crate) fn too_many(retry_after: u64) -> Self {
        let message = format!("Too many requests of this kind; try again in {retry_after} s.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message)
            .details(json!({ "retryAfterSeconds": retry_after }))
            .header(header::RETRY_AFTER, retry_after)
    }

    /// 429: too many streams are open at once.
    pub(crate) fn too_many_streams(most: u32) -> Self {
        let message = format!("You have {most} event streams open, the most there may be; close one first.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_STREAMS", message)
            .details(json!({ "limit": most }))
            .header(header::RETRY_AFTER, 5)
    }

    /// 503: the answer took too long.
    pub(crate) fn timed_out() -> Self {
        let message = "The answer took too long and was given up. Nothing is lost; try again with the same \
            Idempotency-Key, so that nothing happens twice.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIMED_OUT", message).header(header::RETRY_AFTER, 1)
    }

    /// 503: something that is needed does not answer.
    pub(crate) fn unavailable(what: &str) -> Self {
        Self::unavailable_for(what, SOON)
    }

    fn unavailable_for(what: &str, wait: Duration) -> Self {
        let message =
            format!("{} does not answer right now. Nothing is lost; try again in a moment.", capitalized(what));
        // A wait of less than a second is a second; rounding down would ask too early.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).header(header::RETRY_AFTER, seconds.max(1))
    }

    /// The same for payments, about which people worry more.
    fn of_payments(self) -> Self {
        let message = "The payment provider does not answer right now. Nothing was charged and nothing is half done; try \
            again in a moment.";
        Self { code: "PAYMENTS_UNAVAILABLE", message: message.into(), ..self }
    }

    /// 500: our fault; the particulars are in the log under the request's id.
    pub(crate) fn internal() -> Self {
        let message = "Something broke on our side. It was logged under this request's id; try again, and tell the \
            operator the id if it stays.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    fn key_reused() -> Self {
        let message = "This Idempotency-Key was used for another request before. Use a new key for new content.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED", message)
    }
}

/// How soon a request is worth trying again, when nobody knows better.
const SOON: Duration = Duration::from_secs(2);

/// A message of a lower layer as a sentence: a capital first and a full stop last.
pub(crate) fn sentence(text: &str) -> String {
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", capitalized(text))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Down(_) => {
                tracing::warn!(error = %error, "the database does not answer");
                Self::unavailable("the database")
            }
            StoreError::Serialization => Self::unavailable("the database (it is very busy)"),
            StoreError::Unique { .. }
            | StoreError::Rule { .. }
            | StoreError::Unreadable(_)
            | StoreError::Corrupt(_)
            | StoreError::Other(_) => {
                tracing::error!(error = %error, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<NotReady> for Problem {
    fn from(error: NotReady) -> Self {
        tracing::warn!(error = %error, "not ready");
        match error {
            NotReady::Database(_) => Self::unavailable("the database"),
            NotReady::Queue(_) => Self::unavailable("the queue"),
        }
    }
}

impl<R: Refuse> From<Failure<R>> for Problem {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.problem(),
            Failure::KeyReused => Self::key_reused(),
            Failure::Store(error) => error.into(),
            Failure::Unavailable(Unavailable { what, reason, retry_after }) => {
                tracing::warn!(%reason, "{what} cannot be used right now");
                let problem = Self::unavailable_for(what, retry_after.unwrap_or(SOON));
                if what == PAYMENTS { problem.of_payments() } else { problem }
            }
            Failure::Broken(error) => {
                tracing::error!(error = %error, "a use case broke");
                Self::internal()
            }
        }
    }
}

/// The body stays empty: the middleware `problems` knows the request's id, the time and whether a page or a
/// program asked, and writes it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_lower_layers_become_sentences() {
        assert_eq!(sentence("the amount must be positive"), "The amount must be positive.");
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn a_store_that_is_away_is_503_and_a_broken_rule_500() {
        let raced = Problem::from(StoreError::Serialization);
        assert_eq!((raced.status.as_u16(), raced.code), (503, "UNAVAILABLE"));
        let broken = Problem::from(StoreError::Rule { constraint: "x".into() });
        assert_eq!((broken.status.as_u16(), broken.code), (500, "INTERNAL"));
        assert!(!broken.message.contains('x'), "inner words stay inside");
    }

    #[test]
    fn a_dependency_that_is_away_is_503_and_says_when_to_try_again() {
        let away = Unavailable::new(PAYMENTS, "it answered 500 to key sk_live");
        let problem = Problem::from(Failure::<vanikeys_core::flow::pull::PullRefusal>::from(away.clone()));
        assert_eq!((problem.status.as_u16(), problem.code), (503, "PAYMENTS_UNAVAILABLE"));
        assert!(problem.message.starts_with("The payment provider does not answer right now."), "{}", problem.message);
        assert!(!problem.message.contains("sk_live"), "inner words stay inside");
        assert_eq!(problem.headers, [(header::RETRY_AFTER, HeaderValue::from(2))]);
        let away = Unavailable { retry_after: Some(Duration::from_millis(30_500)), ..away };
        let problem = Problem::from(Failure::<vanikeys_core::flow::pull::PullRefusal>::from(away));
        assert_eq!(problem.headers, [(header::RETRY_AFTER, HeaderValue::from(31))]);
        let other =
            Problem::from(Failure::<vanikeys_core::flow::pull::PullRefusal>::from(Unavailable::new("mail", "no")));
        assert_eq!(other.code, "UNAVAILABLE");
    }

    #[test]
    fn validation_names_every_field() {
        let fields = [FieldError::new("email", "is missing"), FieldError::new("password", "is too short")];
        let problem = Problem::invalid(&fields);
        assert_eq!(problem.status.as_u16(), 422);
        assert!(problem.message.contains("email: is missing; password: is too short"));
        assert_eq!(problem.details.unwrap()["fields"][1]["field"], "password");
    }
}
