//! Lists: `limit` and `offset` in the query, `total` in the answer.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::query::ApiQuery;
use crate::{
    Web,
    error::{FieldError, Problem},
};

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: u32,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    pub(crate) offset: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 50, offset: 0 }
    }
}

impl Page {
    /// The page, if its numbers are in bounds.
    pub(crate) fn checked(self) -> Result<Self, Problem> {
        if !(1..=200).contains(&self.limit) {
            return Err(Problem::invalid(&[FieldError::new("limit", "must be from 1 to 200")]));
        }
        if self.offset > 1_000_000 {
            return Err(Problem::invalid(&[FieldError::new("offset", "must be from 0 to 1000000")]));
        }
        Ok(self)
    }
}

impl FromRequestParts<Web> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let ApiQuery(page) = ApiQuery::<Self>::from_request_parts(parts, web).await?;
        page.checked()
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// At most so many were asked for.
    pub(crate) limit: u32,
    /// From this one on.
    pub(crate) offset: u32,
    /// So many there are in all.
    pub(crate) total: u64,
}

impl<T> Listed<T> {
    pub(crate) fn new(items: Vec<T>, page: Page, total: i64) -> Self {
        let total = u64::try_from(total).unwrap_or(0);
        Self { items, limit: page.limit, offset: page.offset, total }
    }
}
