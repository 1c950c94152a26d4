//! Pages: each file is one page or one group of them, its template has the same name. Every page works without
//! JavaScript; scripts only make it quicker.

mod frame;
pub(crate) mod home;
pub(crate) mod reference;

pub(crate) use frame::Frame;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::error::Problem;

/// The main navigation: section, address, name.
pub(crate) const NAVIGATION: &[(&str, &str, &str)] = &[
    ("pull", "/app", "Pull"),
    ("jobs", "/app/jobs", "Jobs"),
    ("history", "/app/history", "History"),
    ("odds", "/odds", "Odds"),
];

/// A template as a page.
pub(crate) fn page(template: &impl Template) -> Result<Response, Problem> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(error = %error, "a page could not be written");
            Err(Problem::internal())
        }
    }
}

/// A text as a value in a query string.
pub(crate) fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
