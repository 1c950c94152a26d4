//! Which e-mails a user gets: what was chosen, or the default.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    domain::happening::EmailChoice,
    store::{StoreError, mail_choices, transact},
};

/// An e-mail, and whether the user gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The e-mail.
    pub letter: EmailChoice,
    /// What it is about, as the end of "Send me an e-mail when ...".
    pub about: String,
    /// Whether it is sent.
    pub wanted: bool,
}

/// The user's choices, one for each e-mail that is not needed for the account itself.
///
/// # Errors
/// The store's.
pub async fn choices(app: &App, user: Uuid) -> Result<Vec<Choice>, StoreError> {
    let made = mail_choices::of(&mut app.db.read().await?, [user]).await?;
    let choice = |email: &EmailChoice| Choice {
        letter: *email,
        about: email.about().to_owned(),
        wanted: made.wants(user, *email),
    };
    Ok(EmailChoice::ALL.iter().map(choice).collect())
}

/// Keeps choices; e-mails that are not named stay as they are.
///
/// # Errors
/// The store's.
pub async fn choose(app: &App, user: Uuid, made: &[(EmailChoice, bool)]) -> Result<(), StoreError> {
    transact!(app.db, tx => {
        for (email, wanted) in made {
            mail_choices::choose(tx, user, *email, *wanted).await?;
        }
        Ok::<_, StoreError>(())
    })
}
