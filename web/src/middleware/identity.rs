//! Resolves the credential of a request, once: an access token in `Authorization`, else the browser's cookie.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use http::{HeaderMap, header};
use vanikeys_core::{
    domain::account::Role,
    flow::{
        account::{Credential, authenticate},
        admin::api_keys,
        heist,
    },
    secret::Secret,
};

use crate::{
    Web,
    error::Problem,
    extract::{Identity, Person, session_cookie},
};

/// Nobody is asked who they are here.
const SERVICE: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

pub(super) async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    // Whether the service is well must be told while the database is away, and costs no look into it.
    if SERVICE.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let identity = match shown(&web, request.headers()) {
        Shown::Nothing => Identity::Nobody,
        Shown::Unreadable => Identity::Invalid,
        Shown::Credential(credential) => match resolve(&web, &credential).await {
            Ok(identity) => identity,
            Err(problem) => return problem.into_response(),
        },
    };
    request.extensions_mut().insert(identity.clone());
    let mut response = next.run(request).await;
    // Error pages, which are written further out, show who is signed in.
    response.extensions_mut().insert(identity);
    response
}

enum Shown {
    Nothing,
    Unreadable,
    Credential(Credential),
}

fn shown(web: &Web, headers: &HeaderMap) -> Shown {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let bearer = value.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        return bearer
            .map_or(Shown::Unreadable, |token| Shown::Credential(Credential::AccessToken(Secret::new(token))));
    }
    let cookie = CookieJar::from_headers(headers).get(session_cookie(web)).map(|cookie| cookie.value().to_owned());
    cookie.map_or(Shown::Nothing, |id| Shown::Credential(Credential::Session(Secret::new(id))))
}

async fn resolve(web: &Web, credential: &Credential) -> Result<Identity, Problem> {
    if let Credential::AccessToken(shown) = credential
        && let Some(key) = api_keys::authenticate(&web.app, shown).await?
    {
        return Ok(Identity::Key(key.id));
    }
    let known = authenticate::authenticate(&web.app, credential).await?;
    Ok(known.map_or(Identity::Invalid, |known| {
        let admin = known.role == Role::Admin;
        let plays = heist::takes_part(&web.app, known.user);
        Identity::User(Arc::new(Person { id: known.user, username: known.username, plays, admin, with: known.with }))
    }))
}
