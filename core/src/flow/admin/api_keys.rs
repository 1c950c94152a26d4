//! API keys of the admin API, for programs. A key is shown once; only its hash is kept.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::note;
use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::audit::Action,
    flow::{By, Failure},
    random,
    secret::Secret,
    store::{StoreResult, admin_keys, transact},
};

pub use crate::store::admin_keys::AdminKey;

/// How a key begins, so that people and scanners recognise one.
const PREFIX: &str = "vka_";
/// A key's last use is noted at most this often.
const NOTED: Duration = Duration::from_secs(60 * 60);

/// Why something about a key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum KeyRefusal {
    /// The name is empty or too long.
    #[error("a key needs a name of 1 to 100 characters that says what it is for")]
    BadName,
    /// No key that counts has this id.
    #[error("there is no such API key, or it is revoked already")]
    Unknown,
}

/// A key that was just made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its id, to revoke it by.
    pub id: Uuid,
    /// The key itself.
    pub secret: Secret,
}

/// Makes a key.
///
/// # Errors
/// [`KeyRefusal::BadName`], or the store's.
pub async fn create(app: &App, by: &By, name: &str) -> Result<NewKey, Failure<KeyRefusal>> {
    let name = name.trim();
    if !(1..=100).contains(&name.chars().count()) {
        return Err(Failure::Refused(KeyRefusal::BadName));
    }
    let bytes: [u8; 32] = random::bytes().map_err(Failure::broken)?;
    let secret = Secret::new(format!("{PREFIX}{}", BASE64.encode(bytes)));
    let hash = app.keyring.credential_hash(HashPurpose::ApiKey, secret.expose().as_bytes());
    let id = Uuid::now_v7();
    transact!(app.db, tx => {
        admin_keys::insert(tx, id, name, &hash, app.clock.now()).await?;
        note(tx, app, by, Action::AdminKeyCreate, Some(id), json!({ "name": name })).await?;
        Ok(NewKey { id, secret: secret.clone() })
    })
}

/// Revokes a key.
///
/// # Errors
/// [`KeyRefusal::Unknown`], or the store's.
pub async fn revoke(app: &App, by: &By, id: Uuid) -> Result<(), Failure<KeyRefusal>> {
    transact!(app.db, tx => {
        if !admin_keys::revoke(tx, id, app.clock.now()).await? {
            return Err(Failure::Refused(KeyRefusal::Unknown));
        }
        Ok(note(tx, app, by, Action::AdminKeyRevoke, Some(id), json!({})).await?)
    })
}

/// All keys, newest first.
///
/// # Errors
/// The store's.
pub async fn list(app: &App) -> StoreResult<Vec<AdminKey>> {
    admin_keys::all(&mut app.db.read().await?).await
}

/// The key that a request shows, if it counts.
///
/// # Errors
/// The store's.
pub async fn authenticate(app: &App, shown: &Secret) -> StoreResult<Option<AdminKey>> {
    if !shown.expose().starts_with(PREFIX) {
        return Ok(None);
    }
    let now = app.clock.now();
    for hash in app.keyring.credential_hashes(HashPurpose::ApiKey, shown.expose().as_bytes()) {
        let Some(key) = admin_keys::by_hash(&mut app.db.read().await?, &hash).await? else { continue };
        if key.last_used_at.is_none_or(|used| now.since(used) >= NOTED) {
            let noted: StoreResult<()> =
                async { transact!(app.db, tx => admin_keys::touch(tx, key.id, now).await) }.await;
            noted?;
        }
        return Ok(Some(key));
    }
    Ok(None)
}
