//! Security headers: nothing from other hosts, nothing inline, nothing framed, nothing kept by caches unless an
//! answer says otherwise. An answer may widen what it needs to, by [`Widened`].

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

use crate::Web;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The sources of [`POLICY`] that an answer may add to.
const FORM_ACTION: &str = "form-action 'self'";

/// What one answer may do beyond what every answer may; a handler adds it to its answer as an `Extension`. Problems and
/// whatever else is answered in its place stay strict.
#[derive(Clone, Debug, Default)]
pub(crate) struct Widened {
    form_action: String,
}

impl Widened {
    /// Forms of the page may also lead, by a redirect too, to an origin like `https://checkout.example`.
    pub(crate) fn forms_to(mut self, origin: &str) -> Self {
        let host = origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"));
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_some_and(|(_, host)| !host.is_empty() && host.chars().all(fits)) {
            self.form_action.push(' ');
            self.form_action.push_str(origin);
        } else {
            tracing::error!(origin, "a page's forms cannot be let lead to what is no origin");
        }
        self
    }

    fn policy(&self) -> HeaderValue {
        let text = POLICY.replace(FORM_ACTION, &format!("{FORM_ACTION}{}", self.form_action));
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(POLICY))
    }
}

pub(super) async fn secure(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let widened = response.extensions().get::<Widened>().map(Widened::policy);
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(policy) = widened {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if web.secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        // A proxy that keeps what it gets until there is more of it would keep a stream's events.
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_widened_by_origins_and_by_nothing_else() {
        let widened = Widened::default().forms_to("https://checkout.example").forms_to("http://[::1]:12111");
        let policy = widened.policy();
        let policy = policy.to_str().unwrap();
        assert!(
            policy.contains("form-action 'self' https://checkout.example http://[::1]:12111; base-uri"),
            "{policy}"
        );
        assert_eq!(policy.replace(" https://checkout.example http://[::1]:12111", ""), POLICY);
        for odd in ["", "https://", "checkout.example", "https://a; script-src *", "https://a b", "javascript://a"] {
            assert_eq!(Widened::default().forms_to(odd).policy(), POLICY, "{odd}");
        }
    }
}
