//! Somebody signs in. Unknown addresses and wrong passwords go the same way to the same answer.

use super::{AccountRefusal, Form, Outcome, Password, SignedIn, credential, guard};
use crate::{
    app::App,
    flow::Failure,
    store::{
        audit::{self, Deed, Origin},
        transact, users,
    },
};

/// Checks address and password and gives the wanted credential.
///
/// # Errors
/// [`AccountRefusal::WrongCredentials`], [`AccountRefusal::TooManyAttempts`], or the store's.
pub async fn login(app: &App, email: &str, password: &Password, wanted: Form, origin: &Origin) -> Outcome<SignedIn> {
    let email_key = email.trim().to_ascii_lowercase();
    let tried = guard::announce(app, &email_key, origin).await?;
    let known = users::password_by_email(&mut app.db.read().await?, &email_key).await?;
    let (id, hash) = known.unzip();
    let right = password.is(app, hash.clone()).await?;
    let Some(id) = id.filter(|_| right) else {
        guard::wrong(app, &tried).await?;
        return Err(Failure::Refused(AccountRefusal::WrongCredentials));
    };
    transact!(app.db, tx => {
        // The account may have been deleted or its password changed while argon2 ran.
        let current = users::password_of(tx, id).await?;
        let user = users::lock(tx, id).await?.filter(|_| current.map(|(_, hash)| hash) == hash);
        let user = user.ok_or(Failure::Refused(AccountRefusal::WrongCredentials))?;
        guard::right(tx, app, &tried).await?;
        let given = credential::give(tx, app, id, wanted, origin).await?;
        let deed = Deed { actor: Some(id), action: "account.login", subject: Some(id), detail: serde_json::json!({}) };
        audit::record(tx, &deed, origin, app.clock.now()).await?;
        Ok(SignedIn { user, given })
    })
}
