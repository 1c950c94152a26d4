//! Somebody opens the link that proves an address: of the account, or the one it moves to.

use uuid::Uuid;

use super::{AccountRefusal, Outcome, letter, register::taken, welcome};
use crate::{
    app::App,
    domain::{account::Email, audit::Action},
    flow::{Actor, Failure, referral},
    secret::Secret,
    store::{
        Tx,
        audit::{self, Entry, Origin},
        mail_links::{self, MailLink, Purpose},
        transact, users,
        users::User,
    },
};

/// Confirms the address that the link was sent to.
///
/// # Errors
/// [`AccountRefusal::LinkUnknown`], [`AccountRefusal::LinkExpired`], [`AccountRefusal::LinkUsed`],
/// [`AccountRefusal::EmailTaken`] if somebody else took the new address meanwhile, or the store's.
pub async fn confirm_email(app: &App, token: &Secret, origin: &Origin) -> Outcome<User> {
    let confirmed: Outcome<User> = async {
        transact!(app.db, tx => {
            let link = letter::open(app, tx, token, &[Purpose::Confirm, Purpose::Change]).await?;
            letter::use_up(tx, app, &link).await?;
            referral::lock(tx, link.user_id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
            match link.purpose {
                Purpose::Change => move_to(tx, app, &link, origin).await?,
                Purpose::Confirm | Purpose::Reset => confirm(tx, app, &link, origin).await?,
            }
            let user = users::find(tx, link.user_id).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
            welcome::give_if_due(tx, app, &user).await?;
            referral::give_if_due(tx, app, &user).await?;
            Ok(user)
        })
    }
    .await;
    let confirmed = confirmed?;
    letter::owed(app);
    referral::rewarded(app, &confirmed);
    Ok(confirmed)
}

/// Owes the signed-in user another letter, when the first one did not come.
///
/// # Errors
/// [`AccountRefusal::AlreadyConfirmed`], [`AccountRefusal::TooManyLetters`], or the store's.
pub async fn send_again(app: &App, actor: &Actor) -> Outcome<()> {
    let sent = async {
        transact!(app.db, tx => {
            let user = users::lock(tx, actor.user).await?.ok_or(Failure::Refused(AccountRefusal::Gone))?;
            match user.email {
                Some(email) if user.email_confirmed_at.is_none() => {
                    letter::owe_link(tx, app, user.id, Purpose::Confirm, &email, &actor.origin).await
                }
                _ => Err(Failure::Refused(AccountRefusal::AlreadyConfirmed)),
            }
        })
    };
    sent.await?;
    letter::owed(app);
    Ok(())
}

async fn confirm(tx: &mut Tx, app: &App, link: &MailLink, origin: &Origin) -> Outcome<()> {
    let user = users::find(tx, link.user_id).await?;
    // The account may have moved to another address since the letter was sent.
    if user.and_then(|user| user.email).as_deref() != Some(link.email.as_str()) {
        return Err(Failure::Refused(AccountRefusal::LinkExpired));
    }
    users::confirm_email(tx, link.user_id, app.clock.now()).await?;
    note(tx, app, Action::AccountEmailConfirm, link.user_id, origin).await
}

async fn move_to(tx: &mut Tx, app: &App, link: &MailLink, origin: &Origin) -> Outcome<()> {
    let email = Email::parse(&link.email).map_err(Failure::broken)?;
    users::set_email(tx, link.user_id, email.address(), email.key(), &email.person(), app.clock.now())
        .await
        .map_err(taken)?;
    // Whoever reads the old mailbox must not get in by a letter that lies there.
    for purpose in [Purpose::Reset, Purpose::Change] {
        mail_links::use_up_all(tx, link.user_id, purpose, app.clock.now()).await?;
    }
    letter::owe_moved(tx, app, link, origin).await?;
    note(tx, app, Action::AccountEmailChange, link.user_id, origin).await
}

pub(super) async fn note(tx: &mut Tx, app: &App, action: Action, user: Uuid, origin: &Origin) -> Outcome<()> {
    let entry = Entry::new(Some(user), action, Some(user), serde_json::json!({}));
    Ok(audit::record(tx, &entry, origin, app.clock.now()).await?)
}
