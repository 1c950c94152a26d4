//! Says who a credential belongs to, if it counts.

use std::time::Duration;

use uuid::Uuid;

use super::{Credential, Form, access_token, credential::SESSION_LASTS};
use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::{account::Role, owner::Owner},
    store::{StoreResult, access_tokens, sessions, transact, users},
};

/// A session's last use is noted at most this often.
const NOTED: Duration = Duration::from_secs(60 * 60);

/// Who signed in, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// The user.
    pub user: Uuid,
    /// The name others see.
    pub username: String,
    /// What the user may do.
    pub role: Role,
    /// The credential.
    pub with: With,
}

/// The credential behind a request, by what the store knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// An access token's `jti`.
    AccessToken(Uuid),
    /// A session secret's hash.
    Session([u8; 32]),
}

impl With {
    /// Its kind.
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Self::AccessToken(_) => Form::AccessToken,
            Self::Session(_) => Form::Session,
        }
    }
}

/// Who this credential belongs to; none if it is unknown, changed, expired or revoked, or its user is gone.
///
/// # Errors
/// The store's.
pub async fn authenticate(app: &App, credential: &Credential) -> StoreResult<Option<Authenticated>> {
    let known = match credential {
        Credential::AccessToken(token) => token_owner(app, token.expose()).await?,
        Credential::Session(secret) => session_owner(app, secret.expose()).await?,
    };
    let Some((user, with)) = known else { return Ok(None) };
    let mut on = app.db.read().await?;
    let user = users::find(&mut on, user).await?.filter(users::User::is_active);
    Ok(user.and_then(|user| Some(Authenticated { user: user.id, username: user.username?, role: user.role, with })))
}

/// Whether a credential that counted once still does; for what goes on long after it was shown.
///
/// # Errors
/// The store's.
pub async fn stands(app: &App, user: Uuid, with: With) -> StoreResult<bool> {
    let now = app.clock.now();
    let mut on = app.db.read().await?;
    let valid = match with {
        With::AccessToken(jti) => access_tokens::is_valid(&mut on, jti, Owner::User(user), now).await?,
        With::Session(hash) => sessions::find(&mut on, &hash, now).await?.is_some_and(|one| one.user_id == user),
    };
    Ok(valid && users::find(&mut on, user).await?.is_some_and(|user| user.is_active()))
}

async fn token_owner(app: &App, token: &str) -> StoreResult<Option<(Uuid, With)>> {
    let now = app.clock.now();
    let issuer = &app.config.public_url.origin;
    let Some(claims) = access_token::verify(&app.keyring, issuer, token, now) else { return Ok(None) };
    let mut on = app.db.read().await?;
    let valid = access_tokens::is_valid(&mut on, claims.jti, Owner::User(claims.sub), now).await?;
    Ok(valid.then_some((claims.sub, With::AccessToken(claims.jti))))
}

async fn session_owner(app: &App, secret: &str) -> StoreResult<Option<(Uuid, With)>> {
    let now = app.clock.now();
    for hash in app.keyring.credential_hashes(HashPurpose::Session, secret.as_bytes()) {
        let mut on = app.db.read().await?;
        let Some(session) = sessions::find(&mut on, &hash, now).await? else { continue };
        drop(on);
        if now.since(session.last_seen_at) >= NOTED {
            note_use(app, &hash).await?;
        }
        return Ok(Some((session.user_id, With::Session(hash))));
    }
    Ok(None)
}

async fn note_use(app: &App, hash: &[u8; 32]) -> StoreResult<()> {
    let now = app.clock.now();
    let expires: Duration = SESSION_LASTS;
    transact!(app.db, tx => sessions::touch(tx, hash, now, now + expires).await)
}
