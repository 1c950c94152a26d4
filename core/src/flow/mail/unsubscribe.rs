//! Links by which somebody ends letters of one kind without signing in. A link never expires, opens nothing else, and
//! is not stored: it names user and letter, and the keyring's signature makes it ours.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    custody::keyring::HashPurpose,
    domain::happening::EmailChoice,
    flow::Failure,
    store::{mail_choices, transact, users},
};

/// Why a link is not obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsubscribeRefusal {
    /// Not one of ours.
    #[error("this link is not valid; open it exactly as it is in the e-mail, or choose e-mails on the account page")]
    LinkUnknown,
}

/// The page that a link opens; it takes the link's effect by POST only, since mail scanners open every link.
const PAGE: &str = "/unsubscribe";

/// The address of the link for a user and a letter.
pub fn url(app: &App, user: Uuid, letter: EmailChoice) -> String {
    let signature = app.keyring.credential_hash(HashPurpose::Unsubscribe, &signed(user, letter));
    let (user, signature) = (BASE64.encode(user.as_bytes()), BASE64.encode(signature));
    format!("{}{PAGE}?token={user}.{}.{signature}", app.config.public_url.origin, letter.name())
}

/// What a token from a link would end, without ending it.
///
/// # Errors
/// [`UnsubscribeRefusal`].
pub fn letter_of(app: &App, token: &str) -> Result<EmailChoice, UnsubscribeRefusal> {
    open(app, token).map(|(_, letter)| letter).ok_or(UnsubscribeRefusal::LinkUnknown)
}

/// Ends letters of the kind that a token from a link names. Twice is as good as once.
///
/// # Errors
/// [`UnsubscribeRefusal`], or the store's.
pub async fn unsubscribe(app: &App, token: &str) -> Result<EmailChoice, Failure<UnsubscribeRefusal>> {
    let (user, letter) = open(app, token).ok_or(Failure::Refused(UnsubscribeRefusal::LinkUnknown))?;
    transact!(app.db, tx => {
        // Whoever deleted the account meanwhile gets no letters anyway.
        if users::find(tx, user).await?.is_some_and(|user| user.deleted_at.is_none()) {
            mail_choices::choose(tx, user, letter, false).await?;
        }
        Ok::<_, Failure<UnsubscribeRefusal>>(())
    })?;
    Ok(letter)
}

fn signed(user: Uuid, letter: EmailChoice) -> Vec<u8> {
    [user.as_bytes(), letter.name().as_bytes()].concat()
}

fn open(app: &App, token: &str) -> Option<(Uuid, EmailChoice)> {
    let mut parts = token.split('.');
    let (user, letter, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let user = Uuid::from_slice(&BASE64.decode(user).ok()?).ok()?;
    let letter = letter.parse::<EmailChoice>().ok()?;
    let signature: [u8; 32] = BASE64.decode(signature).ok()?.try_into().ok()?;
    let right = app.keyring.credential_hashes(HashPurpose::Unsubscribe, &signed(user, letter));
    // `blake3::Hash` compares in constant time.
    let given = blake3::Hash::from_bytes(signature);
    let ours = right.into_iter().any(|hash| blake3::Hash::from_bytes(hash) == given);
    (ours && parts.next().is_none()).then_some((user, letter))
}
