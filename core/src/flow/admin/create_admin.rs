//! Makes an admin: a new account, or one that exists.

use serde_json::json;
use uuid::Uuid;

use super::{By, note};
use crate::{
    app::App,
    domain::account::Role,
    flow::{
        Failure,
        account::{AccountRefusal, Outcome, Password, register},
    },
    store::{
        transact,
        users::{self, User},
    },
};

/// Makes a new account with the role of an admin. Its address counts as confirmed.
///
/// # Errors
/// [`AccountRefusal::Invalid`], [`AccountRefusal::EmailTaken`], [`AccountRefusal::UsernameTaken`], or the store's.
pub async fn create_admin(app: &App, by: &By, email: &str, username: &str, password: &Password) -> Outcome<User> {
    let account = register::prepare(app, email, username, password).await?;
    transact!(app.db, tx => {
        let user = register::insert_admin(tx, app, &account).await?;
        note(tx, app, by, "admin.create", Some(user.id), json!({})).await?;
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
        note(tx, app, by, "admin.promote", Some(user.id), json!({})).await?;
        Ok(User { role: Role::Admin, ..user })
    })
}
