//! Which e-mails users chose to get or not; one without a row is as its default says.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, bulk, execute, row};
use crate::domain::happening::EmailChoice;

/// What users chose.
#[derive(Debug, Default)]
pub struct Choices(HashMap<(Uuid, EmailChoice), bool>);

impl Choices {
    /// Whether a user gets an e-mail: as chosen, or as the default says.
    #[must_use]
    pub fn wants(&self, user: Uuid, email: EmailChoice) -> bool {
        self.0.get(&(user, email)).copied().unwrap_or_else(|| email.wanted_by_default())
    }

    /// What a user chose, without the defaults.
    pub fn made_by(&self, user: Uuid) -> impl Iterator<Item = (EmailChoice, bool)> {
        self.0.iter().filter(move |((by, _), _)| *by == user).map(|((_, email), wanted)| (*email, *wanted))
    }
}

struct Row {
    user_id: Uuid,
    letter: EmailChoice,
    wanted: bool,
}

row! { Row from mail_choices: user_id, letter, wanted }

/// What these users chose.
///
/// # Errors
/// The database's, or a choice that cannot be read.
pub async fn of(on: &mut impl Sql, users: impl IntoIterator<Item = Uuid>) -> StoreResult<Choices> {
    let text = format!("SELECT {} FROM mail_choices WHERE user_id IN ({})", Row::COLUMNS, bulk::id_list(1));
    let rows: Vec<Row> = bulk::by_ids(on, &text, &[], users).await?;
    Ok(Choices(rows.into_iter().map(|row| ((row.user_id, row.letter), row.wanted)).collect()))
}

/// Keeps a choice.
///
/// # Errors
/// The database's.
pub async fn choose(tx: &mut Tx, user: Uuid, email: EmailChoice, wanted: bool) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO mail_choices (user_id, letter, wanted) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id, letter) DO UPDATE SET wanted = EXCLUDED.wanted",
        user,
        email.name(),
        wanted
    )?;
    Ok(())
}
