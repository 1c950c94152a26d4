//! Bodies of HTML forms. Unknown names are refused as in JSON; checks that a person can mend are the page's own.

use axum::extract::{FromRequest, Request};
use http::header;
use serde::de::DeserializeOwned;

use super::body::RawBody;
use crate::{
    Web,
    error::{FieldError, Problem},
};

/// A form of type `T`.
#[derive(Debug)]
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Web> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Problem::unsupported_type("application/x-www-form-urlencoded"));
        }
        let RawBody(bytes) = RawBody::from_request(request, web).await?;
        if bytes.contains(&0) || bytes.windows(3).any(|three| three == b"%00") {
            return Err(Problem::invalid(&[FieldError::new("", "the form must not contain a NUL character")]));
        }
        let decoder = serde_urlencoded::Deserializer::new(form_urlencoded::parse(&bytes));
        serde_path_to_error::deserialize(decoder)
            .map(Self)
            .map_err(|error| Problem::invalid(&[FieldError::new(error.path().to_string(), error.inner().to_string())]))
    }
}
