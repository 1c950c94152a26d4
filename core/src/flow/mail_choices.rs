//! Which letters a user gets: what was chosen, or the default.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    domain::letter::Optional,
    store::{Sql, StoreError, StoreResult, mail_choices, transact},
};

/// A letter, and whether the user gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The letter.
    pub letter: Optional,
    /// What it is about, as the end of "Send me a letter when ...".
    pub about: String,
    /// Whether it is sent.
    pub wanted: bool,
}

/// The user's choices, one for each letter that is not needed for the account itself.
///
/// # Errors
/// The store's.
pub async fn choices(app: &App, user: Uuid) -> Result<Vec<Choice>, StoreError> {
    let chosen = mail_choices::all(&mut app.db.read().await?, user).await?;
    let wanted = |letter: Optional| {
        let made = chosen.iter().find(|(name, _)| name == letter.name()).map(|(_, wanted)| *wanted);
        made.unwrap_or_else(|| letter.wanted_by_default())
    };
    let choice = |letter: Optional| Choice { letter, about: letter.about().to_owned(), wanted: wanted(letter) };
    Ok(Optional::ALL.map(choice).into())
}

/// Keeps choices; letters that are not named stay as they are.
///
/// # Errors
/// The store's.
pub async fn choose(app: &App, user: Uuid, made: &[(Optional, bool)]) -> Result<(), StoreError> {
    transact!(app.db, tx => {
        for (letter, wanted) in made {
            mail_choices::choose(tx, user, letter.name(), *wanted).await?;
        }
        Ok::<_, StoreError>(())
    })
}

/// Whether a user gets a letter.
pub(crate) async fn wants(on: &mut impl Sql, user: Uuid, letter: Optional) -> StoreResult<bool> {
    let chosen = mail_choices::chosen(on, user, letter.name()).await?;
    Ok(chosen.unwrap_or_else(|| letter.wanted_by_default()))
}
