//! Somebody forgot the password. The answer is the same whether or not the address has an account.

use super::{AccountRefusal, Outcome, letter};
use crate::{
    app::App,
    flow::Failure,
    store::{
        audit::{self, Deed, Origin},
        mail_links::Purpose,
        transact, users,
    },
};

/// Owes a letter with a link to whoever has this address, if anybody does.
///
/// # Errors
/// The store's.
pub async fn forgot_password(app: &App, email: &str, origin: &Origin) -> Outcome<()> {
    let email_key = email.trim().to_ascii_lowercase();
    let owed = async {
        transact!(app.db, tx => {
            let user = users::by_email(tx, &email_key).await?;
            let subject = user.as_ref().map(|user| user.id);
            let deed = Deed { actor: None, action: "account.password.forgot", subject, detail: serde_json::json!({}) };
            audit::record(tx, &deed, origin, app.clock.now()).await?;
            match user.and_then(|user| Some((user.id, user.email?))) {
                Some((id, address)) => letter::owe_link(tx, app, id, Purpose::Reset, &address, origin).await,
                None => Ok(()),
            }
        })
    };
    match owed.await {
        // Saying so would tell that the account exists.
        Err(Failure::Refused(AccountRefusal::TooManyLetters)) => Ok(()),
        other => {
            letter::owed(app);
            other
        }
    }
}
