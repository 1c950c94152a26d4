//! Ids and short names in paths. What cannot be one is answered like one that does not exist: 404.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use uuid::Uuid;

use crate::{Web, error::Problem};

/// The only id in the path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) Uuid);

impl FromRequestParts<Web> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Slug(text) = Slug::from_request_parts(parts, web).await?;
        // Only the hyphenated form: one thing has one address.
        let hyphenated = text.len() == 36;
        text.parse().ok().filter(|_| hyphenated).map(Self).ok_or_else(|| Problem::not_found("thing"))
    }
}

/// The only name in the path.
#[derive(Clone, Debug)]
pub(crate) struct Slug(pub(crate) String);

impl FromRequestParts<Web> for Slug {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, web).await.map_err(|_| Problem::not_found("page"))?;
        if text.contains('\0') { Err(Problem::not_found("page")) } else { Ok(Self(text)) }
    }
}
