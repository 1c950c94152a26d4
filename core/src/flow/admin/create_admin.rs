//! Makes an admin: a new account, or one that exists.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::json;
use uuid::Uuid;

use super::note;
use crate::{
    app::App,
    domain::{account::Role, audit::Action},
    flow::{
        By, Failure,
        account::{AccountRefusal, Outcome, Password, register},
    },
    random,
    secret::Secret,
    store::{
        transact,
        users::{self, User},
    },
};

/// A password for an admin who brings none: 144 random bits.
///
/// # Errors
/// No randomness.
pub fn fresh_password() -> Result<Secret, getrandom::Error> {
    let bytes: [u8; 18] = random::bytes()?;
    Ok(Secret::new(BASE64.encode(bytes)))
}

/// Makes a new account with the role of an admin. Its address counts as confirmed.
///
/// # Errors
/// [`AccountRefusal::Invalid`], [`AccountRefusal::EmailTaken`], [`AccountRefusal::UsernameTaken`], or the store's.
pub async fn create_admin(app: &App, by: &By, email: &str, username: &str, password: &Password) -> Outcome<User> {
    let account = register::prepare(app, email, username, password).await?;
    transact!(app.db, tx => {
        let user = register::insert_admin(tx, app, &account).await?;
        note(tx, app, by, Action::AdminCreate, Some(user.id), json!({})).await?;
        Ok(user)
    })
}

/// Makes an admin of a user.
///
/// # Errors
/// [`AccountRefusal::Gone`], or the store's.
pub async fn promote(app: &App, by: &By, user: Uuid) -> Outcome<User> {
    transact!(app.db, tx => {
        let user = users::lock(tx, user).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
        users::set_role(tx, user.id, Role::Admin).await?;
        note(tx, app, by, Action::AdminPromote, Some(user.id), json!({})).await?;
        Ok(User { role: Role::Admin, ..user })
    })
}
