//! The content security policy: nothing from other hosts, nothing inline, nothing framed; and what one answer may do
//! beyond that.

use http::HeaderValue;

/// What every answer may do.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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

    /// The header that says so.
    pub(crate) fn policy(&self) -> HeaderValue {
        let text = POLICY.replace(FORM_ACTION, &format!("{FORM_ACTION}{}", self.form_action));
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(POLICY))
    }
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
