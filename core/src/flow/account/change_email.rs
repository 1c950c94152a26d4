//! A signed-in user moves the account to another address: at once where no mail leaves, else when the link in the
//! letter to the new address is opened.

use super::{
    AccountRefusal, Outcome, Password, change_password::prove, confirm_email::note, field, invalid, letter,
    register::taken,
};
use crate::{
    app::App,
    domain::{
        account::{Email, FieldProblem, Wrong},
        audit::Action,
    },
    flow::{Actor, Failure},
    store::{
        mail_links::{self, Purpose},
        transact, users,
    },
};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The account has the new address.
    Now,
    /// A letter is on its way to the new address.
    WhenConfirmed,
}

/// Changes the address.
///
/// # Errors
/// [`AccountRefusal::Invalid`], [`AccountRefusal::EmailTaken`], [`AccountRefusal::WrongPassword`],
/// [`AccountRefusal::TooManyAttempts`], [`AccountRefusal::TooManyLetters`], or the store's.
pub async fn change_email(app: &App, actor: &Actor, password: &Password, new: &str) -> Outcome<Changed> {
    let mut problems = Vec::new();
    let Some(email) = field(&mut problems, "email", Email::parse(new)) else { return invalid(problems) };
    prove(app, actor, password).await?;
    let changed = async {
        transact!(app.db, tx => {
            let user = users::lock(tx, actor.user).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
            if user.email.as_deref() == Some(email.address()) {
                let same = Wrong::coded("EMAIL_UNCHANGED", "is the address that the account has");
                return invalid(vec![FieldProblem::new("email", same)]);
            }
            if users::by_email(tx, email.key()).await?.is_some_and(|other| other.id != user.id) {
                return Err(Failure::Refused(AccountRefusal::EmailTaken));
            }
            let at = app.clock.now();
            // Links to addresses that were given before must not win later.
            mail_links::use_up_all(tx, user.id, Purpose::Change, at).await?;
            if app.config.mail_is_on() {
                letter::owe_change(tx, app, &user, email.address(), &actor.origin).await?;
                note(tx, app, Action::AccountEmailAsk, user.id, &actor.origin).await?;
                return Ok(Changed::WhenConfirmed);
            }
            users::set_email(tx, user.id, email.address(), email.key(), &email.person(), at).await.map_err(taken)?;
            mail_links::use_up_all(tx, user.id, Purpose::Reset, at).await?;
            note(tx, app, Action::AccountEmailChange, user.id, &actor.origin).await?;
            Ok(Changed::Now)
        })
    };
    let changed = changed.await?;
    letter::owed(app);
    Ok(changed)
}
