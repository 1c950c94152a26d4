//! The same-origin rule: an unsafe request that carries our cookie is obeyed only if the browser says that one of
//! our own pages sent it. Programs send access tokens and no cookie, so the rule does not touch them.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};

use crate::{Web, error::Problem};

pub(super) async fn same_origin(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || allowed(request.headers(), web.public_origin()) {
        next.run(request).await
    } else {
        Problem::foreign_origin().into_response()
    }
}

fn allowed(headers: &HeaderMap, public: &str) -> bool {
    let get = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(site) = get(header::HeaderName::from_static("sec-fetch-site")) {
        // Without a cookie a page of another site may still call the API with an access token that it was given;
        // but signing a browser in from there would be a trick.
        return site == "same-origin" || !headers.contains_key(header::COOKIE) && site != "cross-site";
    }
    if !headers.contains_key(header::COOKIE) {
        return true;
    }
    let Some(origin) = get(header::ORIGIN) else { return false };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == public || host.is_some() && host == get(header::HOST)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn with(list: &[(&'static str, &'static str)]) -> bool {
        let pairs =
            list.iter().map(|&(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)));
        allowed(&HeaderMap::from_iter(pairs), "https://keys.example")
    }

    #[test]
    fn a_cookie_needs_our_own_page() {
        let cookie = ("cookie", "vanikeys_session=x");
        assert!(with(&[cookie, ("sec-fetch-site", "same-origin")]));
        assert!(!with(&[cookie, ("sec-fetch-site", "cross-site")]));
        assert!(!with(&[cookie, ("sec-fetch-site", "same-site")]));
        assert!(!with(&[cookie, ("sec-fetch-site", "none")]));
        assert!(with(&[cookie, ("origin", "https://keys.example"), ("host", "inner:8080")]));
        assert!(with(&[cookie, ("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!with(&[cookie, ("origin", "https://evil.example"), ("host", "keys.example")]));
        assert!(!with(&[cookie, ("origin", "null"), ("host", "keys.example")]));
        assert!(!with(&[cookie]), "neither header: no browser of this decade, so nobody we trust");
    }

    #[test]
    fn programs_without_cookies_are_left_alone() {
        assert!(with(&[]));
        assert!(with(&[("origin", "https://evil.example")]));
        assert!(!with(&[("sec-fetch-site", "cross-site")]), "signing a browser in from elsewhere");
    }
}
