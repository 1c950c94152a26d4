//! What handlers take from a request, parsed and checked, or a `Problem` in its place.

mod actor;
mod body;
pub(crate) mod cookies;
mod fields;
mod form;
mod idem;
mod ids;
mod json;
mod page;
mod query;

pub(crate) use actor::{Admin, Identity, Origin, Person, SECURE_COOKIE, Signed, Viewer, session_cookie};
pub(crate) use body::{BODY_LIMIT, RawBody, at_most};
pub(crate) use fields::{Check, Fields};
pub(crate) use form::Form;
pub(crate) use idem::Idem;
pub(crate) use ids::{Id, Slug};
pub(crate) use json::ApiJson;
pub(crate) use page::{Listed, Page};
pub(crate) use query::{ApiQuery, word};
