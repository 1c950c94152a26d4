//! The two credentials: an opaque session secret for browsers, a signed access token for the API. Both are given out
//! here and nowhere else.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use uuid::Uuid;

use super::{
    Outcome,
    access_token::{self, Claims},
};
use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::{owner::Owner, time::Timestamp},
    flow::Failure,
    random,
    secret::Secret,
    store::{Tx, access_tokens, audit::Origin, sessions, users::User},
};

/// Life of an access token.
pub(super) const TOKEN_LASTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Life of a session that nobody uses.
pub(super) const SESSION_LASTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Which credential somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For programs: an access token.
    AccessToken,
    /// For browsers: the secret of a session cookie.
    Session,
}

/// A credential as a request shows it.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An access token.
    AccessToken(Secret),
    /// The secret of a session cookie.
    Session(Secret),
}

impl Credential {
    /// What kind it is.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self {
            Self::AccessToken(_) => Form::AccessToken,
            Self::Session(_) => Form::Session,
        }
    }
}

/// A credential that was just made.
#[derive(Clone, Debug)]
pub struct Given {
    /// The credential; shown to the client once and not kept in the clear.
    pub secret: Secret,
    /// What kind it is.
    pub form: Form,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Somebody who has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The credential.
    pub given: Given,
}

/// Gives a user a new credential.
pub(super) async fn give(tx: &mut Tx, app: &App, user: Uuid, form: Form, origin: &Origin) -> Outcome<Given> {
    let now = app.clock.now();
    match form {
        Form::AccessToken => {
            let jti = Uuid::now_v7();
            let expires_at = Timestamp::from_micros((now + TOKEN_LASTS).seconds() * 1_000_000);
            let claims = Claims {
                iss: app.config.public_url.origin.clone(),
                sub: user,
                jti,
                iat: now.seconds(),
                exp: expires_at.seconds(),
            };
            let token = access_token::sign(&app.keyring, &claims).map_err(Failure::broken)?;
            access_tokens::insert(tx, jti, Owner::User(user), now, expires_at).await?;
            Ok(Given { secret: Secret::new(token), form, expires_at })
        }
        Form::Session => {
            let secret: [u8; 32] = random::bytes().map_err(Failure::broken)?;
            let secret = Secret::new(BASE64.encode(secret));
            let hash = app.keyring.credential_hash(HashPurpose::Session, secret.expose().as_bytes());
            let expires_at = now + SESSION_LASTS;
            let browser = origin.user_agent.as_deref().map(short);
            sessions::insert(tx, &hash, user, browser, now, expires_at).await?;
            Ok(Given { secret, form, expires_at })
        }
    }
}

/// The first 200 characters: what a browser calls itself is the client's to choose.
fn short(text: &str) -> &str {
    text.char_indices().nth(200).map_or(text, |(end, _)| &text[..end])
}
