//! Who asks. The middleware `identity` resolves the credential once a request and leaves an [`Identity`]; the
//! extractors here say what a handler needs: a viewer who may be nobody, somebody signed in, an admin.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;
use vanikeys_core::flow::{self, By, account::authenticate::With};

use crate::{Web, error::Problem};

/// The browser's cookie under https: the prefix makes browsers take it from this host alone, over TLS, for all paths.
pub(crate) const SECURE_COOKIE: &str = "__Host-vanikeys_session";

/// The browser's cookie on one's own machine without TLS, where browsers take no such prefix.
const PLAIN_COOKIE: &str = "vanikeys_session";

/// The name of the browser's cookie.
pub(crate) fn session_cookie(web: &Web) -> &'static str {
    if web.secure() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// Who a request comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Identity {
    /// It showed nothing.
    #[default]
    Nobody,
    /// It showed something that is not valid (any more).
    Invalid,
    /// A user.
    User(Arc<Person>),
    /// A program of the operator's, with an admin API key.
    Key(Uuid),
}

/// A signed-in user, as much as every page needs.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The user.
    pub(crate) id: Uuid,
    /// The name shown.
    pub(crate) username: String,
    /// Whether heists are shown to them; a part of all users sees them first.
    pub(crate) plays: bool,
    /// Whether an administrator.
    pub(crate) admin: bool,
    /// The credential that this request showed.
    pub(crate) with: With,
}

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin(pub(crate) flow::Origin);

impl FromRequestParts<Web> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Whoever looks, signed in or not.
#[derive(Clone, Debug)]
pub(crate) struct Viewer(pub(crate) Option<Arc<Person>>);

impl Viewer {
    /// The user's id, if signed in.
    pub(crate) fn id(&self) -> Option<Uuid> {
        self.0.as_ref().map(|person| person.id)
    }
}

impl FromRequestParts<Web> for Viewer {
    type Rejection = Problem;

    /// An invalid cookie is nobody (the session ended); an invalid bearer is a mistake and told.
    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        match parts.extensions.get::<Identity>() {
            Some(Identity::User(person)) => Ok(Self(Some(person.clone()))),
            Some(Identity::Invalid) if parts.headers.contains_key(http::header::AUTHORIZATION) => {
                Err(Problem::unauthenticated())
            }
            _ => Ok(Self(None)),
        }
    }
}

/// Somebody signed in, and where from.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// Who.
    pub(crate) person: Arc<Person>,
    /// As use cases take it.
    pub(crate) actor: flow::Actor,
}

impl FromRequestParts<Web> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Some(Identity::User(person)) = parts.extensions.get::<Identity>().cloned() else {
            return Err(Problem::unauthenticated());
        };
        let Origin(origin) = Origin::from_request_parts(parts, web).await?;
        Ok(Self { actor: flow::Actor { user: person.id, origin }, person })
    }
}

/// An administrator, or a program with an admin API key.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    /// As use cases of administration take it.
    pub(crate) by: By,
    /// The signed-in administrator; none for a program.
    pub(crate) signed: Option<Signed>,
}

impl Admin {
    /// The actor behind it; none for a program.
    pub(crate) fn actor(&self) -> Option<&flow::Actor> {
        self.signed.as_ref().map(|signed| &signed.actor)
    }
}

impl FromRequestParts<Web> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        if let Some(Identity::Key(key)) = parts.extensions.get::<Identity>() {
            let api_key = Some(*key);
            let Origin(origin) = Origin::from_request_parts(parts, web).await?;
            return Ok(Self { by: By { admin: None, api_key, origin }, signed: None });
        }
        let signed = Signed::from_request_parts(parts, web).await?;
        if !signed.person.admin {
            return Err(Problem::not_admin());
        }
        let by = By { admin: Some(signed.person.id), api_key: None, origin: signed.actor.origin.clone() };
        Ok(Self { by, signed: Some(signed) })
    }
}
