//! Somebody signs in. Unknown addresses and wrong passwords go the same way to the same answer.

use uuid::Uuid;

use super::{AccountRefusal, Form, Outcome, Password, SignedIn, credential, guard, to_its_end};
use crate::{
    app::App,
    domain::audit::Action,
    flow::Failure,
    store::{
        audit::{self, Entry, Origin},
        transact, users,
    },
};

/// Checks address and password and gives the wanted credential.
///
/// # Errors
/// [`AccountRefusal::WrongCredentials`], [`AccountRefusal::TooManyAttempts`], or the store's.
pub async fn login(app: &App, email: &str, password: &Password, wanted: Form, origin: &Origin) -> Outcome<SignedIn> {
    let email_key = email.trim().to_ascii_lowercase();
    let (app, password, origin) = (app.clone(), password.clone(), origin.clone());
    // A try counts whether or not somebody waits for its answer.
    to_its_end(async move { try_it(&app, &email_key, &password, wanted, &origin).await }).await
}

async fn try_it(app: &App, email_key: &str, password: &Password, wanted: Form, origin: &Origin) -> Outcome<SignedIn> {
    let tried = guard::announce(app, email_key, origin).await?;
    let checked = check(app, email_key, password).await;
    let (id, hash) = match checked {
        Ok(Some(known)) => known,
        Ok(None) => {
            guard::wrong(app, &tried).await?;
            return Err(Failure::Refused(AccountRefusal::WrongCredentials));
        }
        Err(unchecked) => {
            guard::withdraw(app, &tried).await?;
            return Err(unchecked);
        }
    };
    transact!(app.db, tx => {
        // The account may have been deleted or its password changed while argon2 ran.
        let current = users::password_of(tx, id).await?;
        let user = users::lock(tx, id).await?.filter(|_| current.is_some_and(|(_, now)| now == hash));
        let user = user.ok_or(Failure::Refused(AccountRefusal::WrongCredentials))?;
        guard::right(tx, app, &tried).await?;
        let given = credential::give(tx, app, id, wanted, origin).await?;
        let entry = Entry::new(Some(id), Action::AccountLogin, Some(id), serde_json::json!({}));
        audit::record(tx, &entry, origin, app.clock.now()).await?;
        Ok(SignedIn { user, given })
    })
}

/// The account of that address and its password's hash, if the password is right.
async fn check(app: &App, email_key: &str, password: &Password) -> Outcome<Option<(Uuid, String)>> {
    let known = users::password_by_email(&mut app.db.read().await?, email_key).await?;
    let right = password.is(app, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    Ok(known.filter(|_| right))
}
