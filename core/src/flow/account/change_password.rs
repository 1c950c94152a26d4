//! A signed-in user sets a new password. Every credential of the account ends; the caller gets a fresh one.

use super::{
    AccountRefusal, Form, Outcome, Password, SignedIn, confirm_email::note, credential, field, guard, invalid,
    to_its_end,
};
use crate::{
    app::App,
    domain::{account::check_password, audit::Action, owner::Owner},
    flow::{Actor, Failure},
    store::{
        access_tokens,
        mail_links::{self, Purpose},
        sessions, transact, users,
    },
};

/// Changes the password and signs the caller in anew.
///
/// # Errors
/// [`AccountRefusal::WrongPassword`], [`AccountRefusal::TooManyAttempts`], [`AccountRefusal::Invalid`], or the store's.
pub async fn change_password(
    app: &App,
    actor: &Actor,
    current: &Password,
    new: &Password,
    wanted: Form,
) -> Outcome<SignedIn> {
    let user = users::find(&mut app.db.read().await?, actor.user).await?;
    let user = user.ok_or(Failure::Refused(AccountRefusal::Gone))?;
    let (email, name) = (user.email.unwrap_or_default(), user.username.unwrap_or_default());
    let mut problems = Vec::new();
    if field(&mut problems, "newPassword", check_password(&new.0, &email, &name)).is_none() {
        return invalid(problems);
    }
    prove(app, actor, current).await?;
    let hash = new.hash(app).await?;
    transact!(app.db, tx => {
        let at = app.clock.now();
        let user = users::lock(tx, actor.user).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
        users::set_password(tx, user.id, &hash).await?;
        sessions::delete_all_of(tx, user.id).await?;
        access_tokens::revoke_all_of(tx, Owner::User(user.id), at).await?;
        // A stolen session may have asked for another address: the new password ends that too.
        for purpose in [Purpose::Reset, Purpose::Change] {
            mail_links::use_up_all(tx, user.id, purpose, at).await?;
        }
        note(tx, app, Action::AccountPasswordChange, user.id, &actor.origin).await?;
        let given = credential::give(tx, app, user.id, wanted, &actor.origin).await?;
        Ok(SignedIn { user, given })
    })
}

/// Checks the password of a signed-in user before something that a stolen session must not do. Tries are counted for
/// the signed-in user alone: whoever guesses at the account from outside does not keep its owner from this.
///
/// # Errors
/// [`AccountRefusal::WrongPassword`], [`AccountRefusal::TooManyAttempts`], or the store's.
pub(super) async fn prove(app: &App, actor: &Actor, password: &Password) -> Outcome<()> {
    let known = users::password_of(&mut app.db.read().await?, actor.user).await?;
    let (_, hash) = known.ok_or(Failure::Refused(AccountRefusal::Gone))?;
    let (app, user, password) = (app.clone(), actor.user, password.clone());
    to_its_end(async move {
        let tried = guard::announce_proof(&app, user).await?;
        match password.is(&app, Some(hash)).await {
            Ok(true) => transact!(app.db, tx => guard::right(tx, &app, &tried).await),
            Ok(false) => {
                guard::wrong(&app, &tried).await?;
                Err(Failure::Refused(AccountRefusal::WrongPassword))
            }
            Err(unchecked) => {
                guard::withdraw(&app, &tried).await?;
                Err(unchecked)
            }
        }
    })
    .await
}
