//! Letters with a link that proves an address. The link's secret is derived from the keyring and the link's id when
//! the letter is written; the queue carries the id, the store only a hash.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use uuid::Uuid;

use super::{AccountRefusal, Outcome};
use crate::{
    app::App,
    clients::signals::Topic,
    custody::keyring::HashPurpose,
    flow::Failure,
    queue::{Owed, emails::Email},
    secret::Secret,
    store::{
        Sql, StoreResult, Tx,
        audit::Origin,
        mail_links::{self, MailLink, NewLink, Purpose},
        users::User,
    },
};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// Letters of one kind to one user within an hour.
const MOST_IN_HOUR: i64 = 5;

/// How long a link of that purpose works.
const fn lasts(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::Confirm | Purpose::Change => Duration::from_secs(3 * 24 * 60 * 60),
        Purpose::Reset => HOUR,
    }
}

/// The page that a link of that purpose opens.
const fn page(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Confirm | Purpose::Change => "/confirm",
        Purpose::Reset => "/reset",
    }
}

/// Owes a user a letter with a link, to `email`.
///
/// # Errors
/// [`AccountRefusal::TooManyLetters`], or the store's.
pub(super) async fn owe_link(
    tx: &mut Tx,
    app: &App,
    user: Uuid,
    purpose: Purpose,
    email: &str,
    origin: &Origin,
) -> Outcome<()> {
    owe(tx, app, user, purpose, (email, None), origin).await
}

/// Owes the letter that moves a user to `new`, and one to the confirmed address it has until then: who did not ask for
/// this must hear of it while it can still be stopped.
///
/// # Errors
/// [`AccountRefusal::TooManyLetters`], or the store's.
pub(super) async fn owe_change(tx: &mut Tx, app: &App, user: &User, new: &str, origin: &Origin) -> Outcome<()> {
    let previous = user.email.as_deref().filter(|_| user.email_confirmed_at.is_some());
    owe(tx, app, user.id, Purpose::Change, (new, previous), origin).await
}

/// Owes the previous address of a link that was used the word that the account has moved.
///
/// # Errors
/// The store's.
pub(super) async fn owe_moved(tx: &mut Tx, app: &App, link: &MailLink, origin: &Origin) -> Outcome<()> {
    if link.previous_email.is_some() {
        let letter = Email::AddressChanged { link_id: link.id };
        let owed = Owed::new(&letter, app.clock.now()).of(link.user_id);
        owed.request(origin.request_id.as_deref()).enqueue(tx).await?;
    }
    Ok(())
}

async fn owe(
    tx: &mut Tx,
    app: &App,
    user: Uuid,
    purpose: Purpose,
    (email, previous_email): (&str, Option<&str>),
    origin: &Origin,
) -> Outcome<()> {
    let at = app.clock.now();
    if mail_links::sent_since(tx, user, purpose, at - HOUR).await? >= MOST_IN_HOUR {
        return Err(Failure::Refused(AccountRefusal::TooManyLetters));
    }
    let id = Uuid::now_v7();
    let token = BASE64.encode(app.keyring.credential_hash(HashPurpose::EmailLink, id.as_bytes()));
    let token_hash = app.keyring.credential_hash(HashPurpose::EmailToken, token.as_bytes());
    let link = NewLink { id, token_hash, user, purpose, email, previous_email, at, expires: at + lasts(purpose) };
    mail_links::insert(tx, &link).await?;
    let letter = match purpose {
        Purpose::Confirm => Email::ConfirmAddress { link_id: id },
        Purpose::Change => Email::ChangeAddress { link_id: id },
        Purpose::Reset => Email::ResetPassword { link_id: id },
    };
    let told = previous_email.map(|_| Email::ChangeAsked { link_id: id });
    for letter in std::iter::once(letter).chain(told) {
        Owed::new(&letter, at).of(user).request(origin.request_id.as_deref()).enqueue(tx).await?;
    }
    Ok(())
}

/// To be called after the commit of what owes a letter.
pub(super) fn owed(app: &App) {
    app.signals.publish(Topic::Outbox);
}

/// The address that a letter writes out for its link, if the link can still be used. Only who writes the letter calls
/// this; the answer is a secret.
///
/// # Errors
/// The store's.
pub async fn url(app: &App, on: &mut impl Sql, link: Uuid) -> StoreResult<Option<(Secret, MailLink)>> {
    let Some(link) = mail_links::find(on, link).await? else { return Ok(None) };
    if link.used_at.is_some() || link.expires_at <= app.clock.now() {
        return Ok(None);
    }
    // The master secret may have been rotated since the link was noted: the right one is the one that fits.
    for secret in app.keyring.credential_hashes(HashPurpose::EmailLink, link.id.as_bytes()) {
        let token = BASE64.encode(secret);
        let hashes = app.keyring.credential_hashes(HashPurpose::EmailToken, token.as_bytes());
        if hashes.iter().any(|hash| hash.as_slice() == link.token_hash) {
            let url = format!("{}{}?token={token}", app.config.public_url.origin, page(link.purpose));
            return Ok(Some((Secret::new(url), link)));
        }
    }
    Ok(None)
}

/// The link that a token from a letter stands for, if it can be used for one of these purposes.
pub(super) async fn open(app: &App, on: &mut impl Sql, token: &Secret, purposes: &[Purpose]) -> Outcome<MailLink> {
    let refused = |refusal| Err(Failure::Refused(refusal));
    for hash in app.keyring.credential_hashes(HashPurpose::EmailToken, token.expose().as_bytes()) {
        let Some(link) = mail_links::by_hash(on, &hash).await? else { continue };
        if !purposes.contains(&link.purpose) {
            return refused(AccountRefusal::LinkUnknown);
        }
        if link.used_at.is_some() {
            return refused(AccountRefusal::LinkUsed);
        }
        if link.expires_at <= app.clock.now() {
            return refused(AccountRefusal::LinkExpired);
        }
        return Ok(link);
    }
    refused(AccountRefusal::LinkUnknown)
}

/// Uses an opened link up; of two at once, one is too late.
pub(super) async fn use_up(tx: &mut Tx, app: &App, link: &MailLink) -> Outcome<()> {
    if mail_links::use_up(tx, link.id, app.clock.now()).await? {
        Ok(())
    } else {
        Err(Failure::Refused(AccountRefusal::LinkUsed))
    }
}
