//! The frame of every page, and the fields that several have.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{
        HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    },
};

const STYLE: &str = include_str!("style.css");
/// No script runs. `form-action` is left open, because paying leads to the address that the session names.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The stylesheet of all pages.
pub(crate) async fn style() -> Response<Body> {
    let mut response = Response::new(Body::from(STYLE));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    response
}

/// Text as it is written into HTML, also within attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A page with this title and this content, which is HTML. `root` is what every link begins with.
pub(super) fn page(root: &str, status: StatusCode, title: &str, content: &str) -> Response<Body> {
    let title = escape(title);
    let text = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · Payment sandbox</title>
<link rel="stylesheet" href="{root}/c/sandbox.css">
</head>
<body>
<header><p><strong>Payment sandbox.</strong> No money moves here, and no real card is taken.</p></header>
<main>
<h1>{title}</h1>
{content}</main>
</body>
</html>
"#
    );
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A page that says why there is nothing to do.
pub(super) fn dead_end(root: &str, status: StatusCode, title: &str, message: &str, link: &str) -> Response<Body> {
    let mut content = format!("<p>{}</p>\n", escape(message));
    if !link.is_empty() {
        let _ = writeln!(content, r#"<p><a href="{}">Back to the shop</a></p>"#, escape(link));
    }
    page(root, status, title, &content)
}

/// What went wrong with the attempt before, if anything did.
pub(super) fn alert(message: &str) -> String {
    if message.is_empty() {
        return String::new();
    }
    format!("<p class=\"alert\" role=\"alert\" id=\"error\">{}</p>\n", escape(message))
}

/// The field for a test number, with those that can be entered.
pub(super) fn number_field(wrong: bool) -> String {
    let state = if wrong {
        r#" aria-invalid="true" aria-describedby="error numbers""#
    } else {
        r#" aria-describedby="numbers""#
    };
    format!(
        r#"<label for="number">Card or account number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" required value="4242 4242 4242 4242" list="known"{state}>
<datalist id="known">
<option value="4242 4242 4242 4242">Pays</option>
<option value="4000 0000 0000 0002">Declined</option>
<option value="4000 0027 6000 3184">Asks for authentication</option>
<option value="000123456789">Bank debit that arrives days later</option>
<option value="000111111116">Bank debit that fails days later</option>
</datalist>
<dl id="numbers">
<dt>4242 4242 4242 4242</dt><dd>pays</dd>
<dt>4000 0000 0000 0002</dt><dd>is declined</dd>
<dt>4000 0027 6000 3184</dt><dd>asks for authentication</dd>
<dt>000123456789</dt><dd>is a bank debit that arrives days later</dd>
<dt>000111111116</dt><dd>is a bank debit that fails days later</dd>
</dl>
"#
    )
}
