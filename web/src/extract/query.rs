//! Strict query strings: no unknown name, every refused value named.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;
use vanikeys_core::domain::word::{Word, read};

use crate::{
    Web,
    error::{FieldError, Problem},
};

/// A query string of type `T`.
#[derive(Debug)]
pub(crate) struct ApiQuery<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let decoder = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let value = serde_path_to_error::deserialize(decoder).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            Problem::invalid(&[FieldError::new(path, error.inner().to_string())])
        })?;
        if query.contains("%00") {
            return Err(Problem::invalid(&[FieldError::new("", "the query must not contain a NUL character")]));
        }
        Ok(Self(value))
    }
}

/// A filter that names a case of an enum.
pub(crate) fn word<T: Word>(field: &str, given: Option<String>) -> Result<Option<T>, Problem> {
    let read = given.map(|text| read(&text)).transpose();
    read.map_err(|unknown| Problem::invalid(&[FieldError::new(field, unknown.to_string())]))
}
