//! Somebody opens the link from a reset letter and sets a new password. Every credential of the account ends.

use super::{AccountRefusal, Outcome, Password, confirm_email::note, field, guard, invalid, letter, welcome};
use crate::{
    app::App,
    domain::{account::check_password, audit::Action, owner::Owner},
    flow::Failure,
    secret::Secret,
    store::{
        Tx, access_tokens,
        audit::Origin,
        mail_links::{self, MailLink, Purpose},
        sessions, transact, users,
    },
};

/// Sets the password of the link's account.
///
/// # Errors
/// [`AccountRefusal::LinkUnknown`], [`AccountRefusal::LinkExpired`], [`AccountRefusal::LinkUsed`],
/// [`AccountRefusal::Invalid`] for a bad password (the link can then be used again), or the store's.
pub async fn reset_password(app: &App, token: &Secret, new: &Password, origin: &Origin) -> Outcome<()> {
    let mut on = app.db.read().await?;
    let link = letter::open(app, &mut on, token, &[Purpose::Reset]).await?;
    let user = users::find(&mut on, link.user_id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
    drop(on);
    let (email, name) = (user.email.unwrap_or_default(), user.username.unwrap_or_default());
    let mut problems = Vec::new();
    if field(&mut problems, "password", check_password(&new.0, &email, &name)).is_none() {
        return invalid(problems);
    }
    let hash = new.hash(app).await?;
    transact!(app.db, tx => write(tx, app, &link, &hash, origin).await)
}

async fn write(tx: &mut Tx, app: &App, link: &MailLink, hash: &str, origin: &Origin) -> Outcome<()> {
    letter::use_up(tx, app, link).await?;
    let at = app.clock.now();
    let user = users::lock(tx, link.user_id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
    // The account may have moved to another address since the letter was sent.
    if user.email.as_deref() != Some(link.email.as_str()) {
        return Err(Failure::Refused(AccountRefusal::LinkExpired));
    }
    users::set_password(tx, user.id, hash).await?;
    sessions::delete_all_of(tx, user.id).await?;
    access_tokens::revoke_all_of(tx, Owner::User(user.id), at).await?;
    // Whoever knew the old password may have asked for another address: the new one ends that too.
    for purpose in [Purpose::Reset, Purpose::Change] {
        mail_links::use_up_all(tx, user.id, purpose, at).await?;
    }
    if let Some(email) = &user.email {
        guard::forget(tx, app, &email.to_ascii_lowercase()).await?;
    }
    // Whoever reads the letter has the mailbox.
    if users::confirm_email(tx, user.id, at).await? {
        let confirmed = users::find(tx, user.id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
        welcome::give_if_due(tx, app, &confirmed).await?;
    }
    note(tx, app, Action::AccountPasswordReset, user.id, origin).await
}
